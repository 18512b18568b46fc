"""Workers as real processes. A hung, stopped or killed one is replaced while the others go on.

A lost worker's wire is closed at once: nothing it says later can be heard, and the end of file tells it to leave.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable

from drivers import catalog
from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Clock
from drivers.contract.faults import Fault, FaultCode
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from station.hosting import restarts, wire
from station.hosting.host import HostEvent, WorkerAnswered, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.restarts import Life

_MOST_PACKETS = 64  # taken from one worker in one go: a chatterbox must not keep the others waiting
_LAST_WORDS = 8  # times as much; more than a socket's buffer holds
_STOP_PATIENCE = Millis(1_500)
_LOOK_AGAIN = "the worker is started again by itself; if this repeats, see the station's log"


class ProcessHost:
    """One process per device; see `host.Host` for the promises."""

    def __init__(self, clock: Clock = now) -> None:
        self._clock = clock
        self._workers: dict[str, _Worker] = {}
        self._events: list[HostEvent] = []

    def start(self, spec: WorkerSpec) -> None:
        if spec.device in self._workers:
            raise ValueError(f"device {spec.device} is served already")
        self._workers[spec.device] = _Worker(spec, self._events)
        self.turn(self._clock())

    def send(self, device: str, order: Order) -> bool:
        worker = self._workers.get(device)
        return worker is not None and worker.send(order, self._clock())

    def receive(self, patience: Millis) -> list[HostEvent]:
        if not self._events:
            _wait_readable(self.filenos(), patience)
        tick = self._clock()
        for worker in self._workers.values():
            worker.listen(tick)
        events = self._events.copy()
        self._events.clear()
        return events

    def turn(self, now: Tick) -> None:
        for worker in self._workers.values():
            worker.turn(now)

    def pids(self) -> dict[str, int]:
        return {device: pid for device, worker in self._workers.items() if (pid := worker.pid) is not None}

    def filenos(self) -> list[int]:
        return [worker.wire.fileno() for worker in self._workers.values() if worker.wire is not None]

    def close(self) -> None:
        for worker in self._workers.values():
            worker.stop()
        self._wait_ended(_STOP_PATIENCE)
        for worker in self._workers.values():
            worker.terminate()
        self._wait_ended(restarts.GRACE)
        for worker in self._workers.values():
            worker.kill()
        self._workers.clear()
        self._events.clear()

    def _wait_ended(self, patience: Millis) -> None:
        end = self._clock() + patience
        for worker in self._workers.values():
            worker.wait_ended(Millis(max(0, end - self._clock())))


class _Worker:
    """One device's present process, if any, and its life so far."""

    def __init__(self, spec: WorkerSpec, events: list[HostEvent]) -> None:
        self.spec = spec
        self.wire: wire.Wire | None = None
        self._events = events
        self._process: subprocess.Popen[bytes] | None = None
        self._life = Life()
        self._silence = _silence(spec.kind)
        self._told: Fault | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def send(self, order: Order, tick: Tick) -> bool:
        if self.wire is None or self._life.phase != "open":
            return False
        try:
            if self.wire.send(wire.Obey(order)):
                return True
        except wire.WireClosed:
            self._lose(tick, self._fault("silent", self._ending()))
            return False
        self._lose(tick, self._fault("silent", "the worker takes no orders"))
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
                self._lose(tick, self._fault("silent", self._ending()))
                return
            except plain.NotPlain as error:
                self._lose(tick, self._fault("garbled", f"the worker talks nonsense: {error}"))
                self.terminate()
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
            self._lose(tick, self._fault("silent", self._ending()))
            self._process = None
            self._life = restarts.died(self._life, tick)
        judgement = restarts.judge(self._life, tick, self._silence)
        if judgement == "WARN":  # the lane itself may have been away: what waits on the wire counts
            self.listen(tick)
            judgement = restarts.judge(self._life, tick, self._silence)
        match judgement:
            case "WARN":
                self._lose(tick, self._fault("silent", f"no sign of life for {tick - self._life.sign} ms"))
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

    def _start(self, tick: Tick) -> None:
        self._life = restarts.started(self._life, tick)
        try:
            self._spawn()
        except OSError as error:  # no memory, no process, no descriptor left: as a death, to be tried again
            self._tell(Fault("silent", self.spec.device, f"no worker could be started: {error}", _LOOK_AGAIN))
            self._life = restarts.died(self._life, tick)

    def _spawn(self) -> None:
        ours, theirs = wire.pair()
        try:
            with theirs:
                command = [sys.executable, "-m", self.spec.module, str(theirs.fileno())]
                self._process = subprocess.Popen(
                    command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
                )
        except BaseException:
            ours.close()
            raise
        if self.spec.nice:
            os.setpriority(os.PRIO_PROCESS, self._process.pid, self.spec.nice)
        self.wire = wire.Wire(ours)
        with contextlib.suppress(wire.WireClosed):  # it died at once: `turn` reaps it
            self.wire.send(_opening(self.spec))

    def _hear(self, message: wire.ToLane, tick: Tick) -> None:
        device = self.spec.device
        match message:
            case wire.Opened(identity=identity):
                self._life = restarts.opened(self._life, tick)
                self._told = None
                self._events.append(WorkerOpened(device, identity))
            case wire.Read(readings=readings):
                self._events.extend(WorkerRead(device, reading) for reading in readings)
            case wire.Answered(order_id=order_id, answer=answer):
                self._events.append(WorkerAnswered(device, order_id, answer))
            case wire.Faulted(fault=fault):
                self._lose(tick, fault)
            case wire.Beat():
                pass

    def _lose(self, tick: Tick, fault: Fault) -> None:
        """Stop listening and tell the lane, once per life and only if it is news."""
        if self.wire is None:
            return
        self.wire.close()
        self.wire = None
        self._life = restarts.leaving(self._life, tick)
        self._tell(fault)

    def _tell(self, fault: Fault) -> None:
        if self._told is None or (self._told.code, self._told.thing) != (fault.code, fault.thing):
            self._told = fault
            self._events.append(WorkerLost(self.spec.device, fault))

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _fault(self, code: FaultCode, seen: str) -> Fault:
        return Fault(code, self.spec.device, seen, _LOOK_AGAIN)

    def _ending(self) -> str:
        status = self._process.poll() if self._process is not None else None
        if status is None:
            return "the worker closed its wire"
        how = f"was killed by signal {-status}" if status < 0 else f"exited with status {status}"
        return f"the worker {how}"


def _opening(spec: WorkerSpec) -> wire.Open:
    settings, record = plain.encode(spec.settings).decode(), str(spec.record or "")
    return wire.Open(spec.device, spec.kind, settings, str(spec.evidence), record, spec.record_size)


def _silence(kind: str) -> Millis:
    """How long a worker of `kind` may give no sign: one call of its driver may take `slowest_answer`."""
    spec = catalog.DRIVERS.get(kind)
    return Millis(restarts.SILENCE + (spec.slowest_answer if spec is not None else 0))


def _wait_readable(filenos: Iterable[int], patience: Millis) -> None:
    poll = select.poll()
    for fileno in filenos:
        poll.register(fileno, select.POLLIN)
    poll.poll(patience)
