"""The plate at a truck's rear. A trailer bears one there and nowhere else; it is never taken for the vehicle's own.

What the plate camera sees of a trailer is told apart and kept. A lane with a trailer camera looks for it: after the
vehicle's own plate, some rounds, read blind; it ends when frames agree, when the rounds are done, when the camera is
unfit, or when its patience is over.
"""

from dataclasses import replace

from drivers.contract.orders import ReadPlate, TakePicture
from drivers.contract.quantities import Permille, Tick
from drivers.contract.readings import PictureFailed, PictureRefused, PictureTaken, PlateRead
from station.core import consensus
from station.core.parameters import Patience
from station.core.plates import is_trailers
from station.core.presented_records import TrailerIdentified
from station.core.records import RefusalRecorded
from station.core.state import NEVER, is_fit, parts
from station.core.trailer_looks import Trailer, TrailerLooks, TrailerPicture
from station.core.turn import Turn

LEAST_AGREEING = 2
"""Frames that must say the same before a trailer's plate is ACCEPTED, as for the vehicle's own."""


def is_missing(turn: Turn) -> bool:
    """The lane looks for trailers and has not finished with this truck."""
    return parts(turn.state).trailer_camera != "" and turn.crossing.trailer is None


def apart(turn: Turn, read: PlateRead) -> PlateRead:
    """What a frame of the plate camera says of the drawing vehicle; what it says of a trailer is kept for itself."""
    text, confidence = read.trailer, read.trailer_confidence
    characters: tuple[Permille, ...] = ()
    if is_trailers(read.text):
        text, confidence, characters = read.text, read.confidence, read.characters
        read = replace(read, text="", confidence=Permille(0), characters=())
    if text:
        seen = replace(read, raw=text, text=text, confidence=confidence, characters=characters)
        _look(turn, beside=(*turn.crossing.trailer_looks.beside, seen))
    return read


def advance(turn: Turn) -> None:
    """Ask for whatever is still missing of a truck whose own plate is settled, as far as the devices are free."""
    crossing = turn.crossing
    if crossing.plate is None or crossing.trailer is not None:
        return
    if not is_missing(turn):
        if crossing.trailer_looks.beside:
            _settled(turn, crossing.trailer_looks.beside)
        return
    if crossing.whole_since != NEVER and crossing.trailer_looks.began == NEVER:
        _look(turn, began=turn.now)
    _settle(turn)
    if is_missing(turn) and turn.crossing.whole_since != NEVER:
        _pursue_picture(turn)
    if is_missing(turn):
        _pursue_reading(turn)


def due(looks: TrailerLooks, patience: Patience) -> tuple[int, ...]:
    """When time alone may change something."""
    return () if looks.began == NEVER else (looks.began + patience.trailer, looks.picture_at)


def asked(turn: Turn, order_id: str) -> bool:
    """Whether the order is one for a picture of the rear or for its reading."""
    crossing = turn.state.crossing
    return crossing is not None and order_id in (crossing.trailer_looks.taking, crossing.trailer_looks.reading)


def pictured(turn: Turn, reading: PictureTaken | PictureFailed) -> None:
    """A picture of the rear was stored, or not."""
    crossing = turn.land_own(reading.order_id)
    if crossing is None or crossing.trailer is not None:
        return
    if isinstance(reading, PictureFailed):
        _pause(turn)
        return
    looks = crossing.trailer_looks
    waiting = TrailerPicture(reading.path, reading.sha256)
    _look(turn, pending=(*looks.pending, waiting), pictures=(*looks.pictures, reading.sha256))


def read(turn: Turn, reading: PlateRead | PictureRefused) -> None:
    """A picture of the rear was read, or refused."""
    crossing = turn.land_own(reading.order_id)
    if crossing is None or crossing.trailer is not None:
        return
    if isinstance(reading, PictureRefused):
        turn.record(RefusalRecorded("device", reading.sha256, reading.seen, "check the camera's picture"))
        _pause(turn)
        return
    _look(turn, reads=(*crossing.trailer_looks.reads, rear(reading)))
    if reading.text == "":
        _pause(turn)


