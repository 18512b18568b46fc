"""While a truck is gathered, the container cameras look at it too: a picture of each view, read blind, some rounds.

It goes on beside plate and weight and always ends: when the views agree, when all rounds are done, when the cameras are
unfit, when the reader reads no containers, or when its patience is over. The reader reads plates first.
"""

from dataclasses import replace

from drivers.contract.orders import ReadContainer, TakePicture
from drivers.contract.quantities import Tick
from drivers.contract.readings import ContainerRead, PictureFailed, PictureRefused, PictureTaken
from station.core import container_consensus
from station.core.container_looks import ContainerLooks, ContainerPicture, ViewProgress, ViewRead
from station.core.facts import OrderAnswered
from station.core.parameters import Patience
from station.core.presented_records import ContainerIdentified
from station.core.records import RefusalRecorded
from station.core.state import NEVER, is_fit, parts
from station.core.turn import Turn

_NEXT_STEP = "install models that read containers, or take container_cameras out of the settings"


def is_missing(turn: Turn) -> bool:
    """The lane looks for containers and has not finished with this truck."""
    return bool(parts(turn.state).container_cameras) and turn.crossing.container is None


def advance(turn: Turn) -> None:
    """Ask for whatever is still missing of a truck that stands whole, as far as the devices are free."""
    if is_missing(turn):
        _settle(turn)
    if not is_missing(turn):
        return
    if turn.crossing.whole_since != NEVER:
        if turn.crossing.container_looks.began == NEVER:
            views = tuple(ViewProgress(camera) for camera in parts(turn.state).container_cameras)
            _look(turn, began=turn.now, views=views)
        _pursue_pictures(turn)
    _pursue_reading(turn)


def due(looks: ContainerLooks, patience: Patience) -> tuple[int, ...]:
    """When time alone may change something."""
    if looks.began == NEVER:
        return ()
    return (looks.began + patience.container, *(view.picture_at for view in looks.views))


def asked(turn: Turn, order_id: str) -> bool:
    """Whether the order is one to read a container."""
    return any(order.order_id == order_id and order.order == "ReadContainer" for order in turn.state.orders)


def answered(turn: Turn, fact: OrderAnswered) -> None:
    """A reader that refuses the order will refuse the next one too: no more is asked of it for this truck."""
    if fact.answer != "refused" or not asked(turn, fact.order_id):
        return
    flying = next(order for order in turn.state.orders if order.order_id == fact.order_id)
    crossing = turn.state.crossing
    if crossing is not None and crossing.crossing == flying.crossing and not crossing.container_looks.refused:
        _look(turn, refused=True)
        turn.record(RefusalRecorded("device", flying.device, fact.detail or "refused", _NEXT_STEP))


def pictured(turn: Turn, camera: str, reading: PictureTaken | PictureFailed) -> None:
    """A picture of one view was stored, or not."""
    crossing = turn.land_own(reading.order_id)
    if crossing is None or crossing.container is not None:
        return
    if isinstance(reading, PictureFailed):
        _pause(turn, camera)
        return
    looks = crossing.container_looks
    picture = ContainerPicture(camera, reading.path, reading.sha256)
    _look(turn, pending=(*looks.pending, picture), pictures=(*looks.pictures, reading.sha256))


def read(turn: Turn, reading: ContainerRead | PictureRefused) -> None:
    """One picture was read, or refused."""
    crossing = turn.land_own(reading.order_id)
    looks = crossing.container_looks if crossing is not None else ContainerLooks()
    if crossing is None or crossing.container is not None or looks.reading is None:
        return
    view = looks.reading.view
    _look(turn, reading=None)
    if isinstance(reading, PictureRefused):
        turn.record(RefusalRecorded("device", reading.sha256, reading.seen, "check the camera's picture"))
        _pause(turn, view)
        return
    said = ViewRead(
        view, reading.raw, reading.text, reading.confidence, reading.size_type, reading.size_type_confidence
    )
    _look(turn, reads=(*looks.reads, said))
    if reading.text == "":
        _pause(turn, view)


def _look(turn: Turn, **changes: object) -> None:
    turn.set_crossing(container_looks=replace(turn.crossing.container_looks, **changes))  # type: ignore[arg-type]


