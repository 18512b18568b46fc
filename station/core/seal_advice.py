"""The seal cameras look at the door lock of a truck that stands: advice that is recorded and decides nothing.

No truck waits for it. It always ends, at the latest when the truck has gone; a view that says nothing has its reason.
"""

from dataclasses import replace
from typing import get_args

from drivers.contract.advice_readings import SealMeasured
from drivers.contract.orders import AssessSeal, TakePicture
from drivers.contract.quantities import Tick
from drivers.contract.readings import PictureFailed, PictureRefused, PictureTaken
from station.core import container_views
from station.core.advice_records import SealAssessed, SealVerdict
from station.core.facts import OrderAnswered
from station.core.occupancy import whole_on_deck
from station.core.parameters import Patience
from station.core.scan_advice import eyes_are_free
from station.core.seal_looks import SealLooks, SealView
from station.core.seals import SHARE_RIGHT, Seal, combined
from station.core.state import NEVER, parts
from station.core.turn import Turn

MOST_TRIES = 2
"""Pictures of one view, and times that one is given to the adviser."""

_WORDS: tuple[Seal, ...] = get_args(Seal)


def advance(turn: Turn) -> None:
    """Take the pictures while the truck stands whole, have them assessed when the eyes are free."""
    crossing = turn.state.crossing
    if crossing is None or not parts(turn.state).seal_cameras or crossing.seal_looks.verdict:
        return
    if not crossing.seal_looks.views:
        if crossing.whole_since == NEVER:
            return
        cameras = zip(parts(turn.state).seal_cameras, turn.parameters.seal_regions, strict=False)
        _look(turn, views=tuple(SealView(camera, region) for camera, region in cameras))
    if turn.crossing.seal_looks.since == NEVER and eyes_are_free(turn):
        _look(turn, since=turn.now)
    for view in turn.crossing.seal_looks.views:
        _pursue(turn, view)
    looks = turn.crossing.seal_looks
    if all(view.said for view in looks.views):
        _settle(turn)
    elif looks.since != NEVER and turn.now >= looks.since + turn.parameters.patience.seal:
        give_up(turn, "assessment-late")


def due(looks: SealLooks, patience: Patience) -> tuple[int, ...]:
    """When time alone may change something."""
    if looks.verdict or not looks.views:
        return ()
    late = () if looks.since == NEVER else (looks.since + patience.seal,)
    return (*late, *(view.picture_at for view in looks.views))


def asked(turn: Turn, order_id: str) -> bool:
    """Whether the order is one for a seal of the truck in the lane."""
    return _asked(turn, order_id) is not None


def answered(turn: Turn, fact: OrderAnswered) -> None:
    """An adviser that refuses the order says why, and will say it again; a camera may have a picture next time."""
    view = _asked(turn, fact.order_id)
    if view is not None and fact.answer == "refused" and view.sha256:
        _change(turn, replace(view, order_id="", said=fact.detail or "refused"))


def pictured(turn: Turn, reading: PictureTaken | PictureFailed) -> None:
    """A picture of one view was stored, or not."""
    view = _asked(turn, reading.order_id)
    if turn.land_own(reading.order_id) is None or view is None:
        return
    if isinstance(reading, PictureTaken):
        _change(turn, replace(view, order_id="", path=reading.path, sha256=reading.sha256))
    else:
        _change(turn, replace(view, order_id="", picture_at=Tick(turn.now + turn.parameters.patience.picture_pause)))


def measured(turn: Turn, reading: SealMeasured | PictureRefused) -> None:
    """One picture was assessed, or refused."""
    view = _asked(turn, reading.order_id)
    if turn.land_own(reading.order_id) is None or view is None:
        return
    if isinstance(reading, PictureRefused):
        _change(turn, replace(view, order_id="", said=reading.seen))
    else:
        _change(turn, replace(view, order_id="", said=reading.seal, distance=reading.distance))


def give_up(turn: Turn, reason: str) -> None:
    """What is still open will say nothing any more."""
    looks = turn.crossing.seal_looks
    if looks.views and not looks.verdict:
        _look(turn, views=tuple(_given_up(view, reason) for view in looks.views))
        _settle(turn)


def _given_up(view: SealView, reason: str) -> SealView:
    return view if view.said else replace(view, said=reason if view.sha256 else "no-picture")


def _pursue(turn: Turn, view: SealView) -> None:
    """The next step of one view, if nothing of it is under way."""
    if view.said or any(order.order_id == view.order_id for order in turn.state.orders):
        return
    limit = turn.parameters.patience
    if view.sha256 and view.asked >= MOST_TRIES:
        _change(turn, replace(view, said="assessment-unanswered"))
    elif view.sha256:
        if eyes_are_free(turn) and turn.can_order(parts(turn.state).reader):
            until = Tick(turn.now + limit.picture)
            order = AssessSeal(turn.new_id("s"), until, view.path, view.sha256, view.region)
            turn.send(parts(turn.state).reader, order, limit.picture)
            _change(turn, replace(view, order_id=order.order_id, asked=view.asked + 1))
    elif view.tries >= MOST_TRIES:
        _change(turn, replace(view, said="no-picture"))
    elif turn.now >= view.picture_at and whole_on_deck(turn.state) and _camera_is_free(turn, view.camera):
        picture = TakePicture(turn.new_id("e"), Tick(turn.now + limit.order), "seal")
        turn.send(view.camera, picture, limit.picture)
        _change(turn, replace(view, order_id=picture.order_id, tries=view.tries + 1))


def _camera_is_free(turn: Turn, camera: str) -> bool:
    """A camera that looks for the container's number too does that first."""
    is_shared = camera in parts(turn.state).container_cameras and turn.state.phase == "GATHERING"
    return turn.can_order(camera) and not (is_shared and container_views.is_missing(turn))


def _settle(turn: Turn) -> None:
    views = turn.crossing.seal_looks.views
    words = [word for view in views for word in _WORDS if view.said == word]
    verdict: SealVerdict = combined(words) if words else "IMPOSSIBLE"
    agreeing = sum(view.said == verdict for view in views)
    confidence = SHARE_RIGHT[combined(words)]
    said = tuple((view.camera, view.said, view.distance) for view in views)
    _look(turn, verdict=verdict, since=NEVER)
    pictures = turn.crossing.seal_looks.pictures
    turn.record(SealAssessed(turn.crossing.crossing, verdict, confidence, agreeing, said, pictures), relevant=True)


def _asked(turn: Turn, order_id: str) -> SealView | None:
    crossing = turn.state.crossing
    views = crossing.seal_looks.views if crossing is not None else ()
    return next((view for view in views if order_id and view.order_id == order_id and not view.said), None)


def _look(turn: Turn, **changes: object) -> None:
    turn.set_crossing(seal_looks=replace(turn.crossing.seal_looks, **changes))  # type: ignore[arg-type]


def _change(turn: Turn, changed: SealView) -> None:
    views = turn.crossing.seal_looks.views
    _look(turn, views=tuple(changed if view.camera == changed.camera else view for view in views))
