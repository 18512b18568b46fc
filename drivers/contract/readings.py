"""What devices report. Frozen, integers only; raw bytes are kept as hex while they are evidence.

Workers condition readings: an edge is reported at once, samples by dead band, rate and heartbeat,
a weighing window as one reading. Raw streams stay in the worker.
"""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.advice_readings import ScanMeasured, SealMeasured
from drivers.contract.clips import ClipNotStored, ClipStored
from drivers.contract.quantities import Grams, Millis, Permille, Tick

Point = Literal["entry-loop", "under-boom-loop", "exit-loop"]
BoomPosition = Literal["down", "up", "moving", "wiring-fault"]
LightColour = Literal["red", "green", "dark"]
Beam = Literal["boom-beam", "deck-entry-beam", "deck-exit-beam"]
Button = Literal["help", "ticket"]
Contact = Literal[
    "cabinet-door-open", "on-battery", "battery-low", "xray-ready", "xray-busy", "xray-interlock-open", "xray-fault"
]
PlateColour = Literal["WHITE", "YELLOW", "BLUE", "RED", "GREEN", "BLACK", "UNSURE"]
"""The ground of a plate."""
IdentityField = Literal[
    "number", "old-number", "name", "birth", "sex", "nationality", "address", "issued", "expiry", "issuer", "optional"
]


EDGE_COLUMNS, EDGE_ROWS = 64, 36
"""The grid of `ViewMeasured.edges`."""


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
class BeamEdge:
    """A light barrier changed. Also sent once for each beam after `open`. A broken wire reads as a broken beam.

    "boom-beam" crosses under the boom at the height of a chassis; the deck beams stand at the ends of the deck.
    """

    beam: Beam
    broken: bool


@dataclass(frozen=True, slots=True)
class ButtonEdge:
    """A person pressed or let go a button. Also sent once for each button after `open`."""

    button: Button
    pressed: bool


@dataclass(frozen=True, slots=True)
class ContactEdge:
    """A dry contact of the cabinet or of a neighbour changed. Also sent once for each contact after `open`."""

    contact: Contact
    active: bool


@dataclass(frozen=True, slots=True)
class TagSeen:
    """An UHF tag came into the field. Told once per stay: again only after it has been away.

    `epc` in upper-case hex; `antenna` from 1, 0 = unknown; `rssi` in dBm, 0 = the reader gives no such figure.
    `untold` counts tags that came and went since the last such reading and were too many to be told.
    """

    epc: str
    antenna: int
    rssi: int
    untold: int = 0


@dataclass(frozen=True, slots=True)
class IdentityRead:
    """An identity document: only fields that passed their check. Personal: the lane seals it before it is a fact.

    After sealing `fields` is () and `sealed` holds what `personal.db` gave for it. It never has raw bytes.
    """

    document: Literal["cccd", "td1", "td3"]
    fields: tuple[tuple[IdentityField, str], ...]
    sealed: str = ""


@dataclass(frozen=True, slots=True)
class IdentityRefused:
    """A document that cannot be used. `check` is the code of the check that failed; never what was read."""

    document: Literal["cccd", "td1", "td3", "unknown"]
    check: str


@dataclass(frozen=True, slots=True)
class PlateSeen:
    """A plate camera read a plate by itself. `event` is the camera's own id for this sighting.

    `confidence` as the camera states it; `said` is the camera's own time, as text, and never trusted;
    `pictures` are (purpose, path, sha256) of what came with it, durable before the camera was answered.
    """

    event: str
    plate: str
    confidence: Permille
    direction: Literal["forward", "reverse", "unknown"]
    said: str
    pictures: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class PortalOccupied:
    """A vehicle stands in the radiation portal, or has just left it."""

    occupied: bool


@dataclass(frozen=True, slots=True)
class PortalAlarm:
    """Radiation above the portal's threshold. Latched: told once per kind and occupancy, at once."""

    kind: Literal["gamma", "neutron"]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PortalPassed:
    """An occupancy is over. `number` as the portal counts, -1 if it never said so; `samples` counts gamma scans."""

    number: int
    gamma_alarm: bool
    neutron_alarm: bool
    samples: int


@dataclass(frozen=True, slots=True)
class PortalTrouble:
    """The portal cannot be relied on (tamper, a background out of bounds), or can again. Also told after `open`."""

    code: Literal["none", "tamper", "gamma-high", "gamma-low", "neutron-high"]


