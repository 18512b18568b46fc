"""The flight recorder in the workers: it keeps a scale's bytes, and no byte that may be a person's, in any file."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.plain import to_plain
from drivers.contract.quantities import Millis
from drivers.contract.readings import BoomMoved, CodeScanned, DeckSample, IdentityRead
from drivers.links.bus_settings import SerialBusSettings
from drivers.links.flight_recorder import read_recording
from drivers.links.serial_link import SerialLink
from drivers.weighbridge.toledo_driver import ToledoSettings
from station.hosting.host import CATALOG_WORKER, BusSpec, HostEvent, WorkerLost, WorkerRead, WorkerSpec
from station.hosting.process_host import ProcessHost
from tests.commands.premises import ROOT, station
from tests.drivers.harnesses.base import Harness
from tests.drivers.harnesses.scanner import CccdReaderHarness, LineScannerHarness
from tests.drivers.harnesses.weighbridge import ToledoHarness
from tests.drivers.io_bench import WaveshareBench
from tests.support import needs, wait_until

SIZE = 1_000_000
PERSON = ("NGUYỄN VĂN MẪU", "00109012", "01011990", "15042021")


class CardAtTheLineScanner(LineScannerHarness):
    """A driver shows his card to the reader that is meant for the declaration."""

    def code(self) -> str:
        return f"00109012{self._read % 10000:04d}||NGUYỄN VĂN MẪU|01011990|Nam|Hà Nội|15042021"


@pytest.fixture
def host() -> Iterator[ProcessHost]:
    made = ProcessHost()
    yield made
    made.close()


def start(host: ProcessHost, harness: Harness, data: Path) -> None:
    spec = WorkerSpec("device", CATALOG_WORKER, harness.kind, harness.settings, harness.evidence)
    host.start(
        WorkerSpec(spec.device, spec.module, spec.kind, spec.settings, spec.evidence, 0, data / "flight/device", SIZE)
    )


def await_event(host: ProcessHost, wanted: Callable[[HostEvent], bool], seconds: float = 10) -> HostEvent:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        host.turn(now())
        for event in host.receive(Millis(20)):
            if wanted(event):
                return event
    raise AssertionError(f"not within {seconds} s")


def reads(kind: type) -> Callable[[HostEvent], bool]:
    return lambda event: isinstance(event, WorkerRead) and isinstance(event.reading, kind)


def test_a_scales_bytes_are_kept_over_a_kill(host: ProcessHost, tmp_path: Path) -> None:
    with ToledoHarness(tmp_path) as harness:
        harness.settings = replace(harness.settings, silence=Millis(5_000))  # nothing is unplugged here
        start(host, harness, tmp_path)
        await_event(host, reads(DeckSample))
        kept = len(list(read_recording(tmp_path / "flight/device")))
        os.kill(host.pids()["device"], signal.SIGKILL)
        await_event(host, lambda event: isinstance(event, WorkerLost))
        await_event(host, reads(DeckSample))
        entries = list(read_recording(tmp_path / "flight/device"))
        assert [entry.mark for entry in entries].count("=") == 2
        assert len(entries) > kept > 2
        assert {entry.mark for entry in entries} == {"#", "=", "<"}
        assert b'"port"' in entries[0].data


def test_each_unit_of_a_bus_is_recorded_by_itself_and_plays_again(host: ProcessHost, tmp_path: Path) -> None:
    recording = tmp_path / "flight/gate"
    with WaveshareBench(tmp_path) as bench:
        unit = WorkerSpec("gate", "", bench.kind, bench.settings(), tmp_path, 0, recording, SIZE)
        host.start(BusSpec("yard", SerialBusSettings("modbus-rtu", str(bench.port.name)), (unit,)))
        moved = await_event(host, reads(BoomMoved), 20)
        host.close()
    entries = list(read_recording(recording))
    assert {"#", "=", "<", ">"} <= {entry.mark for entry in entries}
    told = station("devices", "play", str(recording), "--json")
    assert told.stderr == ""
    played = [json.loads(line).get("reading") for line in told.stdout.splitlines()]
    assert isinstance(moved, WorkerRead) and to_plain(moved.reading) in played


@pytest.mark.parametrize(
    ("harness_class", "reading"), [(CccdReaderHarness, IdentityRead), (CardAtTheLineScanner, CodeScanned)]
)
def test_no_byte_of_a_card_is_in_any_file(
    host: ProcessHost, tmp_path: Path, harness_class: type[Harness], reading: type
) -> None:
    with harness_class(tmp_path) as harness:
        start(host, harness, tmp_path)
        for _ in range(3):
            await_event(host, reads(reading))
        host.close()
        files = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
        for text in PERSON:
            for form in (text.encode(), text.encode().hex().encode()):
                assert [path for path in files if form in path.read_bytes()] == []
    assert not (tmp_path / "flight").exists()


LISTEN = """
import sys
from pathlib import Path
from drivers import catalog
from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import TakeWeight
from drivers.contract.quantities import Grams, Millis, Tick
from drivers.contract.tools import Tools
spec = catalog.find("toledo-continuous")
driver = spec.build("scale", spec.settings("toledo-continuous", sys.argv[1]), Tools(now, Path()))
driver.open()
print("open", flush=True)
try:
    while True:
        for reading in driver.poll(Millis(50)):
            print(type(reading).__name__, flush=True)
        driver.obey(TakeWeight(str(now()), Tick(now() + 1000), Millis(200), Grams(20_000), Millis(400)), Millis(300))
