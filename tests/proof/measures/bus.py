"""Real worker processes on real ptys: what a silent unit of a bus costs, a plug pulled out, a worker that hangs."""

import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick, kilograms
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.toledo_driver import ToledoSettings
from drivers.weighbridge.toledo_peer import ToledoPeer
from station.hosting.host import CATALOG_WORKER, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from tests.hosting.bus_bench import UNITS, MeterBench, PortBench
from tests.hosting.gate_bench import GateBench

REPLY_LIMIT = Millis(80)
PERIOD = Millis(200)
_ABSENT = 8_000  # ms: by then whoever looks for the port has come to its longest pause
_RETRY = 1_500  # ms between two questions, above which it was a probe of a unit at rest


@dataclass(frozen=True, slots=True)
class SilentUnit:
    """A barrier (unit 1) and three scales on a bus: what was seen of the living while `unit` was silent.

    `polls`: how often the living were asked meanwhile. `worst_delay_ms`: the longest time between two polls of one of
    them, less the period; `usual_delay_ms` the same while all answered. `probes` of the silent unit at rest, and the
    shortest time between two. `recovery_ms`: from when it could answer again until it was open.
    """

    unit: int
    polls: int
    usual_delay_ms: int
    worst_delay_ms: int
    probes: int
    shortest_probe_ms: int
    recovery_ms: int


@dataclass(frozen=True, slots=True)
class Replug:
    """An adapter was put back: from there to a value of every device. `is_elsewhere`: as another tty of one name by id.

    `link` is "bus" (four units) or "scale" (a device with a port of its own).
    """

    link: str
    is_elsewhere: bool
    recovery_ms: int


@dataclass(frozen=True, slots=True)
class Hung:
    """A worker was stopped (SIGSTOP) in whatever call it was in, beside one that went on.

    `loss_ms`: until the lane was told. `recovery_ms`: until its replacement had read every unit. `other_gap_ms`: the
    longest time meanwhile without a reading of the other. `worst_turn_ms`: the host's longest turn meanwhile.
    """

    loss_ms: int
    recovery_ms: int
    other_gap_ms: int
    worst_turn_ms: float


def silent_unit(folder: Path, unit: int, rests: int = 2) -> SilentUnit:
    """Let `unit` fall silent until it was probed `rests` times at rest, then let it answer again."""
    with GateBench(_place(folder, f"gate-{unit}")) as bench:
        bench.start(REPLY_LIMIT)
        bench.until_all_open()
        living = [other for other in bench.devices if other != unit]
        bench.run(2_000)
        usual_from = now()
        bench.run(5_000)
        usual = _worst_delay(bench, living, usual_from, now())
        bench.silence(unit, on=True)
        silent_from = now()
        bench.until(lambda: bench.count(WorkerLost, unit) > 0, 20, "the loss of the silent unit")
        lost = now()
        bench.until(lambda: len(_rests(bench, unit, lost)) >= rests, 10 + 7 * rests, "probes at rest")
        bench.run(500)  # it comes back just after a probe, when it has the longest to wait
        back, opened = now(), bench.count(WorkerOpened, unit)
        bench.silence(unit, on=False)
        bench.until(lambda: bench.count(WorkerOpened, unit) > opened, 30, "the unit that answers again")
        probes = _rests(bench, unit, lost)
        return SilentUnit(
            unit=unit,
            polls=sum(len(bench.polled(other, silent_from, back)) for other in living),
            usual_delay_ms=usual,
            worst_delay_ms=_worst_delay(bench, living, silent_from, back),
            probes=len(probes),
            shortest_probe_ms=min(probes),
            recovery_ms=now() - back,
        )


