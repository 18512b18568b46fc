"""A signed copy of list and open cases in a second place: whole or none, bounded, and never a reason to stop."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.quantities import Millis, Tick
from station.core.keeping_facts import CopyFault, CopyMade
from station.core.records import AlarmCleared, AlarmRaised
from station.courier.store import CourierStore
from station.journal.store import Journal
from station.lane.copying import SecondCopies
from station.lane.second_copy import KEPT, CopySettings, make_copy, read_copy
from station.messages.downlinks import EligibleList, Suspension
from station.trust.keys import PrivateKey, load_key, save_key
from station.trust.refusal import Untrusted
from tests.core.script import Script
from tests.courier.bench import FAR_MS, entry, write_records
from tests.support import wait_until

NOW = 1_790_000_000_000


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CopySettings]:
    """A lane with two declarations, one of them suspended, and a stick."""
    data, stick = tmp_path / "data", tmp_path / "stick"
    stick.mkdir()
    save_key(PrivateKey.make(), tmp_path / "station.key")
    with contextlib.closing(Journal.open(data)) as journal, contextlib.closing(CourierStore(data)) as store:
        write_records(journal, 3)
        good = EligibleList("VN-HN", "15BB", 4, NOW, FAR_MS, (entry("D2"), entry("D1")))
        store.apply_list(store.receive("list", b"", NOW), good)
        store.apply_suspension(store.receive("s", b"", NOW), Suspension("VN-HN", "D2", False, 1, NOW, FAR_MS))
        yield CopySettings("VN-HN", "I1", str(data), str(stick), str(tmp_path / "station.key"))


def test_a_copy_says_what_the_lane_holds_and_anybody_can_check_it(site: CopySettings) -> None:
    made = make_copy(site, NOW)
    data = (Path(site.folder) / made.file).read_bytes()
    key = load_key(Path(site.key_file)).public
    copy = read_copy(data, key)
    assert (copy.list_number, copy.entries, copy.suspended) == (4, (entry("D1"), entry("D2")), ("D2",))
    assert (copy.seq, len(copy.hash), copy.cases) == (3, 64, ())
    for spoilt in (data.replace(b"D1", b"D9"), data[:-20], b"", data.replace(b'"copy"', b'"list"')):
        with pytest.raises(Untrusted):
            read_copy(spoilt, key)
    with pytest.raises(Untrusted, match="unknown-key"):
        read_copy(data, PrivateKey.make().public)


def test_only_the_newest_copies_stay_and_nothing_half_written(site: CopySettings) -> None:
    (Path(site.folder) / "another lane's.signed").write_text("stays")
    for at in range(KEPT + 3):
        assert make_copy(site, NOW + at).fault == ""
    files = sorted(path.name for path in Path(site.folder).iterdir())
    assert len(files) == KEPT + 1 and files[0].endswith(f"{NOW + 3:015}.signed")


def test_a_place_that_is_not_there_or_full_is_named(site: CopySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert make_copy(replace(site, folder=f"{site.folder}/gone"), NOW).fault == "no-folder"
    assert make_copy(replace(site, key_file="/none"), NOW).fault == "no-key"
    assert make_copy(replace(site, data=f"{site.data}/none"), NOW).fault == "not-readable"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert make_copy(site, NOW).fault == "no-space"
    assert list(Path(site.folder).iterdir()) == [], "the part that was begun is gone"


def test_the_lane_has_it_made_and_goes_on_whatever_comes_of_it(site: CopySettings) -> None:
    copies = SecondCopies(site)
    facts: list[object] = []

    def told() -> bool:
        facts.extend(copies.look(Tick(1_000)))
        return bool(facts)

    wait_until(told, 60, "the copy is made")
    (made,) = facts
    assert isinstance(made, CopyMade) and made.fault == "" and (Path(site.folder) / made.file).exists()
    assert copies.look(Tick(900_999)) == []
    assert copies._process is None, "none before its time"
    copies.look(Tick(901_000))
    assert copies._process is not None
    copies.close()


def test_a_place_that_hangs_is_given_up_and_no_second_process_follows(site: CopySettings) -> None:
    copies = SecondCopies(site, every=Millis(100), patience=Millis(50))
    copies.look(Tick(0))
    process = copies._process
    assert process is not None
    os.kill(process.pid, 19)  # as a dead mount would hold it
    (fact,) = copies.look(Tick(60))
    assert isinstance(fact, CopyMade) and fact.fault == "timed-out"
    wait_until(lambda: process.poll() is not None, 10, "it is killed")
    assert copies.look(Tick(70)) == [] and copies._process is None
    began = time.monotonic()
    copies.close()
    assert time.monotonic() - began < 1


def test_a_missing_copy_is_an_alarm_until_there_is_one() -> None:
    script = Script()
    faults: tuple[CopyFault, ...] = ("no-folder", "no-folder", "")
    for fault in faults:
        script.tell(CopyMade(Tick(script.now), "/media/stick", "", fault))
    assert script.of(AlarmRaised) == [AlarmRaised("NO_SECOND_COPY", "/media/stick", "no-folder", "")]
    assert script.of(AlarmCleared) == [AlarmCleared("NO_SECOND_COPY", "/media/stick")]