except DeviceFault as error:
    driver.close()
    print(error.fault.code, flush=True)
"""


def test_a_listening_driver_makes_no_write_on_its_port(tmp_path: Path) -> None:
    """The system's own word: of all its calls none writes to the tty, sends a break or types into it."""
    strace = needs("strace")
    log, said = tmp_path / "strace.log", tmp_path / "said"
    calls = "trace=read,write,writev,pwrite64,ioctl"
    with ToledoHarness(tmp_path) as harness, said.open("wb") as out:
        command = [
            str(strace),
            "-f",
            "-y",
            "-e",
            calls,
            "-o",
            str(log),
            sys.executable,
            "-c",
            LISTEN,
            str(harness.port.name),
        ]
        with subprocess.Popen(command, stdout=out, cwd=ROOT) as traced:
            try:
                wait_until(lambda: b"DeckSample" in said.read_bytes(), 30, "a reading")
                harness.unplug()
                assert traced.wait(20) == 0
            finally:
                traced.kill()
    assert said.read_bytes().splitlines()[-1] == b"port-missing"
    on_port = [call for call in log.read_text().splitlines() if "</dev/pts/" in call]
    assert any("read(" in call for call in on_port)
    assert [call for call in on_port if "write" in call or "TCSBRK" in call or "TIOCSTI" in call] == []


def test_a_scale_that_comes_back_elsewhere_under_its_lasting_name_serves_again_within_10_s(
    host: ProcessHost, tmp_path: Path
) -> None:
    """Out of one socket, into another: udev's link stays and points elsewhere."""
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    by_id = tmp_path / "by-id"
    with ToledoHarness(tmp_path / "first") as first, ToledoHarness(tmp_path / "second") as second:
        by_id.symlink_to(first.port.name)
        first.settings = ToledoSettings("toledo-continuous", str(by_id), silence=Millis(500))
        start(host, first, tmp_path)
        await_event(host, reads(DeckSample))
        first.unplug()
        await_event(host, lambda event: isinstance(event, WorkerLost))
        by_id.unlink()
        by_id.symlink_to(second.port.name)
        began = time.monotonic()
        await_event(host, reads(DeckSample), 10)
        print(f"serves again after {time.monotonic() - began:.2f} s")
        first.plug_in()
        free = SerialLink(str(first.port.name))  # the first socket is nobody's now
        free.open()
        free.close()
