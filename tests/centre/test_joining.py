"""The ordinary way of a record into the centre, beside the long one: both must end alike, whatever comes how."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.centre import queries
from station.centre.joining import Joined, Prefix, Waiting, join
from station.centre.store import CentreStore, Stored
from station.messages.envelope import RecordEvent
from tests.messages.chains import LANE, STATION, chain, event

NOW = 1_700_000_000_000
EVENTS = chain(12)
FORKED = [event(item.seq, item.previous, body=b'{"is":"Other"}') for item in EVENTS]
NEXT_EPOCH = chain(4, first=13, previous=EVENTS[-1].hash, epoch=2)


class LongWay(CentreStore):
    def _joined(self, *_: object) -> None:
        """Nothing is ordinary here."""


class CountedJoins(CentreStore):
    joined = 0

    def _joined(self, *args: object) -> Joined | None:
        found = super()._joined(*args)  # type: ignore[arg-type]  # whatever the store hands over
        self.joined += found is not None
        return found


def waiting(*events: RecordEvent) -> list[Waiting]:
    return [Waiting(item.epoch, item.seq, item.previous, item.hash) for item in events]


def behind(seq: int) -> Prefix:
    return Prefix(1, seq, EVENTS[seq - 1].hash)


def test_what_follows_the_prefix_moves_it() -> None:
    assert join(behind(3), [], EVENTS[3:7]) == Joined(tuple(EVENTS[3:7]), behind(7), has_hole=False)


def test_what_fills_a_hole_moves_the_prefix_over_what_waited() -> None:
    assert join(behind(3), waiting(*EVENTS[5:9]), EVENTS[3:5]) == Joined(tuple(EVENTS[3:5]), behind(9), has_hole=False)


def test_what_comes_behind_a_hole_waits() -> None:
    joined = join(behind(3), waiting(EVENTS[7]), [EVENTS[5], EVENTS[7]])
    assert joined == Joined((EVENTS[5],), behind(3), has_hole=True)


@pytest.mark.parametrize(
    ("start", "rows", "events"),
    [
        (behind(3), [], [EVENTS[2]]),
        (behind(3), [], [FORKED[3], EVENTS[3]]),
        (behind(3), waiting(EVENTS[4]), [FORKED[4]]),
        (behind(3), waiting(event(5, FORKED[3].hash)), [EVENTS[3]]),
        (behind(12), [], NEXT_EPOCH),
        (behind(11), waiting(*NEXT_EPOCH), [EVENTS[11]]),
        (behind(3), [], [EVENTS[3]._replace(previous=EVENTS[5].hash)]),
    ],
    ids=[
        "behind-the-prefix",
        "two-of-one",
        "contradicts",
        "waited-and-does-not-fit",
        "epoch",
        "next-epoch",
        "unlinked",
    ],
)
def test_all_else_is_not_ordinary(start: Prefix, rows: list[Waiting], events: list[RecordEvent]) -> None:
    assert join(start, rows, events) is None


@pytest.mark.timeout(240)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_both_ways_end_alike(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    some = st.sampled_from([*EVENTS, *EVENTS, *NEXT_EPOCH, *FORKED[4:8]])
    parts = data.draw(st.lists(st.lists(some, min_size=1, max_size=6), min_size=1, max_size=8))
    folder = tmp_path_factory.mktemp("both")
    assert told(CentreStore, folder / "a.db", parts) == told(LongWay, folder / "b.db", parts)


def told(
    kind: type[CentreStore], file: Path, parts: list[list[RecordEvent]]
) -> tuple[list[Stored], list[queries.StoredRecord], list[tuple[str, int, int]]]:
    store = kind(f"sqlite:///{file}")
    try:
        lasts = [store.store(STATION, LANE, part, NOW) for part in parts]
        alarms = sorted((alarm.code, alarm.epoch, alarm.seq) for alarm in queries.alarms(store))
        return lasts, list(queries.records(store, STATION, LANE)), alarms
    finally:
        store.close()


def test_batches_that_come_to_two_receivers_in_turns_are_ordinary(tmp_path: Path) -> None:
    store = CountedJoins(f"sqlite:///{tmp_path}/centre.db")
    try:
        events = chain(41)
        store.store(STATION, LANE, events[:1], NOW)
        stored = [store.store(STATION, LANE, events[1 + 10 * order : 11 + 10 * order], NOW) for order in (1, 0, 3, 2)]
        assert stored[-1] == Stored(Prefix(1, 41, events[-1].hash), 10, has_hole=False)
        assert store.joined == 4
    finally:
        store.close()
