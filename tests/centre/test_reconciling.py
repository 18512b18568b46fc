"""A lane's day against the centre's: a real journal, a signed statement, and every way to tamper with the centre."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.plain import encode
from station.centre.days import Days
from station.centre.reconciling import Difference, reconcile
from station.commands.day import stated
from station.core.records import CrossingOpened
from station.journal.chain import GENESIS, record_hash
from station.messages.days import DayStatement, bounds
from station.messages.envelope import record_hash as event_hash
from station.trust.keys import PrivateKey
from station.trust.refusal import Untrusted
from tests.centre.gate import DAY, NOW, RECORDS, Gate, Tamper, removed
from tests.courier.bench import LANE, STATION


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    made = Gate(tmp_path)
    yield made
    made.store.close()


def end_removed(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM record WHERE seq > 248")
    connection.execute("UPDATE prefix SET seq = 248")


def altered(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE record SET body = ? WHERE seq = 77", (_forged(77),))


def re_timed(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE record SET utc_ms = utc_ms + 86400000 WHERE seq = 77")


def swapped(connection: sqlite3.Connection) -> None:
    """Content of one in the place of the other, each with its own true hash for its number: the links break."""
    connection.execute("UPDATE record SET body = ? WHERE seq = 77", (_forged(77),))
    _hash_anew(connection, only=77)


def rebuilt(connection: sqlite3.Connection) -> None:
    """The strongest hand: a record altered and everything behind it made to fit."""
    connection.execute("UPDATE record SET body = ? WHERE seq = 77", (_forged(77),))
    _hash_anew(connection)


def _forged(seq: int) -> bytes:
    return encode_opened(f"c{seq}-forged")


def encode_opened(crossing: str) -> bytes:
    return encode(CrossingOpened(crossing, test=False, previous=""))


def _hash_anew(connection: sqlite3.Connection, only: int = 0) -> None:
    names = ("seq", "epoch", "facts_to", "facts_hash", "type", "tick", "utc_ms", "quality", "body", "previous", "hash")
    previous = GENESIS
    for values in connection.execute(f"SELECT {', '.join(names)} FROM record ORDER BY seq").fetchall():
        row = dict(zip(names, values, strict=True))
        if not only or row["seq"] == only:
            columns = [row[name] for name in names[:9]]
            columns[0], columns[1] = row["epoch"], row["seq"]
            made = record_hash(previous, *columns)
            change = "UPDATE record SET previous = ?, hash = ? WHERE seq = ?"
            connection.execute(change, (previous, made, row["seq"]))
            previous = made
        else:
            previous = row["hash"]


def test_the_whole_day_agrees_and_raises_nothing(gate: Gate) -> None:
    gate.days.receive(gate.state(), NOW)
    one = gate.reconciled()
    assert (one.verdict, one.stored, one.differences, gate.codes()) == ("agrees", RECORDS, (), [])
    assert one.stated is not None
    assert [mark.seq for mark in one.stated.runs[0].marks] == [100, 200, 250]
    assert [(tally.name, tally.n) for tally in one.stated.types] == [("crossing.opened", RECORDS)]


@pytest.mark.parametrize(
    ("deed", "verdict", "differences"),
    [
        (removed, "missing", [("missing", 120, 122)]),
        (end_removed, "missing", [("missing", 249, 250)]),
        (altered, "differs", [("altered", 77, 77)]),
        (re_timed, "differs", [("altered", 77, 77)]),
        (swapped, "differs", [("unlinked", 78, 78)]),
        (rebuilt, "differs", [("other-hash", 1, 100)]),
    ],
)
def test_a_tampered_centre_is_exposed(
    gate: Gate, deed: Tamper, verdict: str, differences: list[tuple[str, int, int]]
) -> None:
    gate.days.receive(gate.state(), NOW)
    gate.tamper(deed)
    one = gate.reconciled()
    found = [(part.cause, part.first_seq, part.last_seq) for part in one.differences]
    assert (one.verdict, found, gate.codes()) == (verdict, differences, [f"day-{verdict}"])


@pytest.mark.parametrize("deed", [altered, re_timed, swapped, rebuilt])
def test_who_compares_counts_only_sees_none_of_it(gate: Gate, deed: Tamper) -> None:
    """The mutant: as many rows of as many types are there."""

    def counts_only(days: Days, statement: DayStatement) -> list[Difference]:
        with closing(sqlite3.connect(gate.file)) as connection:
            rows = connection.execute("SELECT type, count(*) FROM record GROUP BY type ORDER BY type").fetchall()
        same = rows == [(tally.name, tally.n) for tally in statement.types]
        return [] if same else [Difference("counts", 0, 0, 0)]

    gate.days.receive(gate.state(), NOW)
    gate.tamper(deed)
    assert [one.verdict for one in reconcile(gate.days, DAY, NOW, counts_only)] == ["agrees"]
    assert gate.reconciled().verdict == "differs"


def test_a_record_that_the_lane_has_not_is_told(gate: Gate) -> None:
    last = gate.events()[-1]
    more = last._replace(seq=last.seq + 1, previous=last.hash, body=encode_opened("never"))
    gate.days.receive(gate.state(), NOW)
    gate.store.store(STATION, LANE, [more._replace(hash=event_hash(more))], NOW)
    assert gate.reconciled().differences == (Difference("extra", 1, 251, 251),)


def test_a_lane_that_states_nothing_is_silent(gate: Gate) -> None:
    one = gate.reconciled()
    assert (one.verdict, one.stored, gate.codes()) == ("silent", RECORDS, ["day-silent"])


def test_an_idle_day_is_stated_too(gate: Gate) -> None:
    day = "2023-11-16"
    idle = stated(gate.journal, STATION, LANE, day)
    gate.days.receive(gate.state(idle), NOW)
    assert [(one.verdict, one.stored) for one in reconcile(gate.days, day, NOW)] == [("agrees", 0)]


def test_a_statement_is_worth_what_its_signature_is(gate: Gate) -> None:
    with pytest.raises(Untrusted, match="unknown-key"):
        gate.days.receive(gate.state(key=PrivateKey.from_raw(b"x" * 32)), NOW)
    foreign = replace(stated(gate.journal, STATION, LANE, DAY), station="VN-XX")
    with pytest.raises(Untrusted, match="unknown-key"):
        gate.days.receive(gate.state(foreign), NOW)
    with pytest.raises(Untrusted, match="wrong-station"):
        gate.days.receive(gate.state(), NOW, (STATION, "L9"))
    gate.days.receive(gate.state(), NOW)
    gate.tamper(lambda connection: connection.execute("UPDATE day SET signed = replace(signed, '250', '249')"))
    one = gate.reconciled()
    assert (one.verdict, [part.cause for part in one.differences]) == ("differs", ["unsigned"])


def test_another_statement_about_the_same_day_is_an_alarm(gate: Gate) -> None:
    gate.days.receive(gate.state(), NOW)
    gate.days.receive(gate.state(), NOW + 1)
    assert gate.codes() == []
    first = stated(gate.journal, STATION, LANE, DAY)
    gate.days.receive(gate.state(replace(first, cases=("made-up",))), NOW + 2)
    assert gate.codes() == ["day-restated"]
    assert [part.cause for part in gate.reconciled().differences] == ["counts"]


def test_a_day_is_vietnams(gate: Gate) -> None:
    from_ms, to_ms = bounds("2026-11-29")
    assert (from_ms, to_ms - from_ms) == (1_795_885_200_000, 86_400_000)  # 2026-11-28T17:00:00Z
    with pytest.raises(ValueError, match="isoformat"):
        reconcile(gate.days, "yesterday", NOW)
