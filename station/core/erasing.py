"""Personal data that are erased: because an officer orders it for a crossing, or because their term has passed.

The rows of the journal hold only an HMAC of them and stay as they are; what is written here is that they say no more.
"""

from station.core.effects import ErasePersonal
from station.core.facts import OfficerAct
from station.core.keeping_facts import PersonalErased
from station.core.records import ErasureRecorded, RefusalRecorded
from station.core.turn import Turn

NEXT_STEP = "close what else reads personal.db, mend the disk if it failed, then order the erasure again"


def refusal(turn: Turn, act: OfficerAct) -> str:
    """The code of what is wrong with an erasure at this moment, or "". What is still being decided on is kept."""
    crossing = turn.state.crossing
    if act.role != "head-of-unit":
        return "ROLE"
    if not act.crossing:
        return "NO_SUCH_CROSSING"
    if act.crossing in turn.state.held_evidence:
        return "UNDER_HOLD"
    return "STILL_IN_LANE" if crossing is not None and crossing.crossing == act.crossing else ""


def order(turn: Turn, act: OfficerAct) -> None:
    """An act that stands: the shell erases, and says how much."""
    turn.wish(ErasePersonal(act.crossing, act.act_id))


def erased(turn: Turn, fact: PersonalErased) -> None:
    """Record what was erased, or that it could not be."""
    if fact.fault:
        turn.record(RefusalRecorded("act", fact.crossing, fact.fault, NEXT_STEP))
    else:
        turn.record(ErasureRecorded(fact.crossing, "ACT" if fact.act_id else "TERM", fact.act_id, fact.texts))
