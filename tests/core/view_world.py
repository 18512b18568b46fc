"""What cameras show in the random world: views of the plate camera, numbers on containers."""

import random
from dataclasses import replace

from drivers.contract.orders import ReadContainer
from drivers.contract.quantities import Millis, Permille
from drivers.contract.readings import ContainerRead, PictureRefused, ViewMeasured
from station.core.edge_map import CELLS
from station.core.parameters import LaneParameters
from station.core.state import LaneState

VIEWS = ("camera-left", "camera-rear")
PAINTED = "TCLU4567897"


def viewed(parameters: LaneParameters, seed: int) -> LaneParameters:
    """The same lane with container cameras; in every other one the rear one looks for the trailer's plate too."""
    rear = VIEWS[1] if seed % 2 else ""
    return replace(parameters, parts=replace(parameters.parts, container_cameras=VIEWS, trailer_camera=rear))


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


def view_of(seed: int, order_id: str) -> ViewMeasured:
    """What a camera sees that mostly sees well; from a well of its own, so that trucks do the same without it."""
    rng = random.Random(f"{seed} {order_id}")
    edges = f"{random.Random(rng.randrange(40)).getrandbits(CELLS):0{CELLS // 4}x}"
    sharp, dark = rng.choice(((1000, 0),) * 18 + ((400, 0), (0, 1000)))
    return ViewMeasured(order_id, Permille(sharp), 90, 5 if dark else 110, Permille(dark), Permille(0), edges)
