"""What a device is told to do. Absolute and idempotent: `RaiseBoom`, never "toggle".

Every order carries `not_after`: past that tick no byte of it may reach a wire.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Grams, Millis, Tick
from drivers.contract.readings import LightColour

ScaleCommand = Literal["zero", "tare", "clear-tare"]


@dataclass(frozen=True, slots=True)
class RaiseBoom:
    """One device-timed pulse on the raise output. The only order that permits motion upwards."""

    order_id: str
    not_after: Tick


@dataclass(frozen=True, slots=True)
class LowerBoom:
    """One device-timed pulse on the lower output."""

    order_id: str
    not_after: Tick


@dataclass(frozen=True, slots=True)
class ShowLight:
    """Set the traffic light; red and green exclude each other in one write."""

    order_id: str
    not_after: Tick
    colour: LightColour


@dataclass(frozen=True, slots=True)
class SoundSiren:
    """Set the siren on or off."""

    order_id: str
    not_after: Tick
    on: bool


@dataclass(frozen=True, slots=True)
class DropMotion:
    """Drop both motion outputs at once. Protective."""

    order_id: str
    not_after: Tick


@dataclass(frozen=True, slots=True)
class TakeWeight:
    """Judge one weighing window that begins after this order. Answered by WeighingWindow or WeighingFailed.

    The window is `at_least` long, its frames differ by at most `spread`; gives up after `patience`.
    """

    order_id: str
    not_after: Tick
    at_least: Millis
    spread: Grams
    patience: Millis


@dataclass(frozen=True, slots=True)
class TakePicture:
    """Store the next frame that is newer than this order. Answered by PictureTaken or PictureFailed."""

    order_id: str
    not_after: Tick
    purpose: Literal["plate", "overview", "container", "seal"]


@dataclass(frozen=True, slots=True)
class KeepClip:
    """Keep what the camera's ring shows from tick `since` to `until`. Answered by ClipStored or ClipNotStored, perhaps
    several times. The same `clip` again goes on where it was, with a later `until` if it has one.
    """

    order_id: str
    not_after: Tick
    clip: str
    since: Tick
    until: Tick


@dataclass(frozen=True, slots=True)
class ReadPlate:
    """Read the plate on a stored picture. Answered by PlateRead or PictureRefused.

    `region` is x, y, width, height in pixels, read as it is; a width or height of 0 means the whole picture, in which
    the plate is looked for first. With `measure_view` a ViewMeasured of the whole picture comes before that answer,
    unless the picture is refused.
    """

    order_id: str
    not_after: Tick
    path: str
    sha256: str
    region: tuple[int, int, int, int]
    measure_view: bool = False


@dataclass(frozen=True, slots=True)
class ReadContainer:
    """Read the container number in a stored picture of one side. Answered by ContainerRead or PictureRefused."""

    order_id: str
    not_after: Tick
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AssessScan:
    """Compare a stored cargo X-ray picture with the site's template of empty containers. Answered by ScanMeasured or
    PictureRefused; refused where the site has no template that fits.
    """

    order_id: str
    not_after: Tick
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AssessSeal:
    """Look for a seal at the door lock that stands in `region` (x, y, width, height in pixels) of a stored picture.
    Answered by SealMeasured or PictureRefused.
    """

    order_id: str
    not_after: Tick
    path: str
    sha256: str
    region: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class ChangeScale:
    """A command that changes what a scale shows. Refused by every driver whose settings do not name it."""

    order_id: str
    not_after: Tick
    command: ScaleCommand


@dataclass(frozen=True, slots=True)
class TriggerScan:
    """Switch a code reader's or tag reader's own reading on or off."""

    order_id: str
    not_after: Tick
    on: bool


@dataclass(frozen=True, slots=True)
class ShowText:
    """Show these lines on the sign until the next such order; () clears it. A sign without Vietnamese shows ASCII."""

    order_id: str
    not_after: Tick
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintTicket:
    """Print one ticket: its lines, then `code` as a QR code, if any. Never retried: a ticket twice is two tickets."""

    order_id: str
    not_after: Tick
    lines: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class PlayPrompt:
    """Play a recorded announcement once: `prompt` names it, in each of `languages` in turn ("vi", "en")."""

    order_id: str
    not_after: Tick
    prompt: str
    languages: tuple[str, ...]


Order = (
    RaiseBoom
    | LowerBoom
    | ShowLight
    | SoundSiren
    | DropMotion
    | TakeWeight
    | TakePicture
    | KeepClip
    | ReadPlate
    | ReadContainer
    | AssessScan
    | AssessSeal
    | ChangeScale
    | TriggerScan
    | ShowText
    | PrintTicket
    | PlayPrompt
)


PictureOrder = AssessScan | AssessSeal | ReadContainer | ReadPlate
"""What is told about a stored picture."""


def urgency(order: PictureOrder) -> int:
    """The greater one is carried out first: plates before containers, and advice last."""
    match order:
        case ReadPlate():
            return 2
        case ReadContainer():
            return 1
        case AssessScan() | AssessSeal():
            return 0


def is_protective(order: Order) -> bool:
    """True if the order only ever makes the lane safer: it pre-empts, and needs no commit."""
    match order:
        case DropMotion():
            return True
        case ShowLight(colour=colour):
            return colour == "red"
        case SoundSiren(on=on):
            return on
        case RaiseBoom() | LowerBoom() | TakeWeight() | TakePicture() | KeepClip():
            return False
        case ReadPlate() | ReadContainer() | AssessScan() | AssessSeal():
            return False
        case ChangeScale() | TriggerScan() | ShowText() | PrintTicket() | PlayPrompt():
            return False


def voids(order: Order, waiting: Order) -> bool:
    """True if `waiting`, which nobody has carried out yet, must not follow the protective `order` any more.

    A protective order overtakes; what it contradicts would otherwise have the last word.
    """
    match order:
        case DropMotion():
            return is_motion(waiting)
        case ShowLight(colour="red"):
            return isinstance(waiting, ShowLight) and not is_protective(waiting)
        case SoundSiren(on=True):
            return isinstance(waiting, SoundSiren) and not is_protective(waiting)
        case _:
            return False


def is_motion(order: Order) -> bool:
    """True if the order moves the boom."""
    return isinstance(order, RaiseBoom | LowerBoom)
