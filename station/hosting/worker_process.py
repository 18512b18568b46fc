"""One worker process and its successors: started, listened to, judged, ended. The lane's side of it.

A lost worker's wire is closed at once: nothing it says later can be heard, and the end of file tells it to leave.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from typing import Final

from drivers import catalog
from drivers.contract import plain
from drivers.contract.driver import Identity
from drivers.contract.faults import Fault, FaultCode
from drivers.contract.orders import Order, RaiseBoom
from drivers.contract.quantities import Millis, Tick
from station.hosting import restarts, wire
from station.hosting.host import BusSpec, HostEvent, WorkerAnswered, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.restarts import Life

_MOST_PACKETS = 64  # taken from one worker in one go: a chatterbox must not keep the others waiting
_LAST_WORDS = 8  # times as much; more than a socket's buffer holds
_LOOK_AGAIN = "the worker is started again by itself; if this repeats, see the station's log"
_PERIODS: Final = ("poll_period", "ask_every")
_USUAL_PERIOD: Final = Millis(100)
"""Between two polls of a bus device whose settings name none of these."""


class WorkerProcess:
    """The present process of `spec`, if any, and its life so far. What it says joins `events`."""

    def __init__(self, spec: WorkerSpec | BusSpec, events: list[HostEvent]) -> None:
        self.wire: wire.Wire | None = None
        self._spec = spec
        self._events = events
        self._devices = {unit.device: _Device(unit.device, events) for unit in _units(spec)}
        self._process: subprocess.Popen[bytes] | None = None
        self._life = Life()
        self._silence = _silence(unit.kind for unit in _units(spec))
        self._ended_with: FaultCode | None = None

    @property
    def devices(self) -> Iterable[str]:
        """The devices that it serves."""
        return self._devices

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def send(self, device: str, order: Order, tick: Tick) -> bool:
        """Hand over an order; a worker that takes none is lost."""
        if self.wire is None or not self._devices[device].is_open:
            return False
        try:
            if self.wire.send(wire.Obey(order, self._named(device))):
                return True
        except wire.WireClosed:
            self._lose(tick, "silent", self._ending())
            return False
        self._lose(tick, "silent", "the worker takes no orders")
        self.terminate()
        return False

    def listen(self, tick: Tick) -> None:
        """Take what the worker said."""
        for _ in range(_MOST_PACKETS):
            if self.wire is None:
                return
            try:
                message: wire.ToLane | None = self.wire.receive(wire.ToLane)
            except wire.WireClosed:
                self._lose(tick, "silent", self._ending())
                return
            except plain.NotPlain as error:
                self._talks_nonsense(tick, str(error))
                return
            if message is None:
                return
            self._life = restarts.signed(self._life, tick)
            self._hear(message, tick)

    def turn(self, tick: Tick) -> None:
        """Reap, then do what the judgement says."""
        if self._process is not None and self._process.poll() is not None:
            for _ in range(_LAST_WORDS):
                self.listen(tick)
            self._lose(tick, "silent", self._ending())
            self._process = None
            self._life = restarts.died(self._life, tick, self._ended_with)
        judgement = restarts.judge(self._life, tick, self._silence)
        if judgement == "WARN":  # the lane itself may have been away: what waits on the wire counts
            self.listen(tick)
            judgement = restarts.judge(self._life, tick, self._silence)
        match judgement:
            case "WARN":
                self._lose(tick, "silent", f"no sign of life for {tick - self._life.sign} ms")
                self.terminate()
            case "KILL":
                self._signal(signal.SIGKILL)
            case "START":
                self._start(tick)
            case "KEEP" | "REST":
                pass

    def stop(self) -> None:
        """Ask for an orderly end; a full wire says the same by being closed."""
        if self.wire is not None:
            with contextlib.suppress(wire.WireClosed):  # it is going already
                self.wire.send(wire.Stop())
            self.wire.close()
            self.wire = None

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def wait_ended(self, patience: Millis) -> None:
        """Wait for the process to end; it stays ours to reap if it does not."""
        if self._process is not None:
            try:
                self._process.wait(patience / 1000)
            except subprocess.TimeoutExpired:
                return
            self._process = None

    # ------------------------------------------------------------------ starting

    def _start(self, tick: Tick) -> None:
        self._life = restarts.started(self._life, tick)
        self._ended_with = None
        try:
            self._spawn()
        except OSError as error:  # no memory, no process, no descriptor left: as a death, to be tried again
            self._tell_all("silent", f"no worker could be started: {error}")
            self._life = restarts.died(self._life, tick)

    def _spawn(self) -> None:
        ours, theirs = wire.pair()
        try:
            with theirs:
                command = [sys.executable, "-m", self._spec.module, str(theirs.fileno())]
                self._process = subprocess.Popen(
                    command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
                )
        except BaseException:
            ours.close()
            raise
        if isinstance(self._spec, WorkerSpec) and self._spec.nice:
            os.setpriority(os.PRIO_PROCESS, self._process.pid, self._spec.nice)
        self.wire = wire.Wire(ours)
        with contextlib.suppress(wire.WireClosed):  # it died at once: `turn` reaps it
            self.wire.send(_opening(self._spec))

    # ------------------------------------------------------------------ listening

    def _hear(self, message: wire.ToLane, tick: Tick) -> None:
        if isinstance(message, wire.Beat):
            if isinstance(self._spec, BusSpec):  # it serves; its devices open one by one
                self._open(tick)
            return
        device = self._device(message.device)
        if device is None:
            self._talks_nonsense(tick, f"there is no device {message.device!r} here")
            return
        match message:
            case wire.Opened(identity=identity):
                self._open(tick)
                device.opened(identity)
            case wire.Read() | wire.Answered() if not device.is_open:
                pass  # it was lost meanwhile: nothing of that life counts any more
            case wire.Read(readings=readings):
                self._events.extend(WorkerRead(device.name, reading) for reading in readings)
            case wire.Answered(order_id=order_id, answer=answer):
                self._events.append(WorkerAnswered(device.name, order_id, answer))
            case wire.Faulted(fault=fault) if message.device:
                device.lost(fault)
            case wire.Faulted(fault=fault):
                self._last_word(tick, fault)

    def _open(self, tick: Tick) -> None:
        if self._life.phase == "opening":
            self._life = restarts.opened(self._life, tick)

    def _device(self, name: str) -> "_Device | None":
        """The device that a message is about; "" is the only one, or any of them for a bus worker's last word."""
        return self._devices.get(name) if name else next(iter(self._devices.values()), None)

    def _named(self, device: str) -> str:
        return device if isinstance(self._spec, BusSpec) else ""

    # ------------------------------------------------------------------ losing

    def _last_word(self, tick: Tick, fault: Fault) -> None:
        """The worker ends with `fault`, which concerns all that it serves."""
        if self.wire is not None:
            self._ended_with = fault.code
            self._leave(tick)
            for device in self._devices.values():
                device.lost(fault)

    def _lose(self, tick: Tick, code: FaultCode, seen: str) -> None:
        """Stop listening and tell the lane, once per life."""
        if self.wire is not None:
            self._leave(tick)
            self._tell_all(code, seen)

    def _leave(self, tick: Tick) -> None:
        if self.wire is not None:
            self.wire.close()
            self.wire = None
        self._life = restarts.leaving(self._life, tick)

    def _talks_nonsense(self, tick: Tick, seen: str) -> None:
        self._lose(tick, "garbled", f"the worker talks nonsense: {seen}")
        self.terminate()

    def _tell_all(self, code: FaultCode, seen: str) -> None:
        for device in self._devices.values():
            device.lost(Fault(code, device.name, seen, _LOOK_AGAIN))

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _ending(self) -> str:
        status = self._process.poll() if self._process is not None else None
        if status is None:
            return "the worker closed its wire"
        how = f"was killed by signal {-status}" if status < 0 else f"exited with status {status}"
        return f"the worker {how}"