def rear(read: PlateRead) -> PlateRead:
    """What a picture of the rear says: the trailer's plate before any other that stands in it."""
    if not read.trailer:
        return read
    return replace(read, text=read.trailer, confidence=read.trailer_confidence, characters=())


def _is_flying(turn: Turn, order_id: str) -> bool:
    return any(order.order_id == order_id for order in turn.state.orders)


def _look(turn: Turn, **changes: object) -> None:
    turn.set_crossing(trailer_looks=replace(turn.crossing.trailer_looks, **changes))  # type: ignore[arg-type]


def _pause(turn: Turn) -> None:
    """What spoils one picture spoils those of the same instant too."""
    _look(turn, picture_at=Tick(turn.now + turn.parameters.patience.picture_pause))


def _pursue_picture(turn: Turn) -> None:
    looks, limits, patience = turn.crossing.trailer_looks, turn.parameters.limits, turn.parameters.patience
    camera = parts(turn.state).trailer_camera
    may_ask = looks.taken < limits.trailer_frames and turn.now >= looks.picture_at and turn.can_order(camera)
    if not may_ask or _is_under_way(turn) or not is_fit(turn.state, parts(turn.state).reader):
        return
    order = TakePicture(turn.new_id("p"), Tick(turn.now + patience.order), "plate")
    turn.send(camera, order, patience.picture)
    _look(turn, taken=looks.taken + 1, taking=order.order_id)


def _pursue_reading(turn: Turn) -> None:
    looks, patience, reader = turn.crossing.trailer_looks, turn.parameters.patience, parts(turn.state).reader
    if not looks.pending or not turn.can_order(reader):
        return
    picture, *rest = looks.pending
    until = Tick(turn.now + patience.order)
    order = ReadPlate(turn.new_id("r"), until, picture.path, picture.sha256, (0, 0, 0, 0))
    turn.send(reader, order, patience.picture)
    _look(turn, reading=order.order_id, pending=tuple(rest))


def _is_under_way(turn: Turn) -> bool:
    """A picture of the rear is being taken, waits for the reader or is being read."""
    looks = turn.crossing.trailer_looks
    return bool(looks.pending) or _is_flying(turn, looks.taking) or _is_flying(turn, looks.reading)


def _settle(turn: Turn) -> None:
    looks, camera = turn.crossing.trailer_looks, parts(turn.state).trailer_camera
    if looks.began == NEVER:
        return
    agreed = consensus.agree(looks.reads)
    is_done = looks.taken >= turn.parameters.limits.trailer_frames or not is_fit(turn.state, camera)
    is_late = turn.now >= looks.began + turn.parameters.patience.trailer
    are_agreed = agreed.verdict == "ACCEPTED" and agreed.frames >= LEAST_AGREEING
    if are_agreed or is_late or (is_done and not _is_under_way(turn)):
        _settled(turn, looks.reads or looks.beside)


def _settled(turn: Turn, reads: tuple[PlateRead, ...]) -> None:
    """What the plate camera saw of a trailer is a guess, however sure: it may be another truck's."""
    crossing, agreed = turn.crossing, consensus.agree(reads)
    is_guess = agreed.frames < LEAST_AGREEING or not crossing.trailer_looks.reads
    verdict = "REVIEW" if agreed.verdict == "ACCEPTED" and is_guess else agreed.verdict
    turn.set_crossing(trailer=Trailer(agreed.text, verdict, agreed.confidence, agreed.frames))
    pictures = crossing.trailer_looks.pictures or tuple(read.sha256 for read in reads)
    raw = tuple(read.raw for read in reads)
    turn.record(
        TrailerIdentified(crossing.crossing, agreed.text, verdict, agreed.confidence, agreed.frames, raw, pictures),
        relevant=True,
    )
