"""The number on the box at a gate with two container cameras: what raises the boom, and what needs a person.

The cameras show drawn boxes; the reader says what the journey has it say of each picture, so that it can be wrong.
"""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import pytest

from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.contract.driver import Answer, Driver, Identity
from drivers.contract.orders import Order, ReadContainer, ReadPlate
from drivers.contract.quantities import Millis, Permille
from drivers.contract.readings import ContainerRead, PlateRead, Reading
from drivers.contract.tools import Tools
from station.core.parameters import Parts
from station.core.presented_records import ContainerIdentified
from station.core.records import CrossingDecided, CrossingReleased
from station.core.step import step
from station.hosting.host import CATALOG_WORKER, WorkerSpec
from station.journal.reader import JournalReader
from station.journal.replay import beginning, replay
from station.simulate.container_scene import View, container_picture
from tests.journeys.gate import DECLARATION, PARAMETERS, PLATE, Gate, entry

DECLARED = entry().container
OTHER = "TEMU1234565"
PAINTED_WRONG = "TEMU1234585"
CAMERAS: dict[str, View] = {"camera-left": "left", "camera-rear": "rear"}
LANE = replace(PARAMETERS, parts=Parts(container_cameras=tuple(CAMERAS)))


class ScriptedReader:
    """The plate is always right; of each container picture, by its hash, it says what `texts` has."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts
        self._orders: list[ReadPlate | ReadContainer] = []

    def open(self) -> Identity:
        return Identity("plate-reader", "scripted")

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, ReadPlate | ReadContainer):
            return Answer("refused")
        self._orders.append(order)
        return Answer("accepted")

    def poll(self, patience: Millis) -> list[Reading]:
        orders, self._orders = self._orders, []
        return [self._read(order) for order in orders]

    def _read(self, order: ReadPlate | ReadContainer) -> Reading:
        sure = Permille(990)
        if isinstance(order, ReadPlate):
            each = (sure,) * len(PLATE)
            return PlateRead(order.order_id, order.sha256, PLATE, PLATE, sure, each, "m" * 64, Millis(4))
        text = self._texts[order.sha256]
        each = (sure,) * len(text)
        return ContainerRead(order.order_id, order.sha256, text, text, sure, each, "22G1", sure, "m" * 64, Millis(90))

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class ContainerGate(Gate):
    """`shown` is what is painted on each side; `read` what the reader says of it, the same if it is not named."""

    shown: dict[str, str] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    dead: frozenset[str] = frozenset()
    boxes: ClassVar[dict[tuple[str, str], bytes]] = {}

    def __post_init__(self) -> None:
        texts: dict[str, str] = {}
        for camera, view in CAMERAS.items():
            number = self.shown[camera]
            if (number, camera) not in self.boxes:
                self.boxes[number, camera] = container_picture(number or None, "22G1", view, seed=7)
            box = self.boxes[number, camera]
            (self.folder / camera).mkdir(parents=True)
            (self.folder / camera / "now.jpg").write_bytes(box)
            texts[hashlib.sha256(box).hexdigest()] = self.read.get(camera, number)
        self.reader = lambda *_: ScriptedReader(texts)
        super().__post_init__()

    def start(self) -> None:
        super().start()
        for camera in CAMERAS.keys() - self.dead:
            self.host.start(WorkerSpec(camera, CATALOG_WORKER, "picture-folder", None, self.data.evidence))

    def _build(self, spec: WorkerSpec) -> Driver:
        if spec.device in CAMERAS:
            folder = PictureFolderSettings("picture-folder", str(self.folder / spec.device))
            return PictureFolderDriver(spec.device, folder, Tools(self.clock, self.data.evidence))
        return super()._build(spec)

    def ready(self) -> None:
        devices = 5 + len(CAMERAS) - len(self.dead)
        self.until(lambda: len(self.loop.state.devices) == devices and self.is_idle, 10, "all devices open")
        self.run(1_000)


def gate(folder: Path, left: str, rear: str, **more: object) -> ContainerGate:
    shown = {"camera-left": left, "camera-rear": rear}
    made = ContainerGate(folder, LANE, shown=shown, **more)  # type: ignore[arg-type]
    made.show_plate(container_picture(None, "22G1", "rear", seed=1))  # any picture: the plate is scripted
    made.ready()
    return made


def tell(made: Gate) -> tuple[str, str]:
    """One truck stands and shows its code; the verdict and its reason. The journal replays to the same records."""
    made.arrive(42_140, lambda truck: made.yard.passes(truck, DECLARATION))
    made.until(lambda: made.loop.state.crossing and made.loop.state.crossing.decision, 120, "the decision")
    made.run(5_000)
    (decided,) = (record for record in made.records() if isinstance(record, CrossingDecided))
    with JournalReader(made.data.root) as reader:
        assert replay(reader, step, *beginning(reader)).difference is None
    return decided.verdict, decided.reason


def identified(made: Gate) -> ContainerIdentified:
    (record,) = (record for record in made.records() if isinstance(record, ContainerIdentified))
    return record


def raisings(made: Gate) -> int:
    return [what for _, what in made.yard.motions].count("raise")


def test_the_right_number_in_two_views_passes(tmp_path: Path) -> None:
    with gate(tmp_path, DECLARED, DECLARED) as made:
        assert tell(made) == ("PASS", "")
        assert raisings(made) == 1
        record = identified(made)
        assert (record.container, record.verdict, record.views, record.size_type) == (DECLARED, "ACCEPTED", 2, "22G1")
        made.until(lambda: made.yard.is_empty and made.is_idle, 300, "the end")
        assert made.completed()[-1].container == DECLARED


@pytest.mark.parametrize(
    ("left", "rear", "read", "dead", "told"),
    [
        # painted right, read wrongly and for certain, with a check digit that fits
        (DECLARED, DECLARED, {"camera-left": OTHER, "camera-rear": OTHER}, (), ("HOLD", "CONTAINER_MISMATCH")),
        # the box of another truck
        ("CSQU3054383", "CSQU3054383", {}, (), ("HOLD", "CONTAINER_MISMATCH")),
        # painted with a wrong check digit, and not the declared one
        (PAINTED_WRONG, PAINTED_WRONG, {}, (), ("HOLD", "CONTAINER_MISMATCH")),
        # two views that disagree, one with the declaration
        (DECLARED, OTHER, {}, (), ("REFER_REMOTE", "CONTAINER_UNCERTAIN")),
        # nothing seen
        ("", "", {}, (), ("REFER_REMOTE", "CONTAINER_UNCERTAIN")),
        # one view sees another number, the other nothing
        (OTHER, "", {}, (), ("REFER_REMOTE", "CONTAINER_UNCERTAIN")),
        # no camera lives
        (DECLARED, DECLARED, {}, tuple(CAMERAS), ("REFER_REMOTE", "CONTAINER_UNCERTAIN")),
    ],
)
def test_without_an_act_the_boom_stays_down(
    tmp_path: Path, left: str, rear: str, read: dict[str, str], dead: tuple[str, ...], told: tuple[str, str]
) -> None:
    with gate(tmp_path, left, rear, read=read, dead=frozenset(dead)) as made:
        assert tell(made) == told
        made.run(60_000, Millis(500))
        assert raisings(made) == 0
        assert not any(isinstance(record, CrossingReleased) for record in made.records())
        assert made.loop.state.phase == "HELD"


def test_a_wrong_check_digit_that_is_painted_and_declared_so_passes_with_a_flag(tmp_path: Path) -> None:
    entries = [replace(entry(), container=PAINTED_WRONG)]
    with gate(tmp_path, PAINTED_WRONG, PAINTED_WRONG, entries=entries) as made:
        assert tell(made) == ("PASS_FLAG", "CONTAINER_CHECK_DIGIT")
        record = identified(made)
        assert (record.container, record.form) == (PAINTED_WRONG, "WRONG_CHECK_DIGIT")


def test_two_persons_may_let_a_truck_with_another_number_go(tmp_path: Path) -> None:
    with gate(tmp_path, OTHER, OTHER) as made:
        assert tell(made)[0] == "HOLD"
        made.act("release", "1187")
        assert raisings(made) == 0
        made.act("release", "2001")
        made.run(3_000)
        assert raisings(made) == 1
