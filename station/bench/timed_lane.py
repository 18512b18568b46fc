"""The lane with a watch in its hand: `python -m station.bench.timed_lane SETTINGS FIGURES`, ended by SIGTERM.

Everything but the clock readings is the product's own loop. FIGURES is written as JSON when it ends.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from drivers.contract.quantities import Millis
from station.bench.memory import pss_mib
from station.core.facts import Fact
from station.core.records import CrossingCompleted
from station.core.step import Step
from station.health import report
from station.lane.assembly import TURN_PATIENCE, build
from station.lane.loop import LaneLoop
from station.settings.load import load


@dataclass
class Figures:
    """Milliseconds of each turn that had facts, and MiB of each process at the end.

    `turns` without, `commits` with nothing but the append; turns that close a crossing also write a snapshot and
    are counted in `closings` instead. `longest` is the longest turn of all since the last SIGUSR1, commit included.
    """

    turns: list[float] = field(default_factory=list)
    commits: list[float] = field(default_factory=list)
    closings: list[float] = field(default_factory=list)
    pss: dict[str, float] = field(default_factory=dict)
    longest: float = 0.0


NOTHING = -1.0


class TimedLoop(LaneLoop):
    """Times each turn from the end of its waiting."""

    _began_ns = 0
    _commit_ms = NOTHING
    _is_closing = False

    def turn(self, patience: Millis) -> report.Turn:
        self._commit_ms, self._is_closing = NOTHING, False
        turned = super().turn(patience)
        whole_ms = (time.perf_counter_ns() - self._began_ns) / 1e6
        FIGURES.longest = max(FIGURES.longest, whole_ms)
        if self._commit_ms == NOTHING:
            return turned
        FIGURES.commits.append(self._commit_ms)
        (FIGURES.closings if self._is_closing else FIGURES.turns).append(whole_ms - self._commit_ms)
        return turned

    def keep(self, facts: Sequence[Fact], decided: Step) -> int:
        took_us = super().keep(facts, decided)
        self._commit_ms = took_us / 1000
        self._is_closing = any(isinstance(stamped.record, CrossingCompleted) for stamped in decided.records)
        return took_us

    def processes(self) -> dict[str, int]:
        """The processes that this lane runs, by what they serve."""
        courier = self._courier.pid if self._courier is not None else None
        return self._host.pids() | ({} if courier is None else {"courier": courier})

    def _wait(self, patience: Millis) -> None:
        super()._wait(patience)
        self._began_ns = time.perf_counter_ns()


FIGURES = Figures()


def main(settings: Path, figures: Path) -> None:
    """Run until SIGTERM."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    signal.signal(signal.SIGUSR1, lambda *_: setattr(FIGURES, "longest", 0.0))
    lane = build(load(settings), TimedLoop)
    try:
        while not stopping:
            lane.loop.turn(TURN_PATIENCE)
        if isinstance(lane.loop, TimedLoop):
            FIGURES.pss = {name: pss_mib(pid) for name, pid in lane.loop.processes().items()}
        FIGURES.pss["lane"] = pss_mib(os.getpid())
    finally:
        lane.close()
    figures.write_text(json.dumps(asdict(FIGURES)), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
