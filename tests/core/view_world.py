"""What the eyes see in the random world: views of the plate camera, numbers on containers, scans."""

import random
from dataclasses import replace
from typing import Literal, get_args

from drivers.contract.advice_readings import ScanMeasured, SealMeasured
from drivers.contract.orders import AssessScan, AssessSeal, Order, ReadContainer
from drivers.contract.quantities import Millis, Permille
from drivers.contract.readings import ContainerRead, PictureRefused, Reading, ViewMeasured
from station.core.advice_records import ScanVerdict
from station.core.edge_map import CELLS
from station.core.parameters import LaneParameters
from station.core.seals import Seal
from station.core.state import LaneState

VIEWS = ("camera-left", "camera-rear")
PAINTED = "TCLU4567897"
FINDINGS: tuple[ScanVerdict, ...] = get_args(ScanVerdict)
SEALS: tuple[Seal, ...] = get_args(Seal)


def eyes_answer(rng: random.Random, order: Order) -> Reading | None:
    """What is said of a picture; None for another order."""
    match order:
        case ReadContainer():
            return container_answer(rng, order)
        case AssessScan():
            return scan_answer(rng, order)
        case AssessSeal():
            return seal_answer(rng, order)
        case _:
            return None


def viewed(parameters: LaneParameters, seed: int) -> LaneParameters:
    """The same lane with container cameras, which see the seal too, and a template for X-ray scans; in every other one
    the rear camera looks for the trailer's plate too.
    """
    rear = VIEWS[1] if seed % 2 else ""
    parts = replace(parameters.parts, container_cameras=VIEWS, seal_cameras=VIEWS, trailer_camera=rear)
    return replace(parameters, parts=parts, assess_scans=True, seal_regions=((9, 8, 70, 90),) * len(VIEWS))


def plate_behind(state: LaneState, seed: int, order_id: str, declared: str) -> str:
    """Of a rear picture mostly the declared trailer's plate, sometimes another or a tractor's, from a well of its own;
    "" for any other picture, and now and then.
    """
    if state.crossing is None or state.crossing.trailer_looks.reading != order_id:
        return ""
    return random.Random(f"{seed} {order_id}").choice((*(declared,) * 9, "15RM00321", "", "14C12345"))


def container_answer(rng: random.Random, order: ReadContainer) -> ContainerRead | PictureRefused:
    """Mostly the painted number, sometimes another, its check digit right or wrong, nothing, or a bad picture."""
    text = rng.choice((*(PAINTED,) * 12, "TEMU1234565", "TCLU4567898", "", "?"))
    if text == "?":
        return PictureRefused(order.order_id, order.sha256, "not-a-picture")
    sure, no = Permille(rng.choice((980, 950, 400))), Permille(0)
    each = (sure,) * len(text)
    return ContainerRead(order.order_id, order.sha256, text, text, sure, each, "", no, "m", Millis(9))


def scan_answer(rng: random.Random, order: AssessScan) -> ScanMeasured | PictureRefused:
    """Any finding, or a picture that cannot be judged."""
    finding = rng.choice(FINDINGS)
    if finding == "IMPOSSIBLE":
        return PictureRefused(order.order_id, order.sha256, "picture-broken-off")
    return scan_said(order, finding)


def scan_said(order: AssessScan, finding: Literal["EMPTY_LIKELY", "NOT_EMPTY", "CANNOT_TELL"]) -> ScanMeasured:
    """A finding with some figures."""
    flaws = ("scan-noisy",) if finding == "CANNOT_TELL" else ()
    shares = Permille(31), 40, 812, Permille(2), Permille(60), 9
    return ScanMeasured(order.order_id, order.sha256, finding, *shares, flaws, "t" * 64, Millis(300), (9, 8, 70, 60))


def seal_answer(rng: random.Random, order: AssessSeal) -> SealMeasured | PictureRefused:
    """Any word, or a picture that cannot be judged."""
    seal: Seal | None = rng.choice((*SEALS, *SEALS, None))
    return PictureRefused(order.order_id, order.sha256, "region-outside") if seal is None else seal_said(order, seal)


def seal_said(order: AssessSeal, seal: Seal) -> SealMeasured:
    """A word with a distance that fits."""
    return SealMeasured(order.order_id, order.sha256, seal, {"SEEN": 412, "NOT_SEEN": 31}.get(seal, 150), Millis(9))


def view_of(seed: int, order_id: str) -> ViewMeasured:
    """What a camera sees that mostly sees well; from a well of its own, so that trucks do the same without it."""
    rng = random.Random(f"{seed} {order_id}")
    edges = f"{random.Random(rng.randrange(40)).getrandbits(CELLS):0{CELLS // 4}x}"
    sharp, dark = rng.choice(((1000, 0),) * 18 + ((400, 0), (0, 1000)))
    return ViewMeasured(order_id, Permille(sharp), 90, 5 if dark else 110, Permille(dark), Permille(0), edges)