@dataclass(frozen=True, slots=True)
class ScanArrived:
    """One complete cargo X-ray scan, copied durably. `files` are (name, path, sha256), sorted by name."""

    scan: str
    files: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ScanRefused:
    """A scan that cannot be used: `reason` is a code, `scan` its id as far as one is known."""

    scan: str
    reason: Literal["empty-file", "incomplete", "duplicate", "unreadable", "too-big", "disk"]


@dataclass(frozen=True, slots=True)
class PaperState:
    """What the ticket printer says of its paper and itself. Also sent once after `open`."""

    paper: Literal["ok", "low", "out"]
    ready: bool


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
    every frame; all frames arrived between `began` and `ended`. `zero` is what the deck showed when it last stood empty
    and still, None if that was not seen since the scale was opened. `legal` is always decided by the core.
    """

    order_id: str
    mass: Grams
    spread: Grams
    frames: int
    began: Tick
    ended: Tick
    raw: tuple[str, ...]
    zero: Grams | None = None


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

    `characters` holds the confidence of each character of `text`. `box` is where in the picture the plate was found and
    read (x, y, width, height in pixels); zeros where it was read in the region that the order named. `colour` is that
    of its ground, measured. `trailer` is a trailer's plate that stands in the same picture, "" if none was seen.
    """

    order_id: str
    sha256: str
    raw: str
    text: str
    confidence: Permille
    characters: tuple[Permille, ...]
    model: str
    took: Millis
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    colour: PlateColour = "UNSURE"
    colour_confidence: Permille = Permille(0)
    trailer: str = ""
    trailer_confidence: Permille = Permille(0)


@dataclass(frozen=True, slots=True)
class ContainerRead:
    """The answer to `ReadContainer`: one picture's reading. `raw` is the net's own string, `text` after the form prior.

    `text` is eleven characters of the form of ISO 6346, its check digit right or wrong as painted, or "" where none was
    found; `characters` holds the confidence of each. `size_type` is "" if not seen. `box` is where the number stands
    (x, y, width, height in pixels).
    """

    order_id: str
    sha256: str
    raw: str
    text: str
    confidence: Permille
    characters: tuple[Permille, ...]
    size_type: str
    size_type_confidence: Permille
    model: str
    took: Millis
    box: tuple[int, int, int, int] = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PictureRefused:
    """An order about a stored picture that cannot be judged; `seen` says why in a short code."""

    order_id: str
    sha256: str
    seen: str


@dataclass(frozen=True, slots=True)
class ShadowDisagreed:
    """A model on trial read a picture otherwise than the live one, which alone counts. Never an input to a decision.

    `model` is the trial's hash; `compared` and `differed` count since the last such reading. With a `fault` the trial
    could not go on, and there is nothing else; or the second reader failed: `model` is its hash, `compared` counts the
    plates read since and `differed` those without it.
    """

    sha256: str
    text: str
    confidence: Permille
    shadow_text: str
    shadow_confidence: Permille
    model: str
    compared: int
    differed: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ViewMeasured:
    """What a picture, at 640x360, says of its camera: comes before the answer to a `ReadPlate` that asks for it.

    `sharpness` compares the steepest slopes with those of a quarter of the size; `mean` and `contrast` (between the
    5th and the 95th percentile) are gray values; `dark` and `burnt` are the shares of pixels below 16 and from 250 on.
    `edges` has a bit for each of 64 x 36 cells through which an edge runs, row by row from the upper left, in hex.
    """

    order_id: str
    sharpness: Permille
    mean: int
    contrast: int
    dark: Permille
    burnt: Permille
    edges: str


@dataclass(frozen=True, slots=True)
class BytesRefused:
    """Bytes that made no frame since the last such reading (counted, rate-limited by the worker).

    `sample` is the hex of the first of them, "" for a device that a person may show a document to. A camera says in
    words what it could not use; then there is no `hint`.
    """

    count: int
    sample: str
    hint: Literal["", "wrong-baud?", "wrong-protocol?", "wrong-code-page?"]


Reading = (
    LoopEdge
    | BeamEdge
    | ButtonEdge
    | ContactEdge
    | BoomMoved
    | OutputsRead
    | DeckSample
    | WeighingWindow
    | WeighingFailed
    | CodeScanned
    | TagSeen
    | IdentityRead
    | IdentityRefused
    | PictureTaken
    | PictureFailed
    | ClipStored
    | ClipNotStored
    | PlateSeen
    | PortalOccupied
    | PortalAlarm
    | PortalPassed
    | PortalTrouble
    | ScanArrived
    | ScanRefused
    | PaperState
    | PlateRead
    | ContainerRead
    | ScanMeasured
    | SealMeasured
    | PictureRefused
    | ShadowDisagreed
    | ViewMeasured
    | BytesRefused
)
