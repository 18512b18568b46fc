"""HELD: the truck waits for a person or leaves. Never releases itself, names an owner, reminds (law L3)."""

from station.core import endings, passage
from station.core.facts import Role
from station.core.occupancy import seen_empty, went_through
from station.core.records import CaseOpened, CrossingHeld
from station.core.shown import evidence_digest
from station.core.state import Hold
from station.core.turn import Turn


def hold(turn: Turn, reason: str, owner: Role, *, referred: bool = False) -> None:
    """Hold the truck. `referred` sends it to a bay, where it goes on as an open case.

    A load that radiates goes to the isolation bay and is the head of unit's to decide, whoever finds it (A16).
    """
    if reason == "RADIATION_ALARM":
        owner, referred = "head-of-unit", True
        turn.set_crossing(radiation=False)
    turn.enter("HELD")
    turn.set_crossing(hold=Hold(reason, owner, turn.now, 0, referred), proposal=None)
    held = turn.crossing
    turn.record(CrossingHeld(held.crossing, reason, owner, 0, evidence_digest(held)), relevant=True)


def advance(turn: Turn) -> None:
    """End the hold when the truck is seen to have left; otherwise remind the owner."""
    crossing = turn.crossing
    held = crossing.hold
    if held is None:
        return
    if crossing.proposal is not None and turn.now >= crossing.proposal.until:
        turn.set_crossing(proposal=None)
    if seen_empty(turn.state) or passage.has_left(turn.state, crossing):
        _left(turn, held)
        return
    due = held.since + (held.reminders + 1) * turn.parameters.patience.hold_reminder
    if turn.now >= due:
        turn.set_crossing(
            hold=Hold(held.reason, held.owner, held.since, held.reminders + 1, held.referred, held.returning)
        )
        evidence = evidence_digest(crossing)
        turn.record(CrossingHeld(crossing.crossing, held.reason, held.owner, held.reminders + 1, evidence))


def _left(turn: Turn, held: Hold) -> None:
    crossing = turn.crossing
    if crossing.exit_seen and crossing.released:
        endings.complete(turn, "DEPARTED", held.reason)
    elif went_through(turn.state, crossing):
        endings.break_through(turn, held.reason)
    elif crossing.reversed or not (crossing.was_whole or held.referred):
        endings.complete(turn, "RETURNED", held.reason)
    else:
        plate = crossing.plate.text if crossing.plate else ""
        if not held.referred:
            turn.raise_alarm("LEFT_WHILE_HELD", crossing.crossing, held.reason, siren=False)
        turn.record(
            CaseOpened(
                f"{crossing.crossing}-C", crossing.crossing, crossing.declaration, plate, held.reason, held.owner
            )
        )
        endings.complete(turn, "REFERRED", held.reason)
