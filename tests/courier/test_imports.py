"""Signed downlinks from a file, without any link: the very same judgement, and who brought it is said."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from station.centre.export import signed_lines
from station.centre.publisher import publish_list, publish_suspension
from station.centre.store import CentreStore
from station.courier.eligible import EligibleTable
from station.courier.taking import IMPORTS, MOST_FILE, MOST_LINES
from station.courier.talk import DownlinkRefused, FileTaken, TakeFile
from station.messages.downlinks import Decision, EligibleList, Suspension
from station.trust.keys import PrivateKey, load_key
from station.trust.signed import Purpose, sign
from tests.courier.bench import FAR_MS, STATION, Bench, entry
from tests.support import free_port

NOW = time.time_ns() // 1_000_000
HOUR = 3_600_000
LIST = EligibleList(STATION, "15BB", 7, NOW, FAR_MS, (entry("D1"), entry("D2")))
SUSPENSION = Suspension(STATION, "D1", False, 1, NOW, FAR_MS)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """No broker answers there: the link is down."""
    with Bench(tmp_path / "bench", free_port()) as made:
        made.start_courier()
        yield made


def signed(bench: Bench, purpose: Purpose, thing: object) -> bytes:
    return sign(purpose, thing, load_key(bench.keys.centre_key)).to_wire()


def bring(bench: Bench, data: bytes, sha256: str = "") -> FileTaken:
    """Lay the file into the folder and have it taken, as the command and the lane do."""
    assert bench.lane is not None
    found = hashlib.sha256(data).hexdigest()
    (bench.folder / "lane" / IMPORTS / (sha256 or found)).write_bytes(data)
    before = len(bench.lane.of(FileTaken))
    bench.lane.say(TakeFile("act-1", "1187", sha256 or found))
    bench.pump(lambda: len(bench.lane.of(FileTaken)) > before if bench.lane else False, "the file is taken")
    taken = bench.lane.of(FileTaken)[-1]
    assert isinstance(taken, FileTaken)
    return taken


def refusals(bench: Bench) -> list[str]:
    return [said.reason for said in bench.heard() if isinstance(said, DownlinkRefused)]


def test_a_list_and_suspensions_come_from_a_file_while_the_link_is_down(bench: Bench, tmp_path: Path) -> None:
    store = CentreStore(f"sqlite:///{tmp_path}/centre.db")
    publish_list(store, STATION, "15BB", [entry("D1"), entry("D2")], NOW)
    publish_suspension(store, STATION, "D2", NOW)
    data = b"\n".join(signed_lines(store, STATION, load_key(bench.keys.centre_key), NOW, 72 * HOUR))
    store.close()
    sha256 = hashlib.sha256(data).hexdigest()
    assert bring(bench, data) == FileTaken("act-1", "1187", sha256, ("suspension 1", "list 1"), 0, 0, "")
    table = EligibleTable(bench.folder / "lane")
    assert table.look_up("D1") == (entry("D1"), False, 1, NOW)
    assert table.look_up("D2").suspended
    table.close()
    assert bring(bench, data) == FileTaken("act-1", "1187", sha256, (), 2, 0, "")
    assert refusals(bench) == []
    assert list((bench.folder / "lane" / IMPORTS).iterdir()) == []


_WRONG: dict[str, tuple[object, Purpose, str]] = {
    "foreign station": (replace(LIST, station="VNXXX1"), "list", "wrong-station"),
    "expired": (replace(LIST, valid_until_ms=NOW - 1), "list", "expired"),
    "older": (replace(LIST, number=6), "list", "outdated"),
    "another under its number": (replace(LIST, entries=()), "list", "outdated"),
    "signed for another purpose": (LIST, "suspension", "unknown-type"),
    "a receipt": (LIST, "receipt", "wrong-purpose"),
    "doubled entries": (replace(LIST, number=8, entries=(entry("D1"), entry("D1"))), "list", "malformed"),
    "a field too many": ({"is": "Suspension", "extra": 1}, "suspension", "malformed"),
    "a decision for the next lane": (Decision(STATION, "I9", "{}", 1, NOW, NOW + HOUR), "decision", "wrong-station"),
}


@pytest.mark.parametrize("case", _WRONG)
def test_what_is_wrong_in_a_file_is_refused_for_the_same_reason(bench: Bench, case: str) -> None:
    thing, purpose, reason = _WRONG[case]
    assert bring(bench, signed(bench, "list", LIST)).things == ("list 7",)
    taken = bring(bench, signed(bench, purpose, thing) + b"\n" + signed(bench, "suspension", SUSPENSION))
    assert (taken.things, taken.refused, taken.reason) == (("suspension 1",), 1, reason), "the other line counts"
    assert refusals(bench) == [reason]


def test_what_nobody_signed_is_refused_by_name(bench: Bench) -> None:
    foreign = sign("list", LIST, PrivateKey.make()).to_wire()
    for data, reason in ((b"not json", "not-json"), (b"{}", "unsigned"), (foreign, "unknown-key")):
        assert bring(bench, data).reason == reason
    assert refusals(bench) == ["not-json", "unsigned", "unknown-key"]


def test_a_file_that_is_not_the_one_that_was_signed_for_is_not_read(bench: Bench) -> None:
    good = signed(bench, "list", LIST)
    assert bring(bench, good, "0" * 64).reason == "file-changed"
    assert bring(bench, b" " * (MOST_FILE + 1)).reason == "oversize"
    assert bring(bench, b"{}\n" * (MOST_LINES + 1)).reason == "oversize"
    assert bring(bench, b"\n").reason == "malformed"
    assert bench.lane is not None
    for name in ("../spool/x", "", "1" * 64):
        bench.lane.say(TakeFile("act-2", "1187", name))
    bench.pump(lambda: len(bench.lane.of(FileTaken)) == 7 if bench.lane else False, "all three are answered")
    assert {said.reason for said in bench.lane.of(FileTaken)[4:] if isinstance(said, FileTaken)} == {"file-missing"}
