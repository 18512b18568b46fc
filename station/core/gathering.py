"""GATHERING: plate, weight and declaration are collected side by side, each until it is settled one way or the other.

The plate is read blind: what was declared is compared after the reading and never fed into it.
"""

import re

from drivers.contract.orders import ReadPlate, TakePicture, TakeWeight
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import (
    CodeScanned,
    PictureFailed,
    PictureRefused,
    PictureTaken,
    PlateRead,
    WeighingFailed,
    WeighingWindow,
)
from station.core import consensus, container_views, plate_colours, scan_advice, trailer_views, viewing
from station.core.occupancy import whole_on_deck
from station.core.records import DeclarationPresented, PlateIdentified, RefusalRecorded, WeightRecorded
from station.core.state import NEVER, Picture, Plate, Weight, is_fit, parts
from station.core.turn import Turn

DECLARATION = re.compile(r"[135]\d{11}")
"""A customs declaration number: 12 digits, the first says import, export or independent transport (domain 2.3)."""

LEAST_AGREEING = 2
"""Frames that must say the same before a plate is ACCEPTED: of single confident ones about 4 % are wrong."""

MOST_REFUSED_CODES = 3
"""After so many foreign codes in one crossing no further one is recorded."""


def advance(turn: Turn) -> None:
    """Ask for whatever is still missing, as far as the devices are free.

    A weight from before the vehicle stood whole is none of it: a loop may have lost a high bed half on the deck.
    """
    crossing = turn.crossing
    if whole_on_deck(turn.state):
        if crossing.whole_since == NEVER:
            turn.set_crossing(whole_since=turn.now, was_whole=True, weight=None)
    elif crossing.whole_since != NEVER:
        turn.set_crossing(whole_since=NEVER)
    if turn.crossing.whole_since != NEVER:
        _pursue_weight(turn)
        _pursue_picture(turn)
    _pursue_reading(turn)
    _settle_plate(turn)
    trailer_views.advance(turn)
    container_views.advance(turn)


def missing(turn: Turn) -> tuple[str, ...]:
    """The codes of what has not been settled yet."""
    crossing = turn.crossing
    lacks = {
        "PLATE": crossing.plate is None,
        "WEIGHT": crossing.weight is None and crossing.failed_weighings < turn.parameters.limits.weighing_rounds,
        "DECLARATION": crossing.declaration == "",
        "CONTAINER": container_views.is_missing(turn),
        "SCAN": scan_advice.is_missing(turn),
        "TRAILER": trailer_views.is_missing(turn),
    }
    return tuple(code for code, absent in lacks.items() if absent)


def _pursue_weight(turn: Turn) -> None:
    crossing, limits, patience = turn.crossing, turn.parameters.limits, turn.parameters.patience
    scale = parts(turn.state).scale
    if "WEIGHT" not in missing(turn) or not turn.can_order(scale):
        return
    order = TakeWeight(
        turn.new_id("w"),
        Tick(turn.now + patience.order),
        limits.window,
        limits.window_spread,
        patience.weighing,
    )
    turn.send(scale, order, Millis(patience.weighing + patience.answer))
    turn.set_crossing(weighings=crossing.weighings + 1)


def _pursue_picture(turn: Turn) -> None:
    crossing, limits, patience = turn.crossing, turn.parameters.limits, turn.parameters.patience
    camera = parts(turn.state).camera
    enough = crossing.taken >= limits.plate_frames * limits.plate_rounds or crossing.plate is not None
    if enough or crossing.pending or not turn.can_order(camera) or not is_fit(turn.state, parts(turn.state).reader):
        return
    if turn.now < crossing.picture_at:
        return
    order = TakePicture(turn.new_id("p"), Tick(turn.now + patience.order), "plate")
    turn.send(camera, order, patience.picture)
    turn.set_crossing(taken=crossing.taken + 1)
    if turn.crossing.taken % limits.plate_frames == 0:
        _pause_pictures(turn)


def _pause_pictures(turn: Turn) -> None:
    """What spoils one picture (a glare, a stream that waits for its key frame) spoils those of the same instant too."""
    turn.set_crossing(picture_at=Tick(turn.now + turn.parameters.patience.picture_pause))


def _pursue_reading(turn: Turn) -> None:
    crossing, patience = turn.crossing, turn.parameters.patience
    reader = parts(turn.state).reader
    if not crossing.pending or not turn.can_order(reader):
        return
    picture, *rest = crossing.pending
    order = ReadPlate(
        turn.new_id("r"),
        Tick(turn.now + patience.order),
        picture.path,
        picture.sha256,
        turn.parameters.plate_region,
        measure_view=viewing.wanted(turn),
    )
    turn.send(reader, order, patience.picture)
    turn.set_crossing(pending=tuple(rest))


