"""The unit, judged by systemd's own tools. systemd itself need not run."""

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import needs

_UNIT = Path(__file__).parents[2] / "systemd" / "station-lane@.service"
_INSTALLED = "/opt/border-gate/venv/bin/station"


@pytest.fixture
def unit_here(tmp_path: Path) -> Path:
    """The unit as an instance, calling the `station` of this environment in the place of the installed one."""
    station = Path(sys.executable).parent / "station"
    unit = tmp_path / "station-lane@lane-1.service"
    unit.write_text(_UNIT.read_text().replace(_INSTALLED, str(station)).replace("Documentation=", "#"))
    return unit


def _analyze(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [needs("systemd-analyze"), *arguments], capture_output=True, text=True, check=False, timeout=50
    )


def test_systemd_accepts_the_unit_without_a_word(unit_here: Path) -> None:
    judged = _analyze("verify", "--man=no", "--recursive-errors=no", unit_here)
    assert judged.returncode == 0, judged.stderr
    assert unit_here.name not in judged.stderr, "a warning, for instance of a key in the wrong section"


def test_systemd_names_a_key_in_the_wrong_section(unit_here: Path) -> None:
    unit_here.write_text(unit_here.read_text().replace("[Service]", "[Service]\nStartLimitIntervalSec=0"))
    assert "StartLimitIntervalSec" in _analyze("verify", "--man=no", "--recursive-errors=no", unit_here).stderr


def test_the_sandbox_does_not_erode(unit_here: Path) -> None:
    judged = _analyze("security", "--offline=true", "--threshold=25", "--no-pager", unit_here)
    assert judged.returncode == 0, judged.stdout


def test_the_unit_promises_what_the_lane_relies_on() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(_UNIT)
    service = unit["Service"]
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert (service["Type"], service["WatchdogSec"], service["Restart"]) == ("notify", "30", "always")
    assert service["ExecStopPost"].startswith(f"{_INSTALLED} drop-outputs --settings ")
    assert "ExecStartPre" not in service
