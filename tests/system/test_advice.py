"""Advice in real processes: a scan from the drop folder and the seal at the rear, recorded, delivered, and told."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from station.__main__ import run
from station.vision.xray_template import write_template
from tests.leaks import LeftBehind
from tests.proof.measures import xray_scans
from tests.rig.premises import Ports
from tests.rig.rig import DEVICES
from tests.system.bad_gate import SLOW_S, Gate, StaffedPremises
from tests.vision.drawn_locks import LOCK_AT, YELLOW, rear

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

_SETTINGS = """
[lane.parts]
xray = "xray"
seal_cameras = ["rear"]
[device.xray]
kind = "xray-folder"
folder = "{folder}/drop"
files = [".png"]
[device.rear]
kind = "picture-folder"
folder = "{folder}/rear"
period_ms = 150
"""


class AdvicePremises(StaffedPremises):
    """A cargo X-ray's drop folder with the site's template, and a camera that sees the door lock."""

    def furnish(self, ports: Ports) -> None:
        (self.folder / "drop").mkdir()
        (self.folder / "rear").mkdir()
        (self.folder / "rear" / "now.jpg").write_bytes(rear(YELLOW))
        write_template(self.folder / "empty-20.json", xray_scans.template())
        super().furnish(ports)
        text = self.settings_file.read_text(encoding="utf-8")
        text = text.replace("[vision]", f'[vision]\nxray_template = "{self.folder}/empty-20.json"')
        text = text.replace('clock = "assumed"', f'clock = "assumed"\nseal_regions = [{list(LOCK_AT)}]')
        self.settings_file.write_text(text + _SETTINGS.format(folder=self.folder), encoding="utf-8")

    def scan(self, called: str, data: bytes) -> None:
        """The scanner finishes a scan: it gets its name last."""
        (self.folder / "drop" / f"{called}.tmp").write_bytes(data)
        (self.folder / "drop" / f"{called}.tmp").rename(self.folder / "drop" / f"{called}.png")


class AdviceGate(Gate):
    """A gate with both advisers' eyes."""

    premises: AdvicePremises

    def __init__(self, folder: Path, seed: int = 0) -> None:
        super().__init__(folder, seed)
        self.premises = AdvicePremises(folder)
        self.devices = DEVICES | {"xray", "rear"}


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[AdviceGate]:
    guard = LeftBehind()
    with AdviceGate(tmp_path / "gate") as made:
        assert isinstance(made, AdviceGate)
        made.start()
        yield made
    assert guard.leaks(grace_s=2.0) == []


def test_a_scan_and_a_seal_become_records_and_the_van_goes_its_way(
    gate: AdviceGate, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = str(gate.premises.settings_file)
    assert run(["check", settings]) == 0
    pallet = xray_scans.shot(np.random.default_rng(3), xray_scans.LOADS["pallet 1.2 x 1.0 m of 500 kg"])
    mark = gate.mark()
    gate.send_van()
    gate.wait(lambda: gate.rows(mark, "crossing.opened"), SLOW_S, "the van is seen")
    gate.premises.scan("S1", pallet)
    closing = gate.await_departure(mark)
    crossing = closing.body["crossing"]
    (scan,) = gate.rows(mark, "scan.assessed")
    assert (scan.body["verdict"], scan.body["scan"], scan.body["crossing"]) == ("NOT_EMPTY", "S1", crossing)
    (seal,) = gate.rows(mark, "seal.assessed")
    assert (seal.body["verdict"], seal.body["views"]) == ("SEEN", 1)
    assert set(seal.body["pictures"]) <= set(closing.body["pictures"])
    gate.assert_unharmed(mark)
    capsys.readouterr()
    assert run(["explain", crossing, "--settings", settings]) == 0
    said = capsys.readouterr().out
    assert "NOT_EMPTY" in said and "SEEN" in said