def _settle_plate(turn: Turn) -> None:
    crossing, limits = turn.crossing, turn.parameters.limits
    if crossing.plate is not None:
        return
    agreed = consensus.agree(crossing.reads)
    waiting = crossing.pending or turn.is_busy(parts(turn.state).reader) or turn.is_busy(parts(turn.state).camera)
    exhausted = crossing.taken >= limits.plate_frames * limits.plate_rounds and not waiting
    if not exhausted and (agreed.verdict != "ACCEPTED" or agreed.frames < LEAST_AGREEING):
        return
    alone = agreed.verdict == "ACCEPTED" and agreed.frames < LEAST_AGREEING
    verdict = "REVIEW" if alone else agreed.verdict
    viewing.settled(turn, surely_read=verdict == "ACCEPTED")
    colour = plate_colours.vote(crossing.reads, agreed.text)
    is_odd = viewing.doubt(turn.state) != "" or plate_colours.contradicts(agreed.text, colour)
    doubted = verdict == "ACCEPTED" and is_odd
    verdict = "REVIEW" if doubted else verdict
    plate = Plate(agreed.text, verdict, agreed.confidence, agreed.frames, doubted, colour)
    turn.set_crossing(plate=plate, identified_at=turn.now)
    raw = tuple(r.raw for r in crossing.reads)
    turn.record(
        PlateIdentified(
            crossing.crossing,
            agreed.text,
            verdict,
            agreed.confidence,
            agreed.frames,
            raw,
            crossing.pictures,
            colour,
        ),
        relevant=True,
    )


def scanned(turn: Turn, reading: CodeScanned) -> None:
    """A code was shown. Only a declaration number counts, and only until the decision."""
    crossing = turn.state.crossing
    if crossing is None or turn.state.phase != "GATHERING":
        return
    if DECLARATION.fullmatch(reading.text):
        if reading.text != crossing.declaration:
            turn.set_crossing(declaration=reading.text, documented_at=turn.now)
            turn.record(DeclarationPresented(crossing.crossing, reading.text, reading.symbology), relevant=True)
    elif crossing.refused_codes < MOST_REFUSED_CODES:
        turn.set_crossing(refused_codes=crossing.refused_codes + 1)
        turn.record(RefusalRecorded("device", "code", "no declaration number", "show the declaration's code"))


def weighed(turn: Turn, reading: WeighingWindow | WeighingFailed) -> None:
    """A weighing ended. It counts only if the whole vehicle stood on the deck from before it began, and if the empty
    deck showed nothing before it came: whatever the zero is off, so is the weight.
    """
    crossing = turn.land_own(reading.order_id)
    if crossing is None or turn.state.phase != "GATHERING":
        return
    limits = turn.parameters.limits
    if isinstance(reading, WeighingFailed):
        turn.set_crossing(failed_weighings=crossing.failed_weighings + 1)
        return
    if crossing.whole_since == NEVER or reading.began < crossing.whole_since or reading.mass < limits.presence:
        turn.set_crossing(failed_weighings=crossing.failed_weighings + 1)
        return
    if reading.zero is not None and abs(reading.zero) > limits.zero_drift:
        turn.set_crossing(failed_weighings=crossing.failed_weighings + 1)
        seen = f"zero-drift {reading.zero} g"
        turn.record(RefusalRecorded("device", parts(turn.state).scale, seen, "clear the empty deck and zero the scale"))
        return
    weight = Weight(f"{crossing.crossing}-W{crossing.weighings}", reading.mass, reading.spread)
    turn.set_crossing(weight=weight, weighed_at=turn.now)
    took = Millis(reading.ended - reading.began)
    turn.record(
        WeightRecorded(
            crossing.crossing,
            weight.weight_id,
            reading.mass,
            reading.spread,
            reading.frames,
            took,
            crossing.weighings,
        ),
        relevant=True,
    )


def pictured(turn: Turn, reading: PictureTaken | PictureFailed) -> None:
    """A picture was stored, or not."""
    crossing = turn.land_own(reading.order_id)
    if crossing is None:
        return
    if isinstance(reading, PictureFailed):
        _pause_pictures(turn)
        return
    turn.set_crossing(
        pending=(*crossing.pending, Picture(reading.path, reading.sha256)),
        pictures=(*crossing.pictures, reading.sha256),
    )


def plate_read(turn: Turn, reading: PlateRead | PictureRefused) -> None:
    """One frame was read, or refused."""
    crossing = turn.land_own(reading.order_id)
    if crossing is None or crossing.plate is not None:
        return
    if isinstance(reading, PictureRefused):
        turn.record(RefusalRecorded("device", reading.sha256, reading.seen, "check the camera's picture"))
        _pause_pictures(turn)
        return
    own = trailer_views.apart(turn, reading)
    turn.set_crossing(reads=(*turn.crossing.reads, own))
