"""A simulated ADAM-6060 on a real loopback port, served by a thread of the test."""

import select
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.barrier.adam60xx import Adam6060Settings
from drivers.barrier.adam60xx_model import Adam6060Model
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel
from drivers.barrier.io_barrier import BarrierDriver
from drivers.barrier.io_module_model import OutputName
from drivers.contract.clock import now
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.contract.tools import Tools
from drivers.links.modbus_link import ModbusLink
from drivers.links.modbus_port_peer import ModbusPortPeer
from drivers.links.tcp_link import TcpLink
from tests.support import wait_until


class Bench:
    """The module, its boom and its wire. `frames` and `changes` are the physical log; `both_lamps` must stay False."""

    def __init__(self, watchdog: Millis | None = Millis(5000), normally_closed: Sequence[int] = ()) -> None:
        self.is_beam_broken = False
        self.loops = {"entry": False, "under": False, "exit": False}
        self.frames: list[tuple[Tick, str]] = []
        self.changes: list[tuple[Tick, OutputName, bool, Millis]] = []
        self.both_lamps = False
        self.boom = BoomModel(Millis(700))  # quicker than a real one, still longer than the pulse
        self.model = Adam6060Model(
            self.boom,
            entry_loop=lambda: self.loops["entry"],
            under_boom_loop=lambda: self.loops["under"],
            exit_loop=lambda: self.loops["exit"],
            boom_beam=lambda: self.is_beam_broken,
            on_output=self._changed,
            watchdog=watchdog,
            normally_closed=normally_closed,
        )
        self.peer = Adam60xxPeer(self.model, on_frame=lambda tick, text: self.frames.append((tick, text)))
        self.faults = self.peer.faults
        self.lock = threading.Lock()
        self.port = ModbusPortPeer(self.peer)
        self._turns = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="bench")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()
        self.port.close()

    def link(self, worst_answer: int = 100) -> ModbusLink:
        wire = TcpLink("127.0.0.1", self.port.port, deadline=Millis(worst_answer))
        return ModbusLink(wire, 1, Millis(worst_answer), now)

    def settings(self, *, pulse: int = 500, normally_closed: tuple[int, ...] = ()) -> Adam6060Settings:
        return Adam6060Settings(
            "adam-6060", "127.0.0.1", self.port.port, pulse=Millis(pulse), boom_beam=5, normally_closed=normally_closed
        )

    def driver(self, *, pulse: int = 500, normally_closed: tuple[int, ...] = ()) -> BarrierDriver:
        settings = self.settings(pulse=pulse, normally_closed=normally_closed)
        return BarrierDriver("boom", settings, Tools(now, Path("/nonexistent")))

    def wait_turn(self) -> None:
        """Return when the serving thread has come round since: what was closed is closed on the wire, too."""
        turn = self._turns
        wait_until(lambda: self._turns > turn + 1, 5, "the bench's thread")

    def held(self, name: OutputName) -> list[Millis]:
        """How long `name` was on, each time it went off."""
        return [held for _, output, on, held in self.changes if output == name and not on]

    def motion_frames(self) -> list[str]:
        """The frames so far that wrote a motion output, without those that only drop both."""
        return [text for _, text in self.frames if text != "FC15 raise=0 lower=0"]

    def _changed(self, tick: Tick, name: OutputName, on: bool, held: Millis) -> None:
        self.changes.append((tick, name, on, held))
        self.both_lamps |= self.model.outputs[2] and self.model.outputs[3]

    def _serve(self) -> None:
        while not self._end.is_set():
            with self.lock:
                waiting = self.port.sockets()
            select.select(waiting, [], [], 0.002)
            with self.lock:
                self.port.service(now())
            self._turns += 1


def opened(driver: BarrierDriver, deadline_s: float = 10.0) -> Identity:
    """Open `driver`, and again after silence, as its host does: this machine may be too busy to answer in 100 ms."""
    end = now() + int(deadline_s * 1000)
    while True:
        try:
            return driver.open()
        except DeviceFault as error:
            if error.fault.code != "silent" or now() >= end:
                raise


def accepted(driver: BarrierDriver, order: Order) -> None:
    """Order it, and again while the machine is too busy to answer in time: every order is idempotent."""
    answers = [driver.obey(order, Millis(300))]
    while answers[-1].code == "unknown" and now() < order.not_after:
        answers.append(driver.obey(order, Millis(300)))
    assert answers[-1] == Answer("accepted")


def poll_for(driver: BarrierDriver, wanted: Reading, deadline_s: float = 3.0) -> list[Reading]:
    """Poll until `wanted` comes; everything that came, `wanted` last. Fails the test at the deadline."""
    seen: list[Reading] = []
    end = now() + int(deadline_s * 1000)
    while now() < end:
        for reading in driver.poll(Millis(50)):
            seen.append(reading)
            if reading == wanted:
                return seen
    raise AssertionError(f"{wanted} did not come within {deadline_s} s; came: {seen}")


def poll_news(driver: BarrierDriver) -> Sequence[Reading]:
    """The readings of the next poll that is due."""
    end = now() + 1000
    while now() < end:
        if readings := driver.poll(Millis(50)):
            return readings
    raise AssertionError("no readings within 1 s")
