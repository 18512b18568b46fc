"""What the core must know of its lane: which device plays which part, limits and patience. Part of SettingsApplied."""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Grams, Millis, Permille, kilograms

Mode = Literal["AUTOMATIC", "ASSISTED", "CLOSED", "TEST"]


@dataclass(frozen=True, slots=True)
class Parts:
    """The device id that plays each part; "" where the lane has none.

    container_cameras: the cameras that look at a container, each from another side; none of them is the plate camera.
    seal_cameras: the cameras that see the door lock at the rear, one or two; they may be container cameras too.
    trailer_camera: the camera that sees the plate at a truck's rear; it may be one of container_cameras.
    """

    barrier: str = "barrier"
    scale: str = "scale"
    scanner: str = "scanner"
    camera: str = "camera"
    reader: str = "reader"
    sign: str = ""
    voice: str = ""
    printer: str = ""
    portal: str = ""
    xray: str = ""
    container_cameras: tuple[str, ...] = ()
    seal_cameras: tuple[str, ...] = ()
    trailer_camera: str = ""


@dataclass(frozen=True, slots=True)
class Sensors:
    """The light barriers that are fitted beside the loops; "" where the lane has none, and then more is waited for.

    boom_beam: the device that reports the beam under the boom, at the height of a chassis.
    deck_entry_beam: the device that reports the beam at the deck's entry end.
    deck_exit_beam: the device that reports the beam at the deck's far end, beyond the stop line.
    """

    boom_beam: str = ""
    deck_entry_beam: str = ""
    deck_exit_beam: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Figures that decide. Percentages are permille; sources: the risk rules of the domain brief."""

    presence: Grams = kilograms(500)
    weight_refer: Permille = Permille(50)
    weight_review: Permille = Permille(20)
    weight_refer_mass: Grams = kilograms(1000)
    gross_maximum: Grams = kilograms(80_000)
    list_age: Millis = Millis(86_400_000)
    plate_frames: int = 3
    plate_rounds: int = 3
    weighing_rounds: int = 3
    window: Millis = Millis(1_000)
    window_spread: Grams = kilograms(20)
    zero_drift: Grams = kilograms(20)
    container_rounds: int = 3
    trailer_frames: int = 6


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each thing may take before the core calls it overdue."""

    gather: Millis = Millis(180_000)
    decide: Millis = Millis(5_000)
    release: Millis = Millis(20_000)
    clear: Millis = Millis(120_000)
    boom_travel: Millis = Millis(8_000)
    order: Millis = Millis(1_000)
    answer: Millis = Millis(1_500)
    weighing: Millis = Millis(15_000)
    picture: Millis = Millis(4_000)
    picture_pause: Millis = Millis(400)
    second_person: Millis = Millis(300_000)
    hold_reminder: Millis = Millis(300_000)
    gate_open_lower: Millis = Millis(5_000)
    container: Millis = Millis(60_000)
    scan: Millis = Millis(10_000)
    seal: Millis = Millis(10_000)
    trailer: Millis = Millis(20_000)


@dataclass(frozen=True, slots=True)
class ClipRules:
    """Clips of events: the `cameras` that keep them, none for no clips, and how long `before` and `after` the event."""

    cameras: tuple[str, ...] = ()
    before: Millis = Millis(20_000)
    after: Millis = Millis(40_000)


@dataclass(frozen=True, slots=True)
class LaneParameters:
    """The lane's own settings as the core uses them.

    `triggered` are the code readers that must be told to read, `tag_readers` all readers of tags. Another `view_epoch`
    than before has the plate camera's view learned anew. With `assess_scans` the site has a template against which the
    X-ray scans of a truck are assessed. `seal_regions` has for each seal camera where the lock stands in its
    picture: x, y, width, height in pixels.
    """

    station: str
    lane: str
    office: str
    mode: Mode = "AUTOMATIC"
    plate_region: tuple[int, int, int, int] = (0, 0, 0, 0)
    seal_regions: tuple[tuple[int, int, int, int], ...] = ()
    parts: Parts = Parts()
    sensors: Sensors = Sensors()
    limits: Limits = Limits()
    patience: Patience = Patience()
    triggered: tuple[str, ...] = ()
    tag_readers: tuple[str, ...] = ()
    view_epoch: int = 0
    assess_scans: bool = False
    clips: ClipRules = ClipRules()
