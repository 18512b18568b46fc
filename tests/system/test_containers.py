"""A gate with two container cameras, from the drawn picture to the boom: real processes, the models that ship."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.simulate.container_scene import View, container_picture
from tests.leaks import LeftBehind
from tests.rig.premises import Ports
from tests.rig.rig import DEVICES, Mark
from tests.system.bad_gate import SLOW_S, Gate, StaffedPremises

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

DECLARED, OTHER = "TCLU4567897", "TEMU1234565"
VIEWS: dict[str, View] = {"box-left": "left", "box-rear": "rear"}
_PICTURES = 4

_SETTINGS = """
[lane.parts]
container_cameras = ["box-left", "box-rear"]
[device.box-left]
kind = "picture-folder"
folder = "{folder}/box-left"
period_ms = 150
[device.box-rear]
kind = "picture-folder"
folder = "{folder}/box-rear"
period_ms = 150
"""


class BoxPremises(StaffedPremises):
    """Two more cameras, which look at the sides of a container."""

    container = DECLARED

    def furnish(self, ports: Ports) -> None:
        for camera in VIEWS:
            (self.folder / camera).mkdir()
        self.show(DECLARED, DECLARED)
        super().furnish(ports)
        with self.settings_file.open("a", encoding="utf-8") as settings:
            settings.write(_SETTINGS.format(folder=self.folder))

    def show(self, *numbers: str | None) -> None:
        """What is painted on the left and on the rear of the next containers."""
        for (camera, view), number in zip(VIEWS.items(), numbers, strict=True):
            for moment in range(_PICTURES):
                fresh = self.folder / camera / f".{moment}"
                fresh.write_bytes(container_picture(number, "22G1", view, seed=3, moment=moment))
                fresh.replace(self.folder / camera / f"{moment}.jpg")


class BoxGate(Gate):
    """A gate that knows which containers it expects."""

    premises: BoxPremises

    def __init__(self, folder: Path, seed: int = 0) -> None:
        super().__init__(folder, seed)
        self.premises = BoxPremises(folder)
        self.devices = DEVICES | VIEWS.keys()

    def has_opened_since(self, mark: Mark) -> bool:
        """The boom left its lower end."""
        return any(e.what == "boom" and e.seen["phase"] == "rising" for e in self.entries()[mark.entries :])


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> None:
    """Here the gate lives as long as the module; it is looked at when it is closed."""


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxGate]:
    guard = LeftBehind()
    with BoxGate(tmp_path_factory.mktemp("containers") / "gate") as gate:
        assert isinstance(gate, BoxGate)
        gate.start()
        yield gate
    assert guard.leaks(grace_s=2.0) == []


def test_the_declared_container_passes_without_a_person(gate: BoxGate) -> None:
    gate.premises.show(DECLARED, DECLARED)
    mark = gate.mark()
    assert gate.pass_van().body["container"] == DECLARED
    (told,) = gate.rows(mark, "crossing.container")
    assert (told.body["verdict"], told.body["views"], told.body["size_type"]) == ("ACCEPTED", 2, "22G1")
    gate.assert_unharmed(mark)


@pytest.mark.parametrize(
    ("left", "rear", "reason"),
    [
        (OTHER, OTHER, "CONTAINER_MISMATCH"),  # its check digit is right, and it is another container
        (DECLARED, OTHER, "CONTAINER_UNCERTAIN"),
        (None, None, "CONTAINER_UNCERTAIN"),
    ],
)
def test_another_container_waits_for_a_person(gate: BoxGate, left: str | None, rear: str | None, reason: str) -> None:
    gate.premises.show(left, rear)
    mark = gate.mark()
    gate.send_van()
    gate.wait(lambda: gate.held_reason(mark), SLOW_S, "the van is held")
    assert gate.held_reason(mark) == reason
    assert not gate.has_opened_since(mark)
    gate.wave_back()
    gate.wait(gate.is_settled, SLOW_S, "the gate is closed again")
    assert not gate.rows(mark, "crossing.released")
    gate.assert_unharmed(mark)
