"""A gate with a trailer camera: the plate at the rear beside the vehicle's own, from the picture to the boom.

The cameras show drawn plates; the reader says what the journey has it say of each picture, so that it can be wrong.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.contract.driver import Answer, Driver, Identity
from drivers.contract.orders import Order, ReadPlate
from drivers.contract.quantities import Millis, Permille
from drivers.contract.readings import PlateColour, PlateRead, Reading
from drivers.contract.tools import Tools
from station.core.parameters import Parts
from station.core.presented_records import TrailerIdentified
from station.core.records import CrossingReleased, PlateIdentified
from station.hosting.host import CATALOG_WORKER, WorkerSpec
from station.simulate.scene import gate_picture
from tests.journeys.gate import PARAMETERS, PLATE, Gate, entry
from tests.journeys.test_containers import raisings, tell

DECLARED = entry().trailer
OTHER = "15RM00321"
REAR = "camera-rear"
LANE = replace(PARAMETERS, parts=Parts(trailer_camera=REAR))


@dataclass
class TwoPlatesReader:
    """Says of the rear's picture, known by its hash, what is `behind`, and of any other what stands in `front`."""

    rear_sha256: str
    behind: str
    front: str
    colour: PlateColour

    def __post_init__(self) -> None:
        self._orders: list[ReadPlate] = []

    def open(self) -> Identity:
        return Identity("plate-reader", "scripted")

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, ReadPlate):
            return Answer("refused")
        self._orders.append(order)
        return Answer("accepted")

    def poll(self, patience: Millis) -> list[Reading]:
        orders, self._orders = self._orders, []
        return [self._read(order) for order in orders]

    def _read(self, order: ReadPlate) -> Reading:
        is_rear, sure = order.sha256 == self.rear_sha256, Permille(990)
        text = self.behind if is_rear else self.front
        read = PlateRead(order.order_id, order.sha256, text, text, sure, (sure,) * len(text), "m" * 64, Millis(4))
        return replace(read, colour=self.colour, colour_confidence=sure) if not is_rear else read

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class TrailerGate(Gate):
    behind: str = DECLARED
    front: str = PLATE
    colour: PlateColour = "UNSURE"

    def __post_init__(self) -> None:
        picture = gate_picture(self.behind or None, seed=11, condition="clear", lines=2)
        (self.folder / REAR).mkdir(parents=True)
        (self.folder / REAR / "now.jpg").write_bytes(picture)
        rear = hashlib.sha256(picture).hexdigest()
        self.reader = lambda *_: TwoPlatesReader(rear, self.behind, self.front, self.colour)
        super().__post_init__()

    def start(self) -> None:
        super().start()
        self.host.start(WorkerSpec(REAR, CATALOG_WORKER, "picture-folder", None, self.data.evidence))

    def _build(self, spec: WorkerSpec) -> Driver:
        if spec.device == REAR:
            folder = PictureFolderSettings("picture-folder", str(self.folder / REAR))
            return PictureFolderDriver(REAR, folder, Tools(self.clock, self.data.evidence))
        return super()._build(spec)

    def ready(self) -> None:
        self.until(lambda: len(self.loop.state.devices) == 6 and self.is_idle, 10, "all devices open")
        self.run(1_000)


def gate(folder: Path, **more: object) -> TrailerGate:
    made = TrailerGate(folder, LANE, **more)  # type: ignore[arg-type]
    made.show_plate(gate_picture(None, seed=1, condition="clear", lines=1))  # any picture: the plate is scripted
    made.ready()
    return made


def test_tractor_and_declared_trailer_pass_and_both_plates_are_kept(tmp_path: Path) -> None:
    with gate(tmp_path, colour="YELLOW") as made:
        assert tell(made) == ("PASS", "")
        assert raisings(made) == 1
        (own,) = (record for record in made.records() if isinstance(record, PlateIdentified))
        (behind,) = (record for record in made.records() if isinstance(record, TrailerIdentified))
        assert (own.plate, own.verdict, own.colour) == (PLATE, "ACCEPTED", "YELLOW")
        assert (behind.plate, behind.verdict) == (DECLARED, "ACCEPTED")
        made.until(lambda: made.yard.is_empty and made.is_idle, 300, "the end")
        assert (made.completed()[-1].plate, made.completed()[-1].trailer) == (PLATE, DECLARED)


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ({"behind": OTHER}, "TRAILER_MISMATCH"),
        ({"behind": ""}, "TRAILER_UNCERTAIN"),
        ({"front": DECLARED}, "IDENTITY_UNCERTAIN"),  # a trailer's plate where the tractor's is wanted
        ({"colour": "RED"}, "PLATE_COLOUR"),  # the declared text on the army's ground
    ],
)
def test_without_an_act_the_boom_stays_down(tmp_path: Path, seen: dict[str, str], reason: str) -> None:
    with gate(tmp_path, **seen) as made:
        assert tell(made) == ("REFER_REMOTE", reason)
        made.run(30_000, Millis(500))
        assert raisings(made) == 0
        assert not any(isinstance(record, CrossingReleased) for record in made.records())
        assert made.loop.state.phase == "HELD"
