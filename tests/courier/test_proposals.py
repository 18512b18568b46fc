"""Settings proposed by a centre, at the courier: kept, few, told again at each start, and sent to their lane alone."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.plain import encode
from station.centre.export import signed_lines
from station.centre.publisher import publish_proposal
from station.centre.store import CentreStore
from station.core.proposing import MOST_PROPOSALS
from station.courier.talk import DownlinkRefused, ProposalCame
from station.messages.downlinks import SettingsProposal
from station.messages.states import LaneState
from station.trust.keys import load_key
from tests.courier.bench import LANE, STATION, Bench
from tests.courier.kinds import PROPOSAL, SETTINGS, Way
from tests.services import running_mosquitto
from tests.support import free_port

NOW = time.time_ns() // 1_000_000
DAY = 86_400_000
MINE = SettingsProposal(STATION, LANE, 0, SETTINGS, (("vision.view_epoch", "3"),), "why", NOW, NOW + DAY)


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    with Way(tmp_path / "way") as made:
        yield made


def told(bench: Bench) -> list[int]:
    return [said.number for said in bench.heard() if isinstance(said, ProposalCame)]


def test_the_newest_are_kept_and_told_again_at_each_start(way: Way) -> None:
    for number in range(7, 17):
        assert way.send(replace(PROPOSAL, number=number)) == ""
    assert told(way.bench) == list(range(6, 17))
    way.bench.stop_courier()
    way.bench.start_courier()
    assert told(way.bench) == [13, 14, 15, 16] and MOST_PROPOSALS == 4
    assert way.bench.courier is not None and way.bench.courier._state(online=True).proposal_number == 16


def test_one_that_can_never_be_taken_up_is_not_sent_for_again_and_never_told(way: Way) -> None:
    """Else it would come every five minutes until its end, and be refused and recorded each time."""
    other = replace(PROPOSAL, number=8, settings_sha256="0" * 64)
    assert way.send(other) == "other-settings"
    assert way.bench.courier is not None and way.bench.courier._state(online=True).proposal_number == 8
    assert way.send(other) == "repeated"
    way.bench.stop_courier()
    way.bench.start_courier()
    assert told(way.bench) == [6], "that of before, again"
    assert way.bench.courier._state(online=True).proposal_number == 8


def test_what_comes_late_or_again_is_nothing(way: Way) -> None:
    """Doubled, reordered, and one of another content under a number that is known."""
    assert way.send(replace(PROPOSAL, number=9)) == ""
    assert way.send(replace(PROPOSAL, number=9)) == "repeated"
    assert way.send(replace(PROPOSAL, number=9, valid_until_ms=PROPOSAL.valid_until_ms - 1)) == "repeated"
    assert way.send(replace(PROPOSAL, number=9, reason="another")) == "outdated"
    assert way.send(replace(PROPOSAL, number=8)) == "outdated"
    assert told(way.bench) == [6, 9]


def test_a_lane_is_sent_its_own_until_it_says_that_it_has_them(tmp_path: Path) -> None:
    with running_mosquitto(tmp_path / "broker") as broker, Bench(tmp_path / "bench", broker.port) as bench:
        bench.settings_sha256 = SETTINGS
        receiver = bench.start_receiver()
        for one in (MINE, replace(MINE, valid_until_ms=NOW - 1), replace(MINE, lane="I9"), replace(MINE, reason="two")):
            publish_proposal(receiver.store, one)
        bench.start_courier()
        bench.pump(lambda: len(told(bench)) == 2, "its own, in order")
        assert told(bench) == [1, 4]
        bench.pump(lambda: receiver._states[STATION, LANE].proposal_number == 4, "the state says so")
        assert [said for said in bench.heard() if isinstance(said, DownlinkRefused)] == []


def test_a_lane_of_an_older_release_is_sent_none(tmp_path: Path) -> None:
    """Its state has no such number, and it would refuse the kind."""
    with Bench(tmp_path / "bench", free_port()) as bench:
        receiver = bench.start_receiver()
        publish_proposal(receiver.store, MINE)
        sent: list[object] = []
        receiver._send = lambda *what: sent.append(what[-1])  # type: ignore[method-assign]
        older = LaneState(STATION, LANE, True, "boot", 0, 0)
        assert b'"proposal_number":-1' in encode(older)
        receiver._states[STATION, LANE] = older
        receiver._push(receiver._next_look)
        assert sent == []
        receiver._states[STATION, LANE] = replace(older, proposal_number=0)
        receiver._push(receiver._next_look)
        assert [type(thing) for thing in sent] == [SettingsProposal]


def test_a_stick_for_a_lane_has_what_is_proposed_to_it(tmp_path: Path) -> None:
    with Bench(tmp_path / "bench", free_port()) as bench:
        store = CentreStore(f"sqlite:///{tmp_path}/centre.db")
        publish_proposal(store, MINE)
        publish_proposal(store, replace(MINE, lane="I9"))
        key = load_key(bench.keys.centre_key)
        assert signed_lines(store, STATION, key, NOW, DAY) == []
        lines = signed_lines(store, STATION, key, NOW, 3 * DAY, LANE)
        store.close()
        assert len(lines) == 1 and str(NOW + DAY).encode() in lines[0], "its own end, which no export moves"
        bench.settings_sha256 = SETTINGS
        courier = bench.start_courier()
        assert courier._taking.take(courier._topics.proposal, lines[0]) == ("proposal 1", "")
        assert told(bench) == [1]
