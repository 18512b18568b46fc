"""Settings that the centre proposes: recorded, answered by a person, and never acted on."""

from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import pytest

from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Permille, Tick
from station.core import proposing
from station.core.facts import Action, LaneStarted, ProposalArrived, Role, TimePassed
from station.core.instructed_records import ProposalAnswered, SettingsProposed
from station.core.proposing import MOST_PROPOSALS
from station.core.records import ActRecorded
from station.core.state import LaneState
from station.core.step import step
from station.core.turn import Turn
from tests.core.script import Script
from tests.core.world import PARAMETERS, UTC, World, beginning

CHANGES = (("lane.limits.weight_refer", "40"), ("lane.patience.gather", "90_000"))
RESULT = "7a" * 32


def arrived(script: Script, number: int = 1, *, on: str | None = None, until_ms: int = UTC + 10**9) -> ProposalArrived:
    runs = script.state.settings_sha256 if on is None else on
    return ProposalArrived(Tick(script.now), number, f"{number:064x}", runs, CHANGES, "scales compared", until_ms)


def answer(script: Script, number: int, action: Action = "accept-settings", role: Role = "technician") -> str:
    """Answer a proposal; the code of the refusal, if it was refused."""
    text = RESULT if action == "accept-settings" else ""
    script.act(action, "3001", role, crossing="", digest=f"{number:064x}", text=text)
    record = script.of(ActRecorded)[-1]
    assert isinstance(record, ActRecorded)
    return record.refusal


def acts_by_itself(before: LaneState) -> list[str]:
    """What a lane does about a proposal beyond writing down that it came: all that mere time would not have done."""
    body = (CHANGES, "scales compared", UTC + 10**9)
    came = step(before, [ProposalArrived(before.tick, 99, "a" * 64, before.settings_sha256, *body)])
    idle = step(before, [TimePassed(before.tick)])
    moved = [name for name in before.__slots__ if getattr(came.state, name) != getattr(idle.state, name)]
    told = [stamped.record for stamped in came.records if type(stamped.record) is not SettingsProposed]
    more = [] if told == [stamped.record for stamped in idle.records] else ["records"]
    wishes = [] if came.effects == idle.effects else ["effects"]
    return [name for name in moved if name not in ("offers", "seq")] + more + wishes


def applying(turn: Turn, fact: ProposalArrived) -> None:
    """The mutant: a proposal that applies itself."""
    limits = replace(turn.parameters.limits, weight_refer=Permille(40))
    turn.set(parameters=replace(turn.parameters, limits=limits))
    turn.record(SettingsProposed(fact.number, fact.sha256, fact.settings_sha256, fact.changes, fact.reason, 0))


def answering(turn: Turn, fact: ProposalArrived) -> None:
    """The mutant: a lane that takes it up in a person's stead."""
    turn.record(ProposalAnswered(fact.number, fact.sha256, "TAKEN_UP", "", fact.settings_sha256))


def test_a_proposal_is_written_down_once_and_nothing_else_happens() -> None:
    script = Script()
    script.tell(arrived(script), arrived(script))
    assert script.of(SettingsProposed) == [
        SettingsProposed(1, f"{1:064x}", script.state.settings_sha256, CHANGES, "scales compared", UTC + 10**9)
    ]
    assert script.state.parameters == PARAMETERS and script.records == script.of(SettingsProposed)


@pytest.mark.parametrize("seed", range(6))
def test_in_no_state_of_a_lane_does_a_proposal_act(seed: int) -> None:
    for told in World(seed, 0.1).run(150):
        assert acts_by_itself(told.step.state) == []


@pytest.mark.parametrize("mutant", [applying, answering])
def test_a_proposal_that_applies_itself_is_caught(mutant: Callable[[Turn, ProposalArrived], None]) -> None:
    with patch.object(proposing, "arrived", mutant):
        assert acts_by_itself(Script().state) != []


def test_a_technician_takes_it_up_and_the_parameters_stay_until_the_lane_begins_anew() -> None:
    script = Script()
    script.tell(arrived(script))
    before = list(script.effects)
    assert answer(script, 1) == ""
    record = script.of(ActRecorded)[-1]
    assert isinstance(record, ActRecorded) and record.outcome == "effective"
    assert script.of(ProposalAnswered) == [ProposalAnswered(1, f"{1:064x}", "TAKEN_UP", record.act_id, RESULT)]
    assert script.state.parameters == PARAMETERS and script.effects == before
    assert answer(script, 1) == "", "the file may not have been written: once more"
    assert answer(script, 1, "reject-settings") == "ANSWERED_BEFORE"


def test_what_was_turned_down_stays_so() -> None:
    script = Script()
    script.tell(arrived(script))
    assert answer(script, 1, "reject-settings", "head-of-unit") == ""
    assert [one.answer for one in script.state.offers] == ["TURNED_DOWN"]
    assert answer(script, 1) == "ANSWERED_BEFORE"
    script.tell(arrived(script))
    assert len(script.of(SettingsProposed)) == 1, "told again after a restart: it is known"


def test_who_and_what_may_not_answer() -> None:
    script = Script()
    script.tell(arrived(script), arrived(script, 2, on="0" * 64), arrived(script, 3, until_ms=UTC))
    assert answer(script, 1, role="officer") == "ROLE"
    assert answer(script, 1, "reject-settings", "officer") == "ROLE"
    assert answer(script, 9) == "NO_SUCH_PROPOSAL"
    assert answer(script, 2) == "OTHER_SETTINGS"
    assert answer(script, 3) == "PROPOSAL_EXPIRED"
    script.act("accept-settings", "3001", "technician", crossing="", digest=f"{1:064x}", remote=True)
    record = script.of(ActRecorded)[-1]
    assert isinstance(record, ActRecorded) and record.refusal == "NOT_FROM_AFAR", "the centre answers nothing itself"
    assert script.of(ProposalAnswered) == []


def test_after_other_settings_were_applied_an_older_proposal_is_void() -> None:
    script = Script()
    script.tell(arrived(script))
    start, *rest = beginning(script.now, PARAMETERS)
    assert isinstance(start, LaneStarted)
    script.tell(replace(start, settings_sha256="b" * 64), *rest)
    assert answer(script, 1) == "OTHER_SETTINGS"


def test_only_the_newest_are_remembered_and_an_older_one_does_not_come_again() -> None:
    script = Script()
    script.tell(*(arrived(script, number) for number in range(1, 20)))
    script.tell(arrived(script, 3))
    assert [one.number for one in script.state.offers] == [16, 17, 18, 19] and MOST_PROPOSALS == 4
    assert len(script.of(SettingsProposed)) == 19
    assert decode(LaneState, encode(script.state)) == script.state
