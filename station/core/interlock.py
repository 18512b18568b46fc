"""What guards the boom: when it may be ordered, whether it obeyed, and what the light and the siren must show.

Safety functions stay in the barrier controller's hardware; this is a second guard and only ever requests.
"""

from drivers.contract.orders import DropMotion, LowerBoom, RaiseBoom, ShowLight, SoundSiren
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import LightColour, OutputsRead
from station.core import instructing, passage
from station.core.effects import Effect, Send
from station.core.facts import OrderAnswered, OrdersDropped
from station.core.occupancy import below
from station.core.records import OrderEnded, OrderIssued
from station.core.state import LaneState, Motion, boom_permitted, has_alarm, is_fit, parts
from station.core.turn import Turn

MOST_LOWERINGS = 5
"""After so many unconfirmed lowerings a person must look."""

LOWER_PAUSE = Millis(2_000)
ASSERT_PAUSE = Millis(500)


def may_raise(turn: Turn) -> bool:
    """The boom is confirmed down, nothing is under it, no gate stands open and the barrier is fit and idle."""
    state = turn.state
    return (
        turn.can_order(parts(state).barrier)
        and state.boom == "down"
        and below(state).presence == "free"
        and state.motion is None
        and not has_alarm(state, "GATE_OPEN")
    )


def raise_boom(turn: Turn) -> None:
    """Order the boom up. The caller has just written the release record (law L2)."""
    crossing, patience = turn.crossing, turn.parameters.patience
    order = RaiseBoom(turn.new_id("m"), Tick(turn.now + patience.order))
    barrier = parts(turn.state).barrier
    turn.record(OrderIssued(order.order_id, barrier, "RaiseBoom", order.not_after, crossing.crossing))
    turn.send(barrier, order, patience.answer)
    turn.set(motion=Motion(order.order_id, "up", Tick(turn.now + patience.boom_travel), crossing.crossing))


def lower_boom(turn: Turn, free_for: Millis) -> None:
    """Order the boom down if the place under it has been free for `free_for` and nothing speaks against it (law L1)."""
    state = turn.state
    barrier = parts(state).barrier
    place = below(state)
    free = place.presence == "free" and turn.now >= place.since + free_for and not passage.may_span(state)
    asked_too_often = state.lower_tries >= MOST_LOWERINGS or turn.now < state.lower_after
    if not free or asked_too_often or state.boom != "up" or state.motion is not None or not turn.can_order(barrier):
        return
    patience = turn.parameters.patience
    order = LowerBoom(turn.new_id("m"), Tick(turn.now + patience.order))
    crossing = state.crossing.crossing if state.crossing else ""
    turn.record(OrderIssued(order.order_id, barrier, "LowerBoom", order.not_after, crossing))
    turn.send(barrier, order, patience.answer)
    turn.set(motion=Motion(order.order_id, "down", Tick(turn.now + patience.boom_travel), crossing))


def watch(turn: Turn) -> None:
    """Judge the motion that is under way, the orders that are overdue and the boom that nobody accounts for."""
    _confirm(turn)
    for order in turn.state.orders:
        if turn.now >= order.overdue:
            turn.land(order.order_id)
    motion = turn.state.motion
    if motion is not None and motion.target == "down" and below(turn.state).presence != "free":
        _drop(turn, "SAFETY_STOP")
    if turn.state.boom == "down":
        turn.clear_alarm("GATE_OPEN")
        turn.clear_alarm("SAFETY_STOP")
        turn.set(lower_tries=0)
    elif turn.state.boom != "unknown" and not boom_permitted(turn.state):
        turn.raise_alarm("GATE_OPEN", parts(turn.state).barrier, turn.state.boom, siren=True)
        lower_boom(turn, turn.parameters.patience.gate_open_lower)


def _confirm(turn: Turn) -> None:
    motion = turn.state.motion
    if motion is None:
        return
    if turn.state.boom == motion.target:
        turn.record(OrderEnded(motion.order_id, "confirmed", "", motion.crossing))
        turn.set(motion=None)
        turn.clear_alarm("BOOM_FAULT")
    elif turn.now >= motion.confirm_by or turn.state.boom == "wiring-fault":
        turn.record(OrderEnded(motion.order_id, "not-confirmed", turn.state.boom, motion.crossing))
        turn.set(motion=None)
        turn.raise_alarm("BOOM_FAULT", parts(turn.state).barrier, turn.state.boom, siren=False)
        _pause_lowering(turn, motion)


def _pause_lowering(turn: Turn, motion: Motion) -> None:
    """A lowering came to nothing: not again at once, and not for ever."""
    if motion.target == "down":
        turn.set(lower_tries=turn.state.lower_tries + 1, lower_after=Tick(turn.now + LOWER_PAUSE))


def _drop(turn: Turn, alarm: str) -> None:
    """Something is under a boom that comes down: drop the output and give the order up."""
    motion = turn.state.motion
    if motion is None:
        return
    barrier = parts(turn.state).barrier
    turn.send(barrier, DropMotion(turn.new_id("d"), _no_deadline(turn)), Millis(0))
    turn.record(OrderEnded(motion.order_id, "dropped", alarm, motion.crossing))
    turn.set(motion=None, lower_after=Tick(turn.now + LOWER_PAUSE))
    turn.raise_alarm(alarm, barrier, below(turn.state).presence, siren=False)


