"""`[vision] xray_template`: it reaches the core and the worker, and makes sense only where scans come from."""

from pathlib import Path

from station.settings.load import load
from tests.settings.test_load import GOOD, only_fault
from tests.settings.test_vision import worker_settings, written

XRAY = """[device.xray]
kind = "xray-folder"
folder = "/var/lib/border-gate/xray"
"""
NAMED = GOOD.replace("[vision]", '[vision]\nxray_template = "empty-20.json"')
PARTS = '[lane.parts]\nxray = "xray"\n'


def test_a_template_has_the_lane_assess_scans(tmp_path: Path) -> None:
    path = written(NAMED.replace("[device.barrier]", f"{PARTS}[device.barrier]") + XRAY, tmp_path)
    settings = load(path)
    assert settings.parameters.assess_scans
    assert settings.vision is not None and settings.vision.xray_template == tmp_path / "empty-20.json"
    eyes = worker_settings(path, tmp_path)
    assert getattr(eyes, "xray_template", "") == str(tmp_path / "empty-20.json")


def test_without_one_it_does_not(tmp_path: Path) -> None:
    path = written(GOOD, tmp_path)
    assert not load(path).parameters.assess_scans
    assert getattr(worker_settings(path, tmp_path), "xray_template", "?") == ""


def test_a_template_without_a_scanner_is_refused_at_its_key(tmp_path: Path) -> None:
    fault = only_fault(NAMED, tmp_path)
    assert (fault.where, fault.message_code) == ("vision.xray_template", "no-xray")
    assert fault.message_vi != fault.message_en
