"""Barriers and the I/O modules that carry them."""

from pathlib import Path
from typing import ClassVar

from drivers.barrier.adam60xx import Adam6060Settings
from drivers.contract.driver import Driver
from tests.drivers.adam_bench import Bench
from tests.drivers.harnesses.base import Harness
from tests.drivers.io_bench import Adam6050Bench, IoBench, TimedIoBench, WagoBench, WaveshareBench


class AdamHarness(Harness):
    """A boom with its loops and lights."""

    kind = "adam-6060"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bench = Bench()
        self.bench.__enter__()
        self.settings: Adam6060Settings = self.bench.settings()

    def acts(self) -> int:
        with self.bench.lock:
            return self.bench.peer.writes

    def unplug(self) -> None:
        with self.bench.lock:
            self.bench.faults.hang_up = True
            self.bench.faults.silent = True
            self.bench.port.drop_connections()

    def plug_in(self) -> None:
        with self.bench.lock:
            self.bench.faults.hang_up = False
            self.bench.faults.silent = False

    def spoil(self) -> None:
        with self.bench.lock:
            self.bench.faults.answer_function = 0x2B

    def close(self) -> None:
        self.bench.__exit__(None, None, None)


class IoHarness(Harness):
    """A gate on another I/O module."""

    bench_class: ClassVar[type[IoBench]]

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bench = self.bench_class(folder)
        self.bench.__enter__()
        self.settings = self.bench.settings()

    def driver(self) -> Driver:
        return self.bench.driver()

    def acts(self) -> int:
        with self.bench.lock:
            return self.bench.peer.writes

    def unplug(self) -> None:
        self.bench.plug_out()

    def plug_in(self) -> None:
        self.bench.plug_in()

    def spoil(self) -> None:
        with self.bench.lock:
            self.bench.peer.faults.answer_function = 0x2B

    def close(self) -> None:
        self.bench.__exit__(None, None, None)


class Adam6050Harness(IoHarness):
    kind = "adam-6050"
    bench_class = Adam6050Bench


class WaveshareHarness(IoHarness):
    kind = "waveshare-relay-8ch"
    bench_class = WaveshareBench


class ModbusIoHarness(IoHarness):
    kind = "modbus-io"
    bench_class = TimedIoBench


class WagoHarness(IoHarness):
    kind = "wago-750"
    bench_class = WagoBench


HARNESSES: tuple[type[Harness], ...] = (AdamHarness, Adam6050Harness, WaveshareHarness, ModbusIoHarness, WagoHarness)
