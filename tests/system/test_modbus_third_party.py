"""Modbus against parties that are none of ours: mbpoll reads our far ends, and our driver works a libmodbus server."""

import os
import re
import subprocess
import sys
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from drivers.barrier.io_barrier import BarrierDriver
from drivers.barrier.modbus_io import ModbusIoSettings
from drivers.contract.clock import now
from drivers.contract.orders import LowerBoom, RaiseBoom, ShowLight, SoundSiren
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BoomMoved, ButtonEdge, LoopEdge, OutputsRead
from drivers.contract.tools import Tools
from drivers.links.pacing import PtyPort
from drivers.links.serial_link import SerialLink
from tests.drivers.adam_bench import accepted, opened, poll_for
from tests.drivers.harnesses.base import Served
from tests.drivers.io_bench import Adam6050Bench, WaveshareBench
from tests.support import needs

SERVER = Path(__file__).with_name("libmodbus_server.py")
PATIENCE = Millis(300)
INPUTS_AT, OUTPUTS_AT = 100, 200
DARK = OutputsRead(raise_pulse=False, lower_pulse=False, light="dark", siren=False)


def mbpoll(*arguments: str) -> list[int]:
    """What mbpoll reads, value by value; arguments as on its command line. Fails the test if it fails."""
    command = [str(needs("mbpoll")), "-0", "-1", "-q", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 0, done.stdout + done.stderr
    return [int(value) for value in re.findall(r"^\[\d+\]:\s+(\d+)", done.stdout, re.MULTILINE)]


# ---------------------------------------------------------------------- mbpoll against our far ends


def test_mbpoll_reads_and_switches_a_module_on_tcp(tmp_path: Path) -> None:
    with Adam6050Bench(tmp_path) as bench:
        there = ("-m", "tcp", "-p", str(bench.port.port), "-a", "1", "127.0.0.1")
        bench.gate["exit_loop"] = True
        # exit loop, boom down and four beams and buttons: a beam's contact is closed while nobody stands in it
        wired = [bench.gate.get(name, False) != name.endswith("_beam") for name in bench.wired]
        wired[bench.wired.index("boom_down")] = True
        assert mbpoll("-t", "0", "-r", "0", "-c", "12", *there) == [int(on) for on in wired]
        assert mbpoll("-t", "1", "-r", "0", "-c", "12", *there) == [int(on) for on in wired]
        mbpoll("-t", "0", "-r", "18", *there, "1")
        assert bench.model.outputs == (False, False, True, False, False, False)
        assert mbpoll("-t", "0", "-r", "16", "-c", "6", *there) == [0, 0, 1, 0, 0, 0]
        mbpoll("-t", "4", "-r", "36", *there, "5000", "0")  # the high width of output 0, low word first
        assert bench.model.high_widths[0] == 5000
        assert mbpoll("-t", "4", "-r", "36", "-c", "2", *there) == [5000, 0]


def test_mbpoll_reads_and_switches_a_module_on_a_serial_line(tmp_path: Path) -> None:
    with WaveshareBench(tmp_path) as bench:
        line = ("-m", "rtu", "-b", "9600", "-P", "none", "-a", "1", str(bench.port.name))
        mbpoll("-t", "4", "-r", "4096", *line, *["0"] * 8)
        assert bench.model.modes == [0] * 8
        bench.gate["help_button"] = True
        inputs = [int(name in ("boom_down", "boom_beam", "help_button")) for name in bench.wired]
        assert mbpoll("-t", "1", "-r", "0", "-c", "8", *line) == inputs
        mbpoll("-t", "0", "-r", "2", *line, "1", "0")
        assert bench.model.outputs[2:4] == (True, False)
        assert mbpoll("-t", "0", "-r", "0", "-c", "8", *line)[2:4] == [1, 0]


# ---------------------------------------------------------------------- our driver against libmodbus


@contextmanager
def libmodbus(*arguments: str) -> Iterator[int]:
    """A libmodbus server in a process of its own; its port."""
    needs("libmodbus")
    process = subprocess.Popen([sys.executable, str(SERVER), *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        assert ready[:1] == ["ready"], f"libmodbus did not start: {ready}"
        yield int(ready[1])
    finally:
        process.kill()
        process.communicate()


def soon() -> Tick:
    return Tick(now() + 2000)


def test_our_driver_works_a_libmodbus_server_on_tcp() -> None:
    """mbpoll plays the gate: it sets the coils that the driver takes for its inputs, and reads its outputs."""
    with libmodbus("tcp") as port:
        there = ("-m", "tcp", "-p", str(port), "-a", "1", "127.0.0.1")
        settings = ModbusIoSettings(
            "modbus-io",
            "127.0.0.1",
            port,
            inputs_are="coils",
            inputs_at=INPUTS_AT,
            outputs_at=OUTPUTS_AT,
            help_button=5,
        )
        driver = BarrierDriver("gate", settings, Tools(now, Path("/nonexistent")))

        def sensor(number: int, on: int) -> None:
            mbpoll("-t", "0", "-r", str(INPUTS_AT + number), *there, str(on))

        def outputs() -> list[int]:
            return mbpoll("-t", "0", "-r", str(OUTPUTS_AT), "-c", "5", *there)

        sensor(settings.boom_down, 1)
        assert not opened(driver).motion_bounded  # plain coils: nobody but us ends a pulse
        poll_for(driver, BoomMoved("down"), 10)
        sensor(5, 1)
        poll_for(driver, ButtonEdge("help", pressed=True), 10)
        accepted(driver, ShowLight("o1", soon(), "green"))
        accepted(driver, SoundSiren("o2", soon(), on=True))
        assert outputs() == [0, 0, 0, 1, 1]
        accepted(driver, RaiseBoom("o3", soon()))
        poll_for(driver, OutputsRead(raise_pulse=False, lower_pulse=False, light="green", siren=True), 10)
        assert outputs() == [0, 0, 0, 1, 1]
        sensor(settings.under_boom_loop, 1)
        poll_for(driver, LoopEdge("under-boom-loop", occupied=True), 10)
        assert driver.obey(LowerBoom("o4", soon()), PATIENCE).code == "refused"
        driver.close()


class _OtherEnd:
    """A peer that is only a wire: what is fed to it comes out of a second pseudo-terminal, and the other way round."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        for end in (self._master, self._slave):
            tty.setraw(end)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)

    def feed(self, data: bytes) -> bytes:
        os.write(self._master, data)
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        with suppress(BlockingIOError):
            return os.read(self._master, 4096)
        return b""

    def close(self) -> None:
        os.close(self._slave)
        os.close(self._master)


def test_our_driver_works_a_libmodbus_server_on_a_serial_line(tmp_path: Path) -> None:
    """Frames of our RTU framing, cut by libmodbus's own silence rule, at 9600 8N1."""
    end = _OtherEnd()
    port = PtyPort(tmp_path / "bus", end)
    served = Served(port.service)
    try:
        with libmodbus("rtu", end.path):
            settings = ModbusIoSettings("modbus-io", bus="yard", slowest_answer=Millis(140))
            wire = SerialLink(str(port.name))
            driver = BarrierDriver("gate", settings, Tools(now, Path("/nonexistent"), link=wire))
            opened(driver)
            poll_for(driver, BoomMoved("moving"), 10)  # a server without a gate: every input is off
            accepted(driver, ShowLight("o1", soon(), "red"))
            accepted(driver, RaiseBoom("o2", soon()))
            seen = poll_for(driver, OutputsRead(raise_pulse=False, lower_pulse=False, light="red", siren=False), 10)
            assert OutputsRead(raise_pulse=True, lower_pulse=False, light="red", siren=False) in seen
            driver.close()
    finally:
        served.close()
        port.close()
        end.close()
