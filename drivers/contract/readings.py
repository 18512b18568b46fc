"""What devices report. Frozen, integers only; raw bytes are kept as hex while they are evidence.

Workers condition readings: an edge is reported at once, samples by dead band, rate and heartbeat,
a weighing window as one reading. Raw streams stay in the worker.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Grams, Millis, Permille, Tick

Point = Literal["entry-loop", "under-boom-loop", "exit-loop"]
BoomPosition = Literal["down", "up", "moving", "wiring-fault"]
LightColour = Literal["red", "green", "dark"]


@dataclass(frozen=True, slots=True)
class LoopEdge:
    """A presence detector changed. Also sent once for each point after `open`."""

    point: Point
    occupied: bool


@dataclass(frozen=True, slots=True)
class BoomMoved:
    """The limit switches changed. Both on is a wiring fault; both off is moving."""

    position: BoomPosition


@dataclass(frozen=True, slots=True)
class OutputsRead:
    """The outputs as read back from the device, sent when they change."""

    raise_pulse: bool
    lower_pulse: bool
    light: LightColour
    siren: bool


@dataclass(frozen=True, slots=True)
class DeckSample:
    """What the deck bears now. `valid` is False when out of range, not zeroed or in motion beyond judging."""

    mass: Grams
    moving: bool
    valid: bool


@dataclass(frozen=True, slots=True)
class WeighingWindow:
    """The answer to `TakeWeight`: consistent frames judged by us.

    `mass` is the median of the window in grams, `spread` its range, `frames` how many; `raw` holds the hex of
    every frame; all frames arrived between `began` and `ended`. `legal` is always decided by the core.
    """

    order_id: str
    mass: Grams
    spread: Grams
    frames: int
    began: Tick
    ended: Tick
    raw: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeighingFailed:
    """`TakeWeight` ended without a weight: "unstable", "out-of-range", "silent" or "not-zeroed"."""

    order_id: str
    reason: Literal["unstable", "out-of-range", "silent", "not-zeroed"]


@dataclass(frozen=True, slots=True)
class CodeScanned:
    """One complete code from a barcode or QR reader. `symbology` is the AIM identifier or ""."""

    text: str
    symbology: str
    raw: str


@dataclass(frozen=True, slots=True)
class PictureTaken:
    """The answer to `TakePicture`: a durable JPEG. `path` is local; `sha256` is its hex digest; `taken` its tick."""

    order_id: str
    path: str
    sha256: str
    taken: Tick
    camera_frame: int


@dataclass(frozen=True, slots=True)
class PictureFailed:
    """`TakePicture` ended without a picture."""

    order_id: str
    reason: Literal["stale", "no-stream", "undecodable", "disk"]


@dataclass(frozen=True, slots=True)
class PlateRead:
    """The answer to `ReadPlate`: one frame's reading. `raw` is the net's own string, `text` after the grammar prior.

    `characters` holds the confidence of each character of `text`.
    """

    order_id: str
    sha256: str
    raw: str
    text: str
    confidence: Permille
    characters: tuple[Permille, ...]
    model: str
    took: Millis


@dataclass(frozen=True, slots=True)
class PictureRefused:
    """`ReadPlate` got a picture that cannot be judged; `seen` says why in a short code."""

    order_id: str
    sha256: str
    seen: str


@dataclass(frozen=True, slots=True)
class BytesRefused:
    """Bytes that made no frame since the last such reading (counted, rate-limited by the worker)."""

    count: int
    sample: str
    hint: Literal["", "wrong-baud?", "wrong-protocol?"]


Reading = (
    LoopEdge
    | BoomMoved
    | OutputsRead
    | DeckSample
    | WeighingWindow
    | WeighingFailed
    | CodeScanned
    | PictureTaken
    | PictureFailed
    | PlateRead
    | PictureRefused
    | BytesRefused
)
