"""Which devices may be believed. A device counts from its opening until it is lost (law L7)."""

from drivers.contract.advice_readings import ScanMeasured, SealMeasured
from drivers.contract.clips import ClipNotStored, ClipStored
from drivers.contract.readings import (
    BeamEdge,
    BoomMoved,
    BytesRefused,
    CodeScanned,
    ContainerRead,
    DeckSample,
    LoopEdge,
    OutputsRead,
    PictureFailed,
    PictureRefused,
    PictureTaken,
    PlateRead,
    Reading,
    ShadowDisagreed,
    ViewMeasured,
    WeighingFailed,
    WeighingWindow,
)
from station.core import (
    attending,
    clips,
    container_views,
    gathering,
    instructing,
    interlock,
    passage,
    scan_advice,
    seal_advice,
    trailer_views,
    viewing,
)
from station.core.facts import DeviceLost, DeviceOpened, DeviceRead
from station.core.occupancy import deck_loaded
from station.core.presented_records import ReaderDiffered
from station.core.records import DeviceState, OrderEnded, RefusalRecorded
from station.core.state import Device, Loop, is_fit, parts, sensors
from station.core.turn import Turn


def opened(turn: Turn, fact: DeviceOpened) -> None:
    """The device is believed from now on; what it said and was told before is void."""
    _forget(turn, fact.device)
    others = tuple(d for d in turn.state.devices if d.name != fact.device)
    turn.set(devices=(*others, Device(fact.device, fit=True, motion_bounded=fact.motion_bounded)))
    turn.record(DeviceState(fact.device, fit=True, fault=None))
    turn.clear_alarm("DEVICE_DEGRADED", fact.device)


def lost(turn: Turn, fact: DeviceLost) -> None:
    """Nothing of the device counts any more. Only the change is recorded, not each failed try to open it."""
    was_fit = is_fit(turn.state, fact.device)
    known = any(d.name == fact.device for d in turn.state.devices)
    _forget(turn, fact.device)
    others = tuple(d for d in turn.state.devices if d.name != fact.device)
    turn.set(devices=(*others, Device(fact.device, fit=False, motion_bounded=False)))
    if was_fit or not known:
        turn.record(DeviceState(fact.device, fit=False, fault=fact.fault))
        if fact.fault.code != "renewal":  # it comes back within a second, and nobody need look
            turn.raise_alarm("DEVICE_DEGRADED", fact.device, str(fact.fault), siren=False)


def _forget(turn: Turn, device: str) -> None:
    for order in turn.state.orders:
        if order.device == device:
            turn.land(order.order_id)
    who = parts(turn.state)
    if device == who.barrier:
        motion = turn.state.motion
        if motion is not None:
            turn.record(OrderEnded(motion.order_id, "unknown", "the device was lost", motion.crossing))
        turn.set(entry=Loop(), under_boom=Loop(), exit=Loop(), boom="unknown", light="unknown", siren="unknown")
        turn.set(motion=None, boom_since=turn.now)
    if device == who.scale:
        turn.set(deck_known=False)
    fitted = sensors(turn.state)
    for beam in ("boom_beam", "deck_entry_beam", "deck_exit_beam"):
        if device == getattr(fitted, beam):
            turn.set(**{beam: Loop()})
    instructing.lost(turn, device)
    clips.forget(turn, device)


def read(turn: Turn, fact: DeviceRead) -> None:  # noqa: C901, PLR0912 - one row per reading
    """Take a reading of a fit device into the state; an unfit or unknown one yields no value."""
    if not is_fit(turn.state, fact.device) or not _may_say(turn, fact.device, fact.reading):
        return
    reading = fact.reading
    match reading:
        case LoopEdge():
            passage.loop_changed(turn, reading)
        case BeamEdge():
            passage.beam_changed(turn, fact.device, reading)
        case BoomMoved(position=position):
            turn.set(boom=position, boom_since=turn.now)
        case DeckSample():
            _deck(turn, reading)
        case OutputsRead():
            interlock.outputs_read(turn, reading)
        case BytesRefused(sample=sample, hint=hint):
            is_in_words = sample != "" and hint == ""
            next_step = "see to the named picture, camera or setting" if is_in_words else "check wiring and baud"
            seen = " ".join(part for part in ("garbled", sample, hint) if part)
            turn.record(RefusalRecorded("device", fact.device, seen, next_step))
        case CodeScanned():
            gathering.scanned(turn, reading)
        case WeighingWindow() | WeighingFailed():
            gathering.weighed(turn, reading)
        case PictureTaken() | PictureFailed() if seal_advice.asked(turn, reading.order_id):
            seal_advice.pictured(turn, reading)
        case PictureTaken() | PictureFailed() if trailer_views.asked(turn, reading.order_id):
            trailer_views.pictured(turn, reading)
        case PlateRead() | PictureRefused() if trailer_views.asked(turn, reading.order_id):
            trailer_views.read(turn, reading)
        case PictureTaken() | PictureFailed() if fact.device in parts(turn.state).container_cameras:
            container_views.pictured(turn, fact.device, reading)
        case PictureTaken() | PictureFailed():
            gathering.pictured(turn, reading)
        case PictureRefused() if container_views.asked(turn, reading.order_id):
            container_views.read(turn, reading)
        case ClipStored() | ClipNotStored():
            clips.told(turn, fact.device, reading)
        case ScanMeasured():
            scan_advice.measured(turn, reading)
        case SealMeasured():
            seal_advice.measured(turn, reading)
        case PictureRefused() if seal_advice.asked(turn, reading.order_id):
            seal_advice.measured(turn, reading)
        case PictureRefused() if scan_advice.asked(turn, reading.order_id):
            scan_advice.measured(turn, reading)
        case PlateRead() | PictureRefused():
            gathering.plate_read(turn, reading)
        case ContainerRead():
            container_views.read(turn, reading)
        case ShadowDisagreed():
            _differed(turn, fact.device, reading)
        case ViewMeasured():
            viewing.measured(turn, reading)
        case _:
            attending.read(turn, fact.device, reading)


def _may_say(turn: Turn, device: str, reading: Reading) -> bool:
    """Loops, limit switches, lamps and deck are told by the lane's own barrier and scale.

    A second module, which is there for its beams or contacts, has inputs of the same names and nothing on them.
    """
    match reading:
        case LoopEdge() | BoomMoved() | OutputsRead():
            return device == parts(turn.state).barrier
        case DeckSample():
            return device == parts(turn.state).scale
        case _:
            return True


def _differed(turn: Turn, device: str, said: ShadowDisagreed) -> None:
    """Written down, and nothing else: a model on trial has no say."""
    crossing = turn.state.crossing.crossing if turn.state.crossing is not None else ""
    turn.record(
        ReaderDiffered(
            crossing,
            device,
            said.sha256,
            said.text,
            said.confidence,
            said.shadow_text,
            said.shadow_confidence,
            said.model,
            said.compared,
            said.differed,
            said.fault,
        )
    )


def _deck(turn: Turn, sample: DeckSample) -> None:
    """`deck_since` dates the last change between empty, loaded and unknown."""
    before = (turn.state.deck_known, deck_loaded(turn.state))
    turn.set(deck=sample.mass, deck_known=sample.valid, deck_moving=sample.moving)
    if before != (turn.state.deck_known, deck_loaded(turn.state)):
        turn.set(deck_since=turn.now)
