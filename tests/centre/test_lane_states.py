"""How lanes stand, as the centre keeps it: the newest word of each, the disk's figures also after the link is gone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from station.centre.alarms import MOST_LANES
from station.centre.lane_states import keep_state, standings
from station.centre.store import CentreStore
from station.messages.states import LaneState
from tests.centre.databases import BOTH, fresh_url, opened
from tests.messages.chains import LANE, STATION, chain

NOW = 1_700_000_000_000
STATE = LaneState(STATION, LANE, True, "b1", 7, 0, disk="LOW", free_mib=900, days_left=12)
WILL = LaneState(STATION, LANE, False, "b1", 7, 0)


@pytest.fixture(params=BOTH, scope="module")
def server_url(request: pytest.FixtureRequest) -> str:
    """Of a wider scope than the guard against leaks: the server outlives the test."""
    return request.getfixturevalue("postgres").url if request.param == "postgresql" else ""


@pytest.fixture
def store(server_url: str, tmp_path: Path) -> Iterator[CentreStore]:
    yield from opened(fresh_url(server_url, tmp_path))


def test_a_lane_stands_as_it_last_told(store: CentreStore) -> None:
    store.store(STATION, LANE, chain(3), NOW)
    (one,) = standings(store)
    assert (one.online, one.changed_ms, one.stored.seq, one.state) == (False, 0, 3, None), "it never told its state"
    keep_state(store, STATE, NOW)
    keep_state(store, STATE, NOW + 1)
    (one,) = standings(store)
    assert (one.online, one.changed_ms, one.stored.seq, one.state) == (True, NOW, 3, STATE), "the same again is no news"
    fuller = replace(STATE, free_mib=500, days_left=3)
    keep_state(store, fuller, NOW + 2)
    keep_state(store, WILL, NOW + 3)
    keep_state(store, WILL, NOW + 4)
    (one,) = standings(store)
    assert (one.online, one.changed_ms, one.state) == (False, NOW + 3, fuller), "who is lost keeps its last figures"
    keep_state(store, replace(fuller, boot="b2"), NOW + 5)
    (one,) = standings(store)
    assert (one.online, one.changed_ms) == (True, NOW + 5)


def test_a_station_cannot_make_up_lanes_without_end(store: CentreStore) -> None:
    keep_state(store, STATE, NOW)
    for number in range(MOST_LANES + 20):
        keep_state(store, replace(STATE, lane=f"X{number}"), NOW)
    assert len(standings(store)) == MOST_LANES
    keep_state(store, replace(STATE, days_left=1), NOW + 1)
    assert {one.lane: one.state for one in standings(store)}[LANE] == replace(STATE, days_left=1)