def answered(turn: Turn, fact: OrderAnswered) -> None:
    """What the worker said. "unknown" may still have moved the boom: the limit switches will tell."""
    if fact.order_id == turn.state.light_order:
        turn.set(light_order="")
        if fact.answer != "accepted":
            _assert_again(turn, "light")
    if fact.order_id == turn.state.siren_order:
        turn.set(siren_order="")
        if fact.answer != "accepted":
            _assert_again(turn, "siren")
    flying = next((o for o in turn.state.orders if o.order_id == fact.order_id), None)
    if flying is None:
        return
    waits_for_reading = flying.order in (
        "TakeWeight",
        "TakePicture",
        "ReadPlate",
        "ReadContainer",
        "AssessScan",
        "AssessSeal",
    )
    if not (fact.answer == "accepted" and waits_for_reading):
        turn.land(fact.order_id)
    motion = turn.state.motion
    if motion is None or motion.order_id != fact.order_id:
        return
    if fact.answer == "refused" or fact.answer == "expired":  # noqa: PLR1714 - so written, mypy narrows the Literal
        turn.record(OrderEnded(fact.order_id, fact.answer, fact.detail, motion.crossing))
        turn.set(motion=None)
        _pause_lowering(turn, motion)


def dropped(turn: Turn, fact: OrdersDropped) -> None:
    """These orders never left: nothing is to be waited for, and what is still wanted is decided afresh."""
    for order_id in fact.order_ids:
        turn.land(order_id)
        motion = turn.state.motion
        if motion is not None and motion.order_id == order_id:
            turn.record(OrderEnded(order_id, "dropped", "not sent", motion.crossing))
            turn.set(motion=None)
        if order_id == turn.state.light_order:
            _assert_again(turn, "light")
        if order_id == turn.state.siren_order:
            _assert_again(turn, "siren")


def outputs_read(turn: Turn, reading: OutputsRead) -> None:
    """The device shows something else than ordered (a reboot, its own watchdog): order it again."""
    if turn.state.light_order == "" and turn.state.light not in ("unknown", reading.light):
        _assert_again(turn, "light")
    if turn.state.siren_order == "" and turn.state.siren == ("off" if reading.siren else "on"):
        _assert_again(turn, "siren")


def stands(state: LaneState, effect: Effect) -> bool:
    """False for an order that a later fact of the same turn has made void: it must not follow its own cancellation.

    Protective effects leave first, so a boom order, a green light or a quiet siren would have the last word.
    """
    if not isinstance(effect, Send):
        return True
    match effect.order:
        case RaiseBoom(order_id=order_id):
            return _is_under_way(state, order_id) and not is_withdrawn(state)
        case LowerBoom(order_id=order_id):
            return _is_under_way(state, order_id)
        case ShowLight(order_id=order_id):
            return state.light_order == order_id
        case SoundSiren(order_id=order_id):
            return state.siren_order == order_id
        case order:
            return instructing.stands(state, order)


def is_withdrawn(state: LaneState) -> bool:
    """No crossing accounts for a boom that rises: there is no release, or it is being taken back."""
    crossing = state.crossing
    return crossing is None or not boom_permitted(state) or crossing.then_hold != "" or crossing.ending != ""


def _is_under_way(state: LaneState, order_id: str) -> bool:
    return state.motion is not None and state.motion.order_id == order_id


def _assert_again(turn: Turn, what: str) -> None:
    turn.set(assert_after=Tick(turn.now + ASSERT_PAUSE))
    if what == "light":
        turn.set(light="unknown", light_order="")
    else:
        turn.set(siren="unknown", siren_order="")


def _no_deadline(turn: Turn) -> Tick:
    """Protective orders never get too old to help within the life of a worker."""
    return Tick(turn.now + 60_000)


def wanted_light(turn: Turn) -> LightColour:
    """Green only for the released crossing whose boom is confirmed up, until its front is under the boom."""
    state = turn.state
    crossing = state.crossing
    go = (
        crossing is not None
        and state.phase == "RELEASING"
        and crossing.released
        and crossing.progress == "waiting"
        and crossing.then_hold == ""
        and crossing.ending == ""
        and state.boom == "up"
        and state.motion is None
        and not has_alarm(state, "GATE_OPEN")
    )
    return "green" if go else "red"


def show(turn: Turn) -> None:
    """Order light and siren whenever they differ from what they should be; re-asserted after every opening."""
    state = turn.state
    barrier = parts(state).barrier
    if state.parameters is None or not is_fit(state, barrier) or turn.now < state.assert_after:
        return
    light = wanted_light(turn)
    if light != state.light and (light == "red" or turn.can_order(barrier)):
        deadline = _no_deadline(turn) if light == "red" else Tick(turn.now + turn.parameters.patience.order)
        order = ShowLight(turn.new_id("l"), deadline, light)
        turn.send(barrier, order, turn.parameters.patience.answer)
        turn.set(light=light, light_order=order.order_id)
    siren = any(alarm.siren for alarm in state.alarms)
    wanted = "on" if siren else "off"
    if wanted != state.siren and (siren or turn.can_order(barrier)):
        deadline = _no_deadline(turn) if siren else Tick(turn.now + turn.parameters.patience.order)
        sound = SoundSiren(turn.new_id("s"), deadline, siren)
        turn.send(barrier, sound, turn.parameters.patience.answer)
        turn.set(siren=wanted, siren_order=sound.order_id)