class _Device:
    """What the lane was told of one device."""

    def __init__(self, name: str, events: list[HostEvent]) -> None:
        self.name = name
        self.is_open = False
        self._events = events
        self._told: Fault | None = None

    def opened(self, identity: Identity) -> None:
        self.is_open = True
        self._told = None
        self._events.append(WorkerOpened(self.name, identity))

    def lost(self, fault: Fault) -> None:
        """Told only if it is news."""
        self.is_open = False
        if self._told is None or (self._told.code, self._told.thing) != (fault.code, fault.thing):
            self._told = fault
            self._events.append(WorkerLost(self.name, fault))


def _units(spec: WorkerSpec | BusSpec) -> tuple[WorkerSpec, ...]:
    return spec.units if isinstance(spec, BusSpec) else (spec,)


def _opening(spec: WorkerSpec | BusSpec) -> wire.Open | wire.OpenBus:
    if isinstance(spec, BusSpec):
        settings = plain.encode(spec.settings).decode()
        return wire.OpenBus(spec.bus, settings, tuple(_bus_unit(unit) for unit in spec.units))
    return _device_opening(spec)


def _device_opening(spec: WorkerSpec) -> wire.Open:
    settings, record = plain.encode(spec.settings).decode(), str(spec.record or "")
    return wire.Open(spec.device, spec.kind, settings, str(spec.evidence), record, spec.record_size, spec.ring)


def _bus_unit(unit: WorkerSpec) -> wire.BusUnit:
    kind = catalog.DRIVERS.get(unit.kind)
    period = next((getattr(unit.settings, name) for name in _PERIODS if hasattr(unit.settings, name)), _USUAL_PERIOD)
    return wire.BusUnit(_device_opening(unit), period, is_first=kind is not None and RaiseBoom in kind.orders)


def _silence(kinds: Iterable[str]) -> Millis:
    """How long a worker of `kinds` may give no sign: one call of a driver may take `slowest_answer`."""
    specs = (catalog.DRIVERS.get(kind) for kind in kinds)
    slowest = max((spec.slowest_answer for spec in specs if spec is not None), default=0)
    return Millis(restarts.SILENCE + slowest)
