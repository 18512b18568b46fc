"""X-ray scans of the truck in the lane are assessed against the site's template: advice, never a verdict of the lane.

The eyes read plate and container first. It always ends, and what could not be assessed is recorded with its reason.
"""

from collections.abc import Sequence
from dataclasses import replace

from drivers.contract.advice_readings import ScanMeasured
from drivers.contract.orders import AssessScan
from drivers.contract.quantities import Tick
from drivers.contract.readings import PictureRefused
from station.core import container_views
from station.core.advice_records import ScanAssessed
from station.core.facts import OrderAnswered
from station.core.parameters import Patience
from station.core.scan_looks import ScanLooks, ScanPicture
from station.core.state import NEVER, parts
from station.core.turn import Turn

MOST_SCANS = 4
"""Of one truck; further ones are not assessed, and that is recorded."""

MOST_TRIES = 2
"""A picture at which the adviser breaks twice is not given to it again."""

_PICTURES = ((".png",), (".jpg", ".jpeg"))
"""Endings of files that can be assessed, the better ones first: a PNG may have 16 bits."""


def arrived(turn: Turn, scan: str, files: Sequence[tuple[str, str, str]]) -> None:
    """A scan came while a truck stands in the lane; `files` are (name, path, sha256)."""
    crossing = turn.state.crossing
    if crossing is None or not turn.parameters.assess_scans:
        return
    looks, found = crossing.scan_looks, _pictures(files)
    if len(found) != 1:
        _record_impossible(turn, ScanPicture(scan, "", ""), "scan-several-pictures" if found else "scan-no-picture")
    elif len(looks.waiting) + len(looks.verdicts) >= MOST_SCANS:
        _record_impossible(turn, ScanPicture(scan, *found[0][1:]), "scan-too-many")
    else:
        _look(turn, waiting=(*looks.waiting, ScanPicture(scan, *found[0][1:])))


def is_missing(turn: Turn) -> bool:
    """A scan of the truck has come and not been assessed yet."""
    return turn.crossing.scan_looks.waiting != ()


def advance(turn: Turn) -> None:
    """Have the next scan assessed as soon as the eyes are free; give up what takes too long."""
    if turn.state.crossing is None or not is_missing(turn):
        return
    _take_back(turn)
    if turn.crossing.scan_looks.since == NEVER and eyes_are_free(turn):
        _look(turn, since=turn.now)
    looks = turn.crossing.scan_looks
    if looks.since == NEVER:
        return
    if turn.now >= looks.since + turn.parameters.patience.scan:
        give_up(turn, "assessment-late")
    elif looks.order_id == "" and looks.waiting:
        _ask(turn, looks.waiting[0])


def eyes_are_free(turn: Turn) -> bool:
    """Plate and container, which decide, are read first."""
    if turn.state.phase != "GATHERING":
        return True
    return turn.crossing.plate is not None and not container_views.is_missing(turn)


def due(looks: ScanLooks, patience: Patience) -> tuple[int, ...]:
    """When time alone may change something."""
    return () if looks.since == NEVER else (looks.since + patience.scan,)


def asked(turn: Turn, order_id: str) -> bool:
    """Whether the order is the one about a scan of the truck in the lane."""
    crossing = turn.state.crossing
    return crossing is not None and order_id != "" and crossing.scan_looks.order_id == order_id


def answered(turn: Turn, fact: OrderAnswered) -> None:
    """An adviser that refuses the order says why, and will say it again."""
    if fact.answer == "refused" and asked(turn, fact.order_id):
        _record_impossible(turn, _taken(turn), fact.detail or "refused")


def measured(turn: Turn, reading: ScanMeasured | PictureRefused) -> None:
    """One scan was assessed, or refused."""
    is_asked = asked(turn, reading.order_id)
    if turn.land_own(reading.order_id) is None or not is_asked:
        return
    picture = _taken(turn)
    if isinstance(reading, PictureRefused):
        _record_impossible(turn, picture, reading.seen)
    else:
        _record(turn, _told(turn, picture, reading))


def give_up(turn: Turn, reason: str) -> None:
    """What waits will not be assessed any more."""
    waiting = turn.crossing.scan_looks.waiting
    _look(turn, waiting=(), order_id="", since=NEVER)
    for picture in waiting:
        _record_impossible(turn, picture, reason)


def _ask(turn: Turn, picture: ScanPicture) -> None:
    reader, patience = parts(turn.state).reader, turn.parameters.patience
    if not turn.can_order(reader):
        return
    order = AssessScan(turn.new_id("x"), Tick(turn.now + patience.picture), picture.path, picture.sha256)
    turn.send(reader, order, patience.picture)
    looks = turn.crossing.scan_looks
    tried = replace(picture, tries=picture.tries + 1)
    _look(turn, order_id=order.order_id, waiting=(tried, *looks.waiting[1:]))


def _take_back(turn: Turn) -> None:
    """The order ended without a word: it expired, or the adviser was lost over it."""
    looks = turn.crossing.scan_looks
    if looks.order_id == "" or any(order.order_id == looks.order_id for order in turn.state.orders):
        return
    _look(turn, order_id="")
    if looks.waiting[0].tries >= MOST_TRIES:
        _record_impossible(turn, _taken(turn), "assessment-unanswered")


def _taken(turn: Turn) -> ScanPicture:
    """The first picture, which waits no more."""
    picture, *rest = turn.crossing.scan_looks.waiting
    _look(turn, waiting=tuple(rest), order_id="", since=NEVER)
    return picture


def _pictures(files: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Those that can be assessed. Which one of several it should be, only the drop folder's settings can say."""
    found = ([file for file in files if file[0].lower().endswith(endings)] for endings in _PICTURES)
    return next((some for some in found if some), [])


def _look(turn: Turn, **changes: object) -> None:
    turn.set_crossing(scan_looks=replace(turn.crossing.scan_looks, **changes))  # type: ignore[arg-type]


def _told(turn: Turn, picture: ScanPicture, reading: ScanMeasured) -> ScanAssessed:
    return ScanAssessed(
        turn.crossing.crossing,
        "XRAY",
        picture.scan,
        picture.sha256,
        reading.finding,
        "",
        reading.excess,
        reading.largest,
        reading.strongest,
        reading.opaque,
        reading.blind,
        reading.noise,
        reading.box,
        reading.flaws,
        reading.template,
    )


def _record_impossible(turn: Turn, picture: ScanPicture, reason: str) -> None:
    _record(turn, ScanAssessed(turn.crossing.crossing, "XRAY", picture.scan, picture.sha256, "IMPOSSIBLE", reason))


def _record(turn: Turn, told: ScanAssessed) -> None:
    _look(turn, verdicts=(*turn.crossing.scan_looks.verdicts, told.verdict))
    turn.record(told, relevant=True)
