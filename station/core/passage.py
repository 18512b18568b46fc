"""What passes: which way a vehicle goes, whether the released one is through, and whether a second comes behind it.

Every judgement is one of order. What a vehicle frees last says where it went: forwards out of loop and beam of the
entrance it frees the beam last, backing off the loop. One that follows breaks each beam anew after the first has
freed it, in the order of the lane; a truck that rolls back, or one that a beam loses for a moment, does so at one.
"""

from drivers.contract.readings import BeamEdge, LoopEdge
from station.core.occupancy import below, deck_end, deck_loaded, entrance, lane_empty, whole_on_deck
from station.core.state import Crossing, LaneState, Loop, sensors
from station.core.turn import Turn


# ------------------------------------------------------------------ what the detectors say
def loop_changed(turn: Turn, edge: LoopEdge) -> None:
    """A loop has become occupied or free."""
    loop = Loop("occupied" if edge.occupied else "free", turn.now)
    match edge.point:
        case "entry-loop":
            turn.set(entry=loop)
            _somebody_behind(turn, loop, is_loop=True)
        case "under-boom-loop":
            turn.set(under_boom=loop)
        case "exit-loop":
            turn.set(exit=loop)
    if edge.occupied and turn.state.crossing is not None:
        _reached(turn, edge, turn.crossing)


def beam_changed(turn: Turn, device: str, edge: BeamEdge) -> None:
    """A light barrier has become broken or free; only the device that the settings name for it is believed."""
    fitted = sensors(turn.state)
    beam = Loop("occupied" if edge.broken else "free", turn.now)
    match edge.beam:
        case "boom-beam" if device == fitted.boom_beam:
            _count_front(turn, turn.state.boom_beam, beam, "fronts_under_boom")
            turn.set(boom_beam=beam)
        case "deck-entry-beam" if device == fitted.deck_entry_beam:
            turn.set(deck_entry_beam=beam)
            _somebody_behind(turn, beam, is_loop=False)
        case "deck-exit-beam" if device == fitted.deck_exit_beam:
            _count_front(turn, turn.state.deck_exit_beam, beam, "fronts_at_deck_end")
            turn.set(deck_exit_beam=beam)
        case _:
            return
    _look_for_second(turn)


def _reached(turn: Turn, edge: LoopEdge, crossing: Crossing) -> None:
    """The open crossing's vehicle, or another one, has come onto a loop."""
    if edge.point == "under-boom-loop" and not crossing.released:
        turn.set_crossing(under_seen=True)
    if edge.point == "exit-loop" and not crossing.released and turn.state.under_boom.presence == "occupied":
        turn.set_crossing(broke_out=True)
        turn.raise_alarm("UNAUTHORISED_PASSAGE", crossing.crossing, "under the boom and out, not released", siren=True)
    if edge.point == "entry-loop" and crossing.was_whole and crossing.progress == "waiting":
        turn.set_crossing(reversed=True)
    if edge.point == "exit-loop" and crossing.released and _may_be_out(turn.state, crossing):
        turn.set_crossing(exit_seen=True)


def _may_be_out(state: LaneState, crossing: Crossing) -> bool:
    """Before anything has broken the beam under the boom, the exit loop has felt somebody from outside."""
    return crossing.fronts_under_boom > 0 or not sensors(state).boom_beam


# ------------------------------------------------------------------ the way of the open crossing's vehicle
def settle(turn: Turn) -> None:
    """A truck that rolled back onto the entry loop, or whose high bed the loop lost, stands whole on the deck again."""
    state, crossing = turn.state, turn.state.crossing
    if crossing is not None and crossing.reversed and not state.deck_moving and whole_on_deck(state):
        turn.set_crossing(reversed=False)


def is_through(state: LaneState, crossing: Crossing) -> bool:
    """The truck has passed the boom and the exit loop. A deck that somebody else came onto since says nothing of it.

    Between its axle groups both loops may lose a high bed: the beam under the boom does not, nor the one at the deck.
    Who goes out frees the exit loop last; who comes back from there, the loop under the boom.
    """
    if state.exit.since < state.under_boom.since:
        return False
    fitted = sensors(state)
    line = below(state) if fitted.boom_beam else deck_end(state)
    is_free = "free" == below(state).presence == state.exit.presence == line.presence
    return is_free and (crossing.behind != "" or not deck_loaded(state))


