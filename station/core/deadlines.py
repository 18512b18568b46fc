"""When time alone may change something: the ticks at which the shell must tell the core that time has passed."""

from drivers.contract.quantities import Tick
from station.core import clips, container_views, releasing, scan_advice, seal_advice, trailer_views
from station.core.occupancy import EMPTY_FOR, below, deck_end, empty_since
from station.core.parameters import Patience
from station.core.state import Crossing, LaneState, has_alarm


def due(state: LaneState) -> Tick | None:
    """The next tick at which time alone may change something; the shell answers with TimePassed. None = never."""
    if state.parameters is None:
        return None
    patience = state.parameters.patience
    ticks = [*_of_the_gate(state, patience), *clips.due(state)]
    if state.crossing is not None:
        ticks += _of_the_phase(state, state.crossing, patience)
        ticks += scan_advice.due(state.crossing.scan_looks, patience)
        ticks += seal_advice.due(state.crossing.seal_looks, patience)
    ahead = [tick for tick in ticks if tick > state.tick]
    return Tick(min(ahead)) if ahead else None


def _of_the_gate(state: LaneState, patience: Patience) -> list[int]:
    ticks: list[int] = [order.overdue for order in state.orders]
    ticks += [state.lower_after, state.assert_after, state.sign_after]
    if state.motion is not None:
        ticks.append(state.motion.confirm_by)
    if has_alarm(state, "GATE_OPEN"):
        ticks.append(below(state).since + patience.gate_open_lower)
    return ticks


def _of_the_phase(state: LaneState, crossing: Crossing, patience: Patience) -> list[int]:
    since, gone = state.phase_since, empty_since(state) + EMPTY_FOR
    match state.phase:
        case "IDLE":
            return []
        case "GATHERING":
            looks = container_views.due(crossing.container_looks, patience)
            looks += trailer_views.due(crossing.trailer_looks, patience)
            return [since + patience.gather, gone, crossing.light_at, crossing.picture_at, *looks]
        case "DECIDING":
            return [since + patience.decide]
        case "RELEASING":
            return [since + patience.release, max(crossing.released_at, since) + patience.clear, gone]
        case "CLEARING":
            free = below(state).since
            approach = deck_end(state).since + releasing.FOLLOWER_STOPS_WITHIN
            waits = (releasing.CLEAR_FOR, releasing.BACKED_OFF_AFTER, releasing.FOLLOWER_STOPS_WITHIN)
            return [since + patience.clear, approach, *(free + wait for wait in waits)]
        case "HELD":
            return [*_of_the_hold(crossing, patience), gone]


def _of_the_hold(crossing: Crossing, patience: Patience) -> list[int]:
    ticks: list[int] = []
    if crossing.hold is not None:
        ticks.append(crossing.hold.since + (crossing.hold.reminders + 1) * patience.hold_reminder)
    if crossing.proposal is not None:
        ticks.append(crossing.proposal.until)
    return ticks
