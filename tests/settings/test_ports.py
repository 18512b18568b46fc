"""Serial ports in a settings file: a name that may move is told, one wire is nobody's twice."""

from pathlib import Path

import pytest

from station.settings.load import cautions, load
from tests.settings.test_load import GOOD, faults_of

SCALE = """
[device.second-scale]
kind = "toledo-continuous"
port = "{port}"
{more}
"""


def moving(text: str, folder: Path) -> list[str]:
    """Where the file names a port that may move."""
    path = folder / "lane.toml"
    path.write_text(text)
    load(path)
    return [caution.where for caution in cautions(path) if caution.message_code == "port-may-move"]


@pytest.mark.parametrize(
    ("port", "told"),
    [
        ("/dev/ttyUSB0", ["device.second-scale.port"]),
        ("/dev/ttyACM3", ["device.second-scale.port"]),
        ("/dev/ttyS4", []),
        ("/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0", []),
    ],
)
def test_a_name_that_may_move_is_told_and_not_refused(tmp_path: Path, port: str, told: list[str]) -> None:
    assert moving(GOOD + SCALE.format(port=port, more=""), tmp_path) == told
    for caution in cautions(tmp_path / "lane.toml"):
        if caution.message_code == "port-may-move":
            assert "/dev/serial" in caution.message_vi and "station devices scan" in caution.message_en


def test_the_second_port_and_the_port_of_a_bus_are_looked_at_too(tmp_path: Path) -> None:
    bus = '[bus.yard]\nkind = "modbus-rtu"\nport = "/dev/ttyUSB1"\n'
    scale = SCALE.format(port="/dev/ttyS4", more='pass_to_port = "/dev/ttyUSB2"')
    assert moving(GOOD + bus + scale, tmp_path) == ["bus.yard.port", "device.second-scale.pass_to_port"]


@pytest.mark.parametrize("more", ['pass_to_port = "/dev/ttyS5"', 'pass_to_tcp = "127.0.0.1:4001"'])
def test_nobody_takes_the_wire_of_another(tmp_path: Path, more: str) -> None:
    third = '[device.third]\nkind = "toledo-continuous"\nport = "/dev/ttyS5"\npass_to_tcp = "127.0.0.1:4001"\n'
    [fault] = faults_of(GOOD + third + SCALE.format(port="/dev/ttyS4", more=more), tmp_path)
    assert (fault.where, fault.message_code) == (f"device.second-scale.{more.split(maxsplit=1)[0]}", "wire-twice")
    assert "device.third" in fault.message_en


def test_a_second_party_is_checked_by_its_form(tmp_path: Path) -> None:
    [fault] = faults_of(GOOD + SCALE.format(port="/dev/ttyS4", more='pass_to_tcp = "4001"'), tmp_path)
    assert (fault.where, fault.message_code) == ("device.second-scale.pass_to_tcp", "refused")
    assert "ADDRESS:PORT" in fault.message_en