def has_left(state: LaneState, crossing: Crossing) -> bool:
    """The beam under the boom has seen the last of it, whoever is on the deck by now, and the boom is down again."""
    is_out = crossing.released and _is_on_its_way_out(crossing) and is_through(state, crossing)
    return is_out and sensors(state).boom_beam != "" and state.boom == "down"


def may_span(state: LaneState) -> bool:
    """Without a beam under the boom: a truck that was never seen to leave may stand with its bed across."""
    crossing = state.crossing
    if sensors(state).boom_beam or crossing is None or not _is_on_its_way_out(crossing):
        return False
    return not state.deck_known or deck_loaded(state) or state.exit.presence != "free"


def _is_on_its_way_out(crossing: Crossing) -> bool:
    """Under the boom and on the exit loop, and not yet known to be gone."""
    return crossing.progress in ("under", "leaving") and crossing.exit_seen


# ------------------------------------------------------------------ who comes behind it
def second_is_below(state: LaneState, crossing: Crossing) -> bool:
    """The truck is through, and something is under the boom. Where a beam counts the vehicles that come onto the
    deck, one that never did is a person on foot.
    """
    fitted = sensors(state)
    if not fitted.boom_beam:
        return state.under_boom.presence == "occupied"
    return state.boom_beam.presence == "occupied" and (crossing.behind != "" or fitted.deck_entry_beam == "")


def slipped_through(state: LaneState, crossing: Crossing) -> bool:
    """Somebody came onto the deck behind the truck, is gone, and freed the boom last: not the entrance.

    A loop alone cannot tell who came on from who backed off it; then the beam under the boom must have seen two.
    """
    fitted = sensors(state)
    is_sure = fitted.deck_entry_beam != "" or fitted.boom_beam == "" or crossing.fronts_under_boom >= 2
    left_below = lane_empty(state) and below(state).since > entrance(state).since
    return crossing.behind == "on" and is_sure and left_below


def is_undecided(state: LaneState, crossing: Crossing) -> bool:
    """Whether somebody who came behind is still on the deck will be known when it has come to rest."""
    return crossing.behind == "on" and not crossing.follower and state.deck_known and state.deck_moving


def second_found(turn: Turn) -> None:
    """A second vehicle passes on the first one's release: it gets a crossing of its own when this one ends (A4)."""
    if not turn.crossing.follower:
        turn.set_crossing(follower=True)
        crossing = turn.crossing.crossing
        turn.raise_alarm("UNAUTHORISED_PASSAGE", crossing, "a second vehicle under the boom", siren=True)


def _somebody_behind(turn: Turn, changed: Loop, *, is_loop: bool) -> None:
    """Since the release somebody has come to the entrance, and has gone on or backed off."""
    state, crossing = turn.state, turn.state.crossing
    if crossing is None or not crossing.released:
        return
    if changed.presence == "occupied" and crossing.behind == "":
        turn.set_crossing(behind="entering")
    elif crossing.behind == "entering" and entrance(state).presence == "free":
        backed_off = is_loop and sensors(state).deck_entry_beam != ""
        turn.set_crossing(behind="" if backed_off else "on")


def _count_front(turn: Turn, before: Loop, beam: Loop, counter: str) -> None:
    crossing = turn.state.crossing
    if crossing is not None and crossing.released and (before.presence, beam.presence) == ("free", "occupied"):
        turn.set_crossing(**{counter: getattr(crossing, counter) + 1})


def _look_for_second(turn: Turn) -> None:
    """Every line that one who follows must cross has been crossed by two."""
    fitted, crossing = sensors(turn.state), turn.state.crossing
    if crossing is None or not crossing.released or crossing.behind == "" or not fitted.boom_beam:
        return
    left_deck = crossing.fronts_at_deck_end >= 2 or fitted.deck_exit_beam == ""
    if left_deck and crossing.fronts_under_boom >= 2:
        second_found(turn)
