"""How far the container cameras of a lane are with one truck: what was taken, what waits, what was read."""

from dataclasses import dataclass

from drivers.contract.quantities import Permille, Tick

_NEVER = Tick(-1)


@dataclass(frozen=True, slots=True)
class ViewRead:
    """What one picture of the camera `view` says; the fields are those of `ContainerRead`."""

    view: str
    raw: str
    text: str
    confidence: Permille
    size_type: str
    size_type_confidence: Permille


@dataclass(frozen=True, slots=True)
class ContainerPicture:
    """A stored picture of one view."""

    view: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ViewProgress:
    """Pictures that were asked of one camera, and when the next one may be."""

    view: str
    taken: int = 0
    picture_at: Tick = _NEVER


@dataclass(frozen=True, slots=True)
class ContainerLooks:
    """One truck's looks, one `ViewProgress` per camera since `began`.

    `pending` waits for the reader, `reading` is what it has; `refused`: the reader reads no containers.
    """

    began: Tick = _NEVER
    views: tuple[ViewProgress, ...] = ()
    pending: tuple[ContainerPicture, ...] = ()
    reading: ContainerPicture | None = None
    reads: tuple[ViewRead, ...] = ()
    pictures: tuple[str, ...] = ()
    refused: bool = False
