"""Barriers and the I/O modules that carry them."""

from pathlib import Path

from drivers.barrier.adam60xx import Adam6060Settings
from tests.drivers.adam_bench import Bench
from tests.drivers.harnesses.base import Harness


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


HARNESSES: tuple[type[Harness], ...] = (AdamHarness,)
