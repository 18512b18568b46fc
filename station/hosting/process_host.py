"""Workers as real processes. A hung, stopped or killed one is replaced while the others go on."""

import select
from collections.abc import Iterable

from drivers.contract.clock import now
from drivers.contract.driver import Clock
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from station.hosting import restarts
from station.hosting.host import BusSpec, HostEvent, WorkerSpec
from station.hosting.worker_process import WorkerProcess

_STOP_PATIENCE = Millis(1_500)


class ProcessHost:
    """One process per link; see `host.Host` for the promises."""

    def __init__(self, clock: Clock = now) -> None:
        self._clock = clock
        self._workers: list[WorkerProcess] = []
        self._events: list[HostEvent] = []

    def start(self, spec: WorkerSpec | BusSpec) -> None:
        worker = WorkerProcess(spec, self._events)
        for device in worker.devices:
            if self._worker(device) is not None:
                raise ValueError(f"device {device} is served already")
        self._workers.append(worker)
        self.turn(self._clock())

    def send(self, device: str, order: Order) -> bool:
        worker = self._worker(device)
        return worker is not None and worker.send(device, order, self._clock())

    def receive(self, patience: Millis) -> list[HostEvent]:
        if not self._events:
            _wait_readable(self.filenos(), patience)
        tick = self._clock()
        for worker in self._workers:
            worker.listen(tick)
        events = self._events.copy()
        self._events.clear()
        return events

    def turn(self, now: Tick) -> None:
        for worker in self._workers:
            worker.turn(now)

    def pids(self) -> dict[str, int]:
        return {device: pid for worker in self._workers if (pid := worker.pid) is not None for device in worker.devices}

    def filenos(self) -> list[int]:
        return [worker.wire.fileno() for worker in self._workers if worker.wire is not None]

    def close(self) -> None:
        for worker in self._workers:
            worker.stop()
        self._wait_ended(_STOP_PATIENCE)
        for worker in self._workers:
            worker.terminate()
        self._wait_ended(restarts.GRACE)
        for worker in self._workers:
            worker.kill()
        self._workers.clear()
        self._events.clear()

    def _worker(self, device: str) -> WorkerProcess | None:
        return next((worker for worker in self._workers if device in worker.devices), None)

    def _wait_ended(self, patience: Millis) -> None:
        end = self._clock() + patience
        for worker in self._workers:
            worker.wait_ended(Millis(max(0, end - self._clock())))


def _wait_readable(filenos: Iterable[int], patience: Millis) -> None:
    poll = select.poll()
    for fileno in filenos:
        poll.register(fileno, select.POLLIN)
    poll.poll(patience)
