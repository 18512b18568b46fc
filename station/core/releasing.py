"""RELEASING and CLEARING: from the decision to the boom that is confirmed down behind the truck."""

from drivers.contract.quantities import Millis
from station.core import deciding, endings, holding, interlock, passage
from station.core.effects import Spend
from station.core.facts import Spent, Suspended
from station.core.occupancy import below, deck_end, deck_loaded, lane_empty, seen_empty, went_through, whole_on_deck
from station.core.records import CrossingReleased, End, SuspensionApplied
from station.core.state import NEVER, Crossing, LaneState
from station.core.turn import Turn

MOST_RELEASE_TRIES = 3
CLEAR_FOR = Millis(500)
"""The place under the boom must have been free for so long before the boom is lowered."""

BACKED_OFF_AFTER = Millis(2_000)
FOLLOWER_STOPS_WITHIN = Millis(3_000)
"""With somebody on the deck behind the truck the boom waits longer: whoever does not stop is not struck (A4)."""


def advance_releasing(turn: Turn) -> None:
    """Re-check and book, raise, wait for the truck; take the release back if it does not come about."""
    crossing = turn.crossing
    if crossing.released:
        _await_truck(turn)
    elif crossing.request.startswith("b"):
        if turn.now >= turn.state.phase_since + turn.parameters.patience.release:
            holding.hold(turn, "RELEASE_OVERDUE", "officer")
    elif seen_empty(turn.state) and went_through(turn.state, crossing):
        endings.break_through(turn, "NOT_RELEASED")
    elif seen_empty(turn.state) and crossing.was_whole:
        endings.complete(turn, *_how_it_left(crossing, turn.state))
    elif interlock.may_raise(turn) and whole_on_deck(turn.state):
        if not _left_to_a_person(turn):
            _book(turn)
    elif turn.now >= turn.state.phase_since + turn.parameters.patience.release:
        holding.hold(turn, "RELEASE_BLOCKED", "officer")


def _left_to_a_person(turn: Turn) -> bool:
    """The lane was closed, or may no longer release by itself, since the decision: hold."""
    reason = "" if turn.crossing.by_acts else deciding.needs_person(turn.state)
    if turn.crossing.radiation:
        reason = "RADIATION_ALARM"
    if turn.state.disk == "READ_ONLY":
        reason = "DISK_READ_ONLY"
    if reason:
        holding.hold(turn, reason, "officer")
    return bool(reason)


def _book(turn: Turn) -> None:
    crossing = turn.crossing
    request = turn.new_id("b")
    turn.set_crossing(request=request)
    turn.wish(
        Spend(request, crossing.declaration, crossing.crossing, crossing.previous, crossing.by_acts, crossing.entry)
    )


def spent(turn: Turn, fact: Spent) -> None:
    """The re-check at the instant of release has answered (law L2)."""
    crossing = turn.state.crossing
    if crossing is None or turn.state.phase != "RELEASING" or fact.request_id != crossing.request or crossing.released:
        return
    turn.set_crossing(request="", booked=fact.accepted)
    if not fact.accepted:
        holding.hold(turn, fact.reason, "head-of-unit")
    elif interlock.may_raise(turn) and whole_on_deck(turn.state) and not _left_to_a_person(turn):
        turn.set_crossing(released=True, released_at=turn.now, release_tries=crossing.release_tries + 1)
        turn.set_crossing(behind="", fronts_at_deck_end=0, fronts_under_boom=0)
        turn.record(
            CrossingReleased(crossing.crossing, "ACTS", crossing.declaration, crossing.acts)
            if crossing.by_acts
            else CrossingReleased(crossing.crossing, "RULES", crossing.declaration, ()),
            relevant=True,
        )
        interlock.raise_boom(turn)


def _await_truck(turn: Turn) -> None:
    crossing, state = turn.crossing, turn.state
    if state.under_boom.presence == "occupied" and state.boom != "down":
        turn.set_crossing(progress="under", under_at=turn.now)
        turn.enter("CLEARING")
    elif state.motion is not None:
        return
    elif lane_empty(state) and crossing.exit_seen:  # the loop under the boom has seen nothing: it is not to be trusted
        turn.set_crossing(progress="under", under_at=turn.now)
        turn.enter("CLEARING")
    elif state.boom == "down":
        _raise_again(turn)
    elif state.boom == "wiring-fault":
        holding.hold(turn, "BOOM_FAULT", "technician")
    elif seen_empty(state):
        _withdraw(turn, "", *_how_it_left(crossing, state))
    elif state.boom == "unknown":
        if turn.now >= state.phase_since + turn.parameters.patience.release:
            holding.hold(turn, "BOOM_FAULT", "technician")
    elif turn.now >= max(crossing.released_at, state.phase_since) + turn.parameters.patience.clear:
        _withdraw(turn, "NOT_DEPARTED", "", "")


def _how_it_left(crossing: Crossing, state: LaneState) -> tuple[End, str]:
    """The truck is gone and was never seen under the boom. If it had been released, a loop that was lost may have
    missed it there: then nobody may say that it stayed, and its booking is not given back.
    """
    if crossing.reversed:
        return "ABORTED", "REVERSED_OUT"
    if crossing.released_at != NEVER and state.under_boom.since > crossing.released_at:
        return "INTERRUPTED", "LOST_SIGHT"
    return "ABORTED", "LEFT_DECK"


