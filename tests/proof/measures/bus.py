"""Four units on a real pty at 9600 8N1 behind a real worker process: what a silent one costs, and a plug pulled out."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick
from station.hosting.host import WorkerLost, WorkerOpened
from tests.hosting.bus_bench import UNITS, MeterBench
from tests.hosting.metered_bus import PERIOD

REPLY_LIMIT = Millis(80)
SILENT = 3
_LIVING = tuple(unit for unit in UNITS if unit != SILENT)


@dataclass(frozen=True, slots=True)
class SilentUnit:
    """What was seen of three living units while the fourth was silent.

    `visits`: how often the living were asked meanwhile. `worst_delay_ms`: the longest time between two questions to
    one of them, less the period; `usual_delay_ms` the same while all answered. `shortest_probe_ms`: between two
    probes of the silent unit at rest. `recovery_ms`: from its first answer's possibility to its first value.
    """

    visits: int
    usual_delay_ms: int
    worst_delay_ms: int
    probes: int
    shortest_probe_ms: int
    recovery_ms: int


@dataclass(frozen=True, slots=True)
class Replug:
    """An adapter was put back: from there to a value of every unit. `is_elsewhere`: as another tty of the same name."""

    is_elsewhere: bool
    recovery_ms: int


def silent_unit(folder: Path, rests: int = 3) -> SilentUnit:
    """Let one unit fall silent until it was probed `rests` times at rest, then let it answer again."""
    with MeterBench(folder) as bench:
        bench.start(REPLY_LIMIT)
        bench.until_all_read()
        usual_from = now()
        bench.run(5_000)
        usual = _worst_delay(bench, usual_from, now())
        bench.silence(SILENT, on=True)
        silent_from = now()
        bench.until(lambda: bench.count(WorkerLost, SILENT) > 0, 20, "the loss of the silent unit")
        bench.until(lambda: len(_rests(bench, silent_from)) >= rests, 10 + 7 * rests, "probes at rest")
        back = now()
        bench.silence(SILENT, on=False)
        bench.until(lambda: bench.has_read(SILENT, back), 30, "a value of the unit that answers again")
        probes = _rests(bench, silent_from)
        return SilentUnit(
            visits=sum(len(bench.asked(unit, silent_from)) for unit in _LIVING),
            usual_delay_ms=usual,
            worst_delay_ms=_worst_delay(bench, silent_from, back),
            probes=len(probes),
            shortest_probe_ms=min(probes),
            recovery_ms=now() - back,
        )


def replugs(folder: Path, rounds: int = 2) -> Iterable[Replug]:
    """Pull the adapter out long enough that all units rest; put it back, in turn under the same and another path."""
    for n in range(rounds):
        for is_elsewhere in (False, True):
            place = folder / f"{n}-{'elsewhere' if is_elsewhere else 'same'}"
            place.mkdir()
            with MeterBench(place) as bench:
                bench.start(REPLY_LIMIT)
                bench.until_all_read()
                bench.unplug()
                bench.until(lambda: all(bench.count(WorkerLost, unit) for unit in UNITS), 20, "the loss")
                bench.run(2_000)
                bench.plug_in_elsewhere() if is_elsewhere else bench.plug_in()
                yield Replug(is_elsewhere, bench.until_all_read(30))


def _worst_delay(bench: MeterBench, since: int, until: int) -> int:
    asked = {unit: [tick for tick in bench.asked(unit, since) if tick <= until] for unit in _LIVING}
    return max(later - earlier - PERIOD for ticks in asked.values() for earlier, later in pairwise(ticks))


def _rests(bench: MeterBench, since: int) -> list[int]:
    """The pauses before probes of the silent unit since its loss that were longer than a retry's."""
    lost = _last_told(bench, WorkerLost)
    pauses = [later - earlier for earlier, later in pairwise(bench.asked(SILENT, max(since, lost)))]
    return [pause for pause in pauses if pause > 1_500]


def _last_told(bench: MeterBench, kind: type[WorkerLost | WorkerOpened]) -> Tick:
    return max(tick for tick, event in bench.events if isinstance(event, kind) and event.device == f"meter{SILENT}")