def _pursue_pictures(turn: Turn) -> None:
    """The next picture of each view that has none under way; a reader that is away reads none."""
    limits, patience = turn.parameters.limits, turn.parameters.patience
    if turn.crossing.container_looks.refused or not is_fit(turn.state, parts(turn.state).reader):
        return
    for view in turn.crossing.container_looks.views:
        may_ask = view.taken < limits.container_rounds and turn.now >= view.picture_at and turn.can_order(view.view)
        if may_ask and not _is_under_way(turn, view.view) and not _is_ahead(turn, view):
            order = TakePicture(turn.new_id("c"), Tick(turn.now + patience.order), "container")
            turn.send(view.view, order, patience.picture)
            _change(turn, replace(view, taken=view.taken + 1))


def _pursue_reading(turn: Turn) -> None:
    """Of the views that wait, the one that has been read least; not while a plate is on its way to the reader."""
    looks, patience, reader = turn.crossing.container_looks, turn.parameters.patience, parts(turn.state).reader
    if looks.refused or not looks.pending or not turn.can_order(reader):
        return
    if turn.crossing.pending or (turn.crossing.plate is None and turn.is_busy(parts(turn.state).camera)):
        return
    views = [read.view for read in looks.reads]
    picture = min(looks.pending, key=lambda waiting: views.count(waiting.view))
    order = ReadContainer(turn.new_id("n"), Tick(turn.now + patience.picture), picture.path, picture.sha256)
    turn.send(reader, order, patience.picture)
    _look(turn, reading=picture, pending=tuple(other for other in looks.pending if other is not picture))


def _settle(turn: Turn) -> None:
    crossing, looks = turn.crossing, turn.crossing.container_looks
    if looks.began == NEVER:
        return
    agreed = container_consensus.agree(looks.reads, len(looks.views))
    is_over = all(_is_over(turn, view) for view in looks.views)
    are_agreed = agreed.verdict == "ACCEPTED" and all(_is_over(turn, v) or _was_read(looks, v) for v in looks.views)
    is_late = turn.now >= looks.began + turn.parameters.patience.container
    if not (is_over or are_agreed or is_late or looks.refused):
        return
    turn.set_crossing(container=agreed)
    turn.record(
        ContainerIdentified(
            crossing.crossing,
            agreed.text,
            agreed.verdict,
            agreed.form,
            agreed.confidence,
            agreed.views,
            agreed.against,
            agreed.size_type,
            tuple((read.view, read.raw) for read in looks.reads),
            looks.pictures,
        ),
        relevant=True,
    )


def _is_over(turn: Turn, view: ViewProgress) -> bool:
    """Nothing more is to come of the view: its rounds are done or its camera is unfit, and nothing of it waits."""
    is_done = view.taken >= turn.parameters.limits.container_rounds or not is_fit(turn.state, view.view)
    return is_done and not turn.is_busy(view.view) and not _is_under_way(turn, view.view)


def _is_ahead(turn: Turn, view: ViewProgress) -> bool:
    """The view has shown a number more often than another one that may still show its own."""
    looks = turn.crossing.container_looks
    shown = [read.view for read in looks.reads if read.text]
    return any(shown.count(view.view) > shown.count(other.view) for other in looks.views if not _is_over(turn, other))


def _was_read(looks: ContainerLooks, view: ViewProgress) -> bool:
    return any(read.view == view.view for read in looks.reads)


def _is_under_way(turn: Turn, camera: str) -> bool:
    """A picture of the view waits for the reader or is being read."""
    looks = turn.crossing.container_looks
    if any(picture.view == camera for picture in looks.pending):
        return True
    is_at_reader = any(order.order == "ReadContainer" for order in turn.state.orders)
    return is_at_reader and looks.reading is not None and looks.reading.view == camera


def _pause(turn: Turn, camera: str) -> None:
    """What spoils one picture spoils those of the same instant too."""
    for view in turn.crossing.container_looks.views:
        if view.view == camera:
            _change(turn, replace(view, picture_at=Tick(turn.now + turn.parameters.patience.picture_pause)))


def _change(turn: Turn, changed: ViewProgress) -> None:
    views = turn.crossing.container_looks.views
    _look(turn, views=tuple(changed if view.view == changed.view else view for view in views))