def replugs(folder: Path, rounds: int = 2) -> Iterable[Replug]:
    """Pull an adapter out for so long that nobody tries quickly any more; put it back here or elsewhere."""
    for n in range(rounds):
        for is_elsewhere in (False, True):
            yield Replug("bus", is_elsewhere, _bus_replug(_place(folder, f"bus-{n}-{is_elsewhere}"), is_elsewhere))
            yield Replug(
                "scale", is_elsewhere, _scale_replug(_place(folder, f"scale-{n}-{is_elsewhere}"), is_elsewhere)
            )


def hung(folder: Path) -> Hung:
    """Stop the worker of a bus while a scale beside it weighs on."""
    with MeterBench(_place(folder, "meters")) as bench, _ScaleBench(_place(folder, "scale")) as scale:
        bench.start(REPLY_LIMIT)
        bench.host.start(scale.spec())
        bench.until_all_read()
        bench.until(lambda: bool(bench.read("scale")), 15, "the scale")
        bench.worst_turn_ms = 0.0
        stopped = now()
        os.kill(bench.host.pids()["meter1"], signal.SIGSTOP)
        loss = bench.until(lambda: bench.count(WorkerLost, 1) > 0, 20, "the loss")
        bench.until(lambda: all(bench.count(WorkerOpened, unit) > 1 for unit in UNITS), 30, "the replacement")
        bench.until_all_read()
        ticks = [tick for tick, event in bench.events if isinstance(event, WorkerRead) and event.device == "scale"]
        gap = max(later - earlier for earlier, later in pairwise([*(t for t in ticks if t >= stopped - 1000), now()]))
        return Hung(loss, now() - stopped, gap, bench.worst_turn_ms)


class _ScaleBench(PortBench):
    """A Toledo scale on a port of its own, whose load swings so that there is always something to report."""

    def __init__(self, folder: Path) -> None:
        self._deck = DeckModel()
        self._deck_tick = now()
        super().__init__(folder, ToledoPeer(self._deck))

    def spec(self) -> WorkerSpec:
        settings = ToledoSettings("toledo-continuous", str(self.by_id))
        return WorkerSpec("scale", CATALOG_WORKER, settings.kind, settings, self.folder)

    def _service(self, tick: Tick) -> None:
        self._deck.set_load(kilograms(20_000 if tick // 1000 % 2 else 10_000))
        self._deck.advance(Millis(tick - self._deck_tick))
        self._deck_tick = tick
        super()._service(tick)


def _place(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def _put_back(bench: PortBench, *, elsewhere: bool) -> None:
    bench.plug_in_elsewhere() if elsewhere else bench.plug_in()


def _bus_replug(folder: Path, is_elsewhere: bool) -> int:
    with MeterBench(folder) as bench:
        bench.start(REPLY_LIMIT)
        bench.until_all_read()
        bench.unplug()
        bench.until(lambda: all(bench.count(WorkerLost, unit) for unit in UNITS), 20, "the loss")
        bench.run(_ABSENT)
        _put_back(bench, elsewhere=is_elsewhere)
        return bench.until_all_read(30)


def _scale_replug(folder: Path, is_elsewhere: bool) -> int:
    with _ScaleBench(folder) as bench:
        bench.host.start(bench.spec())
        bench.until(lambda: bool(bench.read("scale")), 15, "the scale")
        bench.unplug()
        bench.until(lambda: bool(bench.told(WorkerLost, "scale")), 20, "the loss")
        bench.run(_ABSENT)
        _put_back(bench, elsewhere=is_elsewhere)
        back = now()
        return bench.until(lambda: bool(bench.read("scale", back)), 30, "the scale again")


def _worst_delay(bench: GateBench, living: list[int], since: int, until: int) -> int:
    gaps = [later - earlier for unit in living for earlier, later in pairwise(bench.polled(unit, since, until))]
    return max(gaps) - PERIOD


def _rests(bench: GateBench, unit: int, since: int) -> list[int]:
    """The times between two questions to `unit` that were longer than a retry's."""
    return [pause for earlier, later in pairwise(bench.asked(unit, since)) if (pause := later - earlier) > _RETRY]
