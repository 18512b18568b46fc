"""The plate camera's health: judged once for each truck, told as an alarm, doubted while that stands (law L8)."""

from dataclasses import replace

from drivers.contract.readings import ViewMeasured
from station.core import camera_reads, camera_view
from station.core.camera_view import CameraView
from station.core.state import Alarm, LaneState, parts
from station.core.turn import Turn

ALARM = "CAMERA_VIEW"


def applied(turn: Turn) -> None:
    """Settings are in force: another camera, or another `view_epoch`, is learned from the beginning."""
    camera, epoch, view = parts(turn.state).camera, turn.parameters.view_epoch, turn.state.camera_view
    if (view.camera, view.epoch) != (camera, epoch):
        turn.set(camera_view=CameraView(camera, epoch))
        turn.clear_alarm(ALARM)


def wanted(turn: Turn) -> bool:
    """Whether the picture that is to be read now is measured too: one of each truck, so that each adds one row."""
    return turn.crossing.view is None


def measured(turn: Turn, reading: ViewMeasured) -> None:
    """A picture of the truck that stands here was measured; its plate is still to come."""
    crossing = turn.state.crossing
    asked = [order for order in turn.state.orders if order.order_id == reading.order_id]
    if crossing is not None and crossing.plate is None and asked and asked[0].crossing == crossing.crossing:
        turn.set_crossing(view=reading)


def settled(turn: Turn, *, surely_read: bool) -> None:
    """The pictures of this truck were looked at: judge the camera by them. An interrupted crossing goes on with the
    same truck, which was judged before.
    """
    crossing, before = turn.crossing, turn.state.camera_view
    if not crossing.reads or crossing.previous:
        return
    view, detail = replace(before, reads=camera_reads.stopped(before.reads, was_read=surely_read)), ""
    if crossing.view is not None:
        view, found = camera_view.look(view, crossing.view, surely_read=surely_read)
        detail = f"{found.measured}/{found.limit}" if found is not None and found.cause == view.cause else ""
    cause = view.cause or ("READS_FALLING" if view.reads.is_falling else "")
    turn.set(camera_view=replace(view, told=cause))
    if cause != before.told:
        turn.clear_alarm(ALARM)
        if cause:
            turn.raise_alarm(ALARM, view.camera, f"{cause} {detail}".strip(), siren=False)


def cause_of(state: LaneState, alarm: Alarm) -> str:
    """The code of what caused a standing alarm, where it has one: so far only the camera's."""
    return state.camera_view.told if alarm.code == ALARM else ""


def doubt(state: LaneState) -> str:
    """Why what the plate camera shows is doubted; "" if it is not."""
    return state.camera_view.told
