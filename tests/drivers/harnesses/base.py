"""A driver's far end on a real wire, served by a thread of the test.

A harness can pull the plug, put it back and spoil what the device says; `acts()` counts what orders did there.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from drivers import catalog
from drivers.contract.clips import RingSettings
from drivers.contract.clock import now
from drivers.contract.driver import Driver, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.links.pacing import PtyPort
from drivers.links.peer import Peer

_OPENS_WITHIN = 10_000


class Served:
    """Runs `service(now)` in a thread until closed; take `lock` before touching what it serves."""

    def __init__(self, service: Callable[[Tick], None]) -> None:
        self.lock = threading.Lock()
        self._service = service
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="far end")
        self._thread.start()

    def close(self) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(0.003):
            with self.lock:
                self._service(now())


class Harness(ABC):
    """A device of `kind` in a folder of its own. Use as a context."""

    kind: ClassVar[str]
    settings: object

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.evidence = folder / "evidence"
        self.evidence.mkdir()

    def driver(self) -> Driver:
        ring = RingSettings(str(self.folder / "ring"), Millis(1_000), Millis(5_000), 4 << 20)
        return catalog.find(self.kind).build("device", self.settings, Tools(now, self.evidence, ring=ring))

    def opened(self) -> Driver:
        """A driver that is open."""
        made = self.driver()
        open_patiently(made)
        return made

    def acts(self) -> int:
        """How much the far end was made to do: bytes heard, writes, pictures kept."""
        return sum(path.is_file() for path in self.evidence.rglob("*"))

    @abstractmethod
    def unplug(self) -> None: ...

    @abstractmethod
    def plug_in(self) -> None: ...

    @abstractmethod
    def spoil(self) -> None:
        """From now on the device says things that make no sense."""

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_patiently(driver: Driver) -> Identity:
    """Open `driver`, and again after silence, as its host does: a busy machine answers late."""
    end = now() + _OPENS_WITHIN
    while True:
        try:
            return driver.open()
        except DeviceFault as error:
            if error.fault.code != "silent" or now() >= end:
                raise


class SerialHarness(Harness):
    """A device that talks over a pseudo-terminal; `heard` is all that was ever sent to it."""

    def __init__(self, folder: Path, peer: Peer, heard: bytearray) -> None:
        super().__init__(folder)
        self.port = PtyPort(folder / "tty", peer)
        self._heard = heard
        self._served = Served(self._service)

    def acts(self) -> int:
        return len(self._heard)

    def unplug(self) -> None:
        with self._served.lock:
            self.port.unplug()

    def plug_in(self) -> None:
        with self._served.lock:
            self.port.replug()

    def close(self) -> None:
        self._served.close()
        self.port.close()

    def _service(self, tick: Tick) -> None:
        self.port.service(tick)