def _raise_again(turn: Turn) -> None:
    """The boom stayed down. Try again with a new order and a new re-check, but not for ever."""
    if turn.crossing.release_tries >= MOST_RELEASE_TRIES:
        turn.set_crossing(released=False)
        holding.hold(turn, "BOOM_FAULT", "technician")
    else:
        turn.set_crossing(released=False, request="")


def _withdraw(turn: Turn, then_hold: str, ending: End | str, reason: str) -> None:
    """Take the release back: the boom comes down first, then the crossing is held or ends."""
    turn.set_crossing(then_hold=then_hold, ending=ending, ending_reason=reason)
    turn.enter("CLEARING")


def suspended(turn: Turn, fact: Suspended) -> None:
    """A suspension in flight: stop the truck if it has not moved, else keep the proof of good faith (A14)."""
    crossing = turn.state.crossing
    concerns = crossing is not None and crossing.declaration == fact.declaration and not fact.lifted
    late = ""
    if crossing is not None and concerns and crossing.released and not stopped(turn, "SUSPENDED"):
        late = crossing.crossing
    turn.record(SuspensionApplied(fact.declaration, fact.lifted, fact.number, late))
    if late:
        turn.raise_alarm("PASSED_BEFORE_NOTICE", late, fact.declaration, siren=False)


def stopped(turn: Turn, reason: str) -> bool:
    """Take back the release of a truck that has not moved, to hold it for `reason`. False if it is under way."""
    if turn.state.phase != "RELEASING" or turn.crossing.progress != "waiting":
        return False
    _withdraw(turn, reason, "", "")
    return True


def advance_clearing(turn: Turn) -> None:
    """Follow the truck out by the loops, then bring the boom down and close the crossing."""
    if (turn.crossing.then_hold or turn.crossing.ending) and not _left_all_the_same(turn):
        _bring_down(turn)
        return
    crossing, state = turn.crossing, turn.state
    free = below(state).presence == "free"
    if crossing.progress == "under" and crossing.exit_seen:
        turn.set_crossing(progress="leaving")
    elif crossing.progress == "leaving" and passage.is_through(state, crossing):
        turn.set_crossing(progress="gone")
    elif crossing.progress == "gone":
        _behind_the_truck(turn)
        return
    elif crossing.progress == "under" and free and turn.now >= below(state).since + BACKED_OFF_AFTER:
        if deck_loaded(state):
            _withdraw(turn, "BACKED_OFF", "", "")
            return
        if lane_empty(state) and state.exit.presence == "free":  # the loops were lost while it passed
            _withdraw(turn, "", "INTERRUPTED", "LOST_SIGHT")
            return
    if turn.now >= state.phase_since + turn.parameters.patience.clear:
        turn.raise_alarm("NOT_CLEARED", crossing.crossing, crossing.progress, siren=False)
        holding.hold(turn, "NOT_CLEARED", "officer")


def _left_all_the_same(turn: Turn) -> bool:
    """The truck went out while the boom was to come down before it: it has departed, whatever was to follow."""
    if (
        turn.crossing.progress == "waiting"
        and turn.state.under_boom.presence == "occupied"
        and turn.state.boom != "down"
    ):
        turn.set_crossing(progress="under", under_at=turn.now)
    crossing = turn.crossing
    if crossing.progress != "under" or not crossing.exit_seen:
        return False
    if crossing.then_hold == "SUSPENDED":
        turn.raise_alarm("PASSED_BEFORE_NOTICE", crossing.crossing, crossing.declaration, siren=False)
    turn.set_crossing(then_hold="", ending="", ending_reason="")
    return True


def _behind_the_truck(turn: Turn) -> None:
    """The truck is through: whoever else is under the boom has no release; whoever comes is given time to stop."""
    crossing, state = turn.crossing, turn.state
    if passage.second_is_below(state, crossing) and state.boom != "down":
        passage.second_found(turn)
    if deck_end(state).presence == "free" or turn.now >= deck_end(state).since + FOLLOWER_STOPS_WITHIN:
        _bring_down(turn, FOLLOWER_STOPS_WITHIN if deck_loaded(state) else CLEAR_FOR)


def _bring_down(turn: Turn, free_for: Millis = CLEAR_FOR) -> None:
    crossing, state = turn.crossing, turn.state
    if state.boom == "down" and state.motion is None:
        if not passage.is_undecided(state, crossing) or turn.now >= state.phase_since + turn.parameters.patience.clear:
            _down(turn)
        return
    interlock.lower_boom(turn, free_for)
    if turn.now >= state.phase_since + turn.parameters.patience.clear:
        reason = crossing.then_hold or "BOOM_NOT_DOWN"
        turn.set_crossing(then_hold="", ending="", ending_reason="")
        holding.hold(turn, reason, "technician")


def _down(turn: Turn) -> None:
    crossing = turn.crossing
    if crossing.then_hold:
        turn.set_crossing(then_hold="", released=False, request="", by_acts=False)
        holding.hold(turn, crossing.then_hold, "head-of-unit" if crossing.then_hold == "SUSPENDED" else "officer")
    elif crossing.ending_reason == "LEFT_DECK":  # judged again: a barrier that stands still is believed for a while
        endings.complete(turn, *_how_it_left(crossing, turn.state))
    elif crossing.ending:
        endings.complete(turn, crossing.ending, crossing.ending_reason)
    else:
        if passage.slipped_through(turn.state, crossing):
            passage.second_found(turn)
        decision = crossing.decision
        endings.complete(turn, "DEPARTED", decision.reason if decision else "")
