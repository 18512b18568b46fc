"""The serial ports of a machine: their lasting names, and who holds them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.links.pacing import PtyPort
from drivers.links.serial_ports import SerialPort, holders, may_move, serial_ports
from tests.drivers.test_serial_link import Echo

HOLD = "import sys,time; port = open(sys.argv[1], 'rb', buffering=0); print('open', flush=True); time.sleep(60)"
BY_ID = "usb-FTDI_FT232R_USB_UART_A9014-if00-port0"
BY_PATH = "pci-0000:00:14.0-usb-0:2:1.0-port0"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Two board ports of which one has no UART, a console, and two USB adapters of which one has udev's names."""
    ttys = tmp_path / "sys/class/tty"
    for name, kind in (("ttyS0", "4"), ("ttyS1", "0"), ("ttyUSB10", ""), ("ttyUSB2", "")):
        (ttys / name / "device").mkdir(parents=True)
        if kind:
            (ttys / name / "type").write_text(kind + "\n")
    (ttys / "tty1").mkdir()
    for folder, name in (("by-id", BY_ID), ("by-path", BY_PATH)):
        (tmp_path / "dev/serial" / folder).mkdir(parents=True)
        (tmp_path / "dev/serial" / folder / name).symlink_to("../../ttyUSB2")
    return tmp_path


def test_ports_are_listed_with_their_lasting_names(machine: Path) -> None:
    assert serial_ports(machine) == [
        SerialPort("/dev/ttyS0", "", ""),
        SerialPort("/dev/ttyUSB2", f"/dev/serial/by-id/{BY_ID}", f"/dev/serial/by-path/{BY_PATH}"),
        SerialPort("/dev/ttyUSB10", "", ""),
    ]


def test_the_name_that_stays_is_proposed(machine: Path) -> None:
    assert [port.proposed for port in serial_ports(machine)] == [
        "/dev/ttyS0",
        f"/dev/serial/by-path/{BY_PATH}",
        "/dev/ttyUSB10",
    ]
    assert SerialPort("/dev/ttyACM0", "/dev/serial/by-id/x", "").proposed == "/dev/serial/by-id/x"


@pytest.mark.parametrize(
    ("name", "moves"),
    [
        ("/dev/ttyUSB0", True),
        ("/dev/ttyACM12", True),
        ("/dev/ttyS0", False),
        (f"/dev/serial/by-id/{BY_ID}", False),
        ("/dev/pts/3", False),
    ],
)
def test_names_that_may_move_are_known(name: str, moves: bool) -> None:
    assert may_move(name) is moves


def test_a_machine_without_any_has_none(tmp_path: Path) -> None:
    assert serial_ports(tmp_path) == []


@pytest.fixture
def port(tmp_path: Path) -> Iterator[PtyPort]:
    made = PtyPort(tmp_path / "tty", Echo())
    yield made
    made.close()


def test_the_holder_of_a_port_is_named_with_its_forebears(port: PtyPort) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(port.name)], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == b"open\n"
            (holder,) = [found for found in holders(str(port.name)) if found.pid == process.pid]
            assert "time.sleep(60)" in holder.commands[0]
            ours = Path("/proc/self/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            assert holder.commands[1] == ours
        finally:
            process.kill()
    assert process.pid not in {found.pid for found in holders(str(port.name))}
    assert os.getpid() in {found.pid for found in holders(str(port.name))}  # a pty's own far end keeps it open
