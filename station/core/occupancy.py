"""Where in the lane something stands, as far as loops, light barriers and the deck say so together."""

from drivers.contract.quantities import Millis, Tick
from station.core.state import Crossing, LaneState, Loop, Presence, sensors

EMPTY_FOR = Millis(1_000)
"""For how long the lane must be seen empty before a truck counts as gone: one bad sample ends no hold."""


def deck_loaded(state: LaneState) -> bool:
    """Something stands on the deck, as far as a fit scale says."""
    limits = state.parameters.limits if state.parameters else None
    return state.deck_known and limits is not None and state.deck >= limits.presence


def together(*detectors: Loop) -> Loop:
    """Several detectors of one place: free only if all say so, since the last of them changed."""
    said = {detector.presence for detector in detectors}
    presence: Presence = "occupied" if "occupied" in said else "unknown" if "unknown" in said else "free"
    return Loop(presence, Tick(max(detector.since for detector in detectors)))


def below(state: LaneState) -> Loop:
    """The place under the boom: its loop and, where one is fitted, its light barrier."""
    return together(state.under_boom, *([state.boom_beam] if sensors(state).boom_beam else []))


def entrance(state: LaneState) -> Loop:
    """The way onto the deck: the entry loop and, where one is fitted, the beam at that end of the deck."""
    return together(state.entry, *([state.deck_entry_beam] if sensors(state).deck_entry_beam else []))


def deck_end(state: LaneState) -> Loop:
    """The far end of the deck; free if no beam is fitted there."""
    return state.deck_exit_beam if sensors(state).deck_exit_beam else Loop("free")


def _around_deck(state: LaneState) -> Loop:
    return together(entrance(state), deck_end(state), below(state))


def whole_on_deck(state: LaneState) -> bool:
    """The vehicle is on the deck, on no loop and in no beam: only then is a weight that of the whole vehicle."""
    return deck_loaded(state) and _around_deck(state).presence == "free"


def lane_empty(state: LaneState) -> bool:
    """Nothing on the way in, on the deck and under the boom; False when any of them is unknown."""
    return state.deck_known and not deck_loaded(state) and _around_deck(state).presence == "free"


def seen_standing(state: LaneState) -> bool:
    """Something is seen to stand in the lane: what is unknown is not seen."""
    return deck_loaded(state) or _around_deck(state).presence == "occupied"


def empty_since(state: LaneState) -> Tick:
    """Since when the lane is empty, if it is."""
    return max(_around_deck(state).since, state.deck_since)


def seen_empty(state: LaneState) -> bool:
    """The lane has been empty for so long that whatever stood there is gone."""
    return lane_empty(state) and state.tick >= empty_since(state) + EMPTY_FOR


def went_through(state: LaneState, crossing: Crossing) -> bool:
    """A vehicle without release, now gone, left under the boom: the deck was empty before the place under the boom
    was. Whoever turns aside or reverses frees the boom first.
    """
    passed_below = crossing.under_seen and state.under_boom.since > state.deck_since
    return not crossing.released and (crossing.broke_out or passed_below)
