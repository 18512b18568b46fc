"""A lane that can be stopped at a named point or broken on purpose.

`python -m tests.rig.lane --settings FILE --stops FOLDER [--mutant NAME] [--quick]`. Everything but the overridden stage
is the product: `station.lane.assembly.run` with a loop class of the rig. FOLDER/pids.json says which process serves
what. With `--quick` workers are forks of the lane (tests/rig/forked.py) and the reader loads no models.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from drivers.contract.orders import RaiseBoom
from drivers.contract.quantities import Millis, Tick
from station.core.effects import Send
from station.core.records import OrderIssued
from station.core.state import is_fit
from station.core.step import Step, step
from station.courier.settings import command
from station.health import report
from station.hosting.host import BusSpec, WorkerSpec
from station.journal.folder import DataFolder
from station.journal.reader import JournalReader
from station.lane import assembly, courier_command
from station.lane.loop import LaneLoop
from station.settings.load import load
from station.settings.tables import StationSettings
from tests.rig.forked import Forked
from tests.rig.stops import Stops

BEFORE_APPEND, BEFORE_PERFORM, HANDED_OVER = "before-append", "before-perform", "handed-over"
MUTANTS = ("perform-before-commit", "reissue-after-restart", "delivered-on-puback")

Spec = WorkerSpec | BusSpec


def raises_boom(decided: Step) -> bool:
    """Whether this turn orders the boom up."""
    return any(isinstance(effect, Send) and isinstance(effect.order, RaiseBoom) for effect in decided.effects)


class StoppingLoop(LaneLoop):
    """Stops before the append of the turn that raises, after its commit, and after its order was handed over."""

    stops: Stops
    pids_file: Path
    _told_pids: dict[str, int] | None = None

    def turn(self, patience: Millis) -> report.Turn:
        turned = super().turn(patience)
        self._tell_pids()
        return turned

    def keep(self, facts: Any, decided: Step) -> int:  # noqa: ANN401 - as in the product
        if raises_boom(decided):
            self.stops.stop_here(BEFORE_APPEND)
        return super().keep(facts, decided)

    def permit(self, decided: Step, took_us: int) -> None:
        if raises_boom(decided):
            self.stops.stop_here(BEFORE_PERFORM)
        super().permit(decided, took_us)
        if raises_boom(decided):
            self.stops.stop_here(HANDED_OVER)

    def _tell_pids(self) -> None:
        pids = dict(self._host.pids())
        if self._courier is not None and self._courier.pid is not None:
            pids["courier"] = self._courier.pid
        if pids != self._told_pids:
            self._told_pids = pids
            fresh = self.pids_file.with_suffix(".new")
            fresh.write_text(json.dumps(pids))
            fresh.rename(self.pids_file)


class PerformsBeforeCommit(StoppingLoop):
    """Mutant: what a turn permits goes out before the turn is on the disk."""

    def tell(self, facts: Any) -> None:  # noqa: ANN401 - as in the product
        decided = step(self.state, facts)
        self.protect(decided)
        LaneLoop.permit(self, decided, 0)
        self.keep(facts, decided)
        self.state = decided.state
        self.publish(decided)


class ReissuesAfterRestart(StoppingLoop):
    """Mutant: a lane that comes back finishes what it believes was under way."""

    settings: StationSettings
    _has_reissued = False

    def turn(self, patience: Millis) -> report.Turn:
        turned = super().turn(patience)
        barrier = self.settings.parameters.parts.barrier
        if not self._has_reissued and self.state.starts > 1 and is_fit(self.state, barrier):
            self._has_reissued = True
            self._reissue(barrier)
        return turned

    def _reissue(self, barrier: str) -> None:
        with JournalReader(DataFolder(self.settings.places.data).root) as reader:
            records = [reader.as_record(row) for row in reader.records(0, 1_000_000)]
        raises = [r for r in records if isinstance(r, OrderIssued) and r.order == "RaiseBoom"]
        if raises:
            self._host.send(barrier, RaiseBoom(raises[-1].order_id, Tick(self._now() + 1_000)))


LOOPS: dict[str, type[StoppingLoop]] = {
    "perform-before-commit": PerformsBeforeCommit,
    "reissue-after-restart": ReissuesAfterRestart,
}


def _stoppable_specs(modules: Mapping[str, str], settings: StationSettings, folder: DataFolder) -> list[Spec]:
    """The product's workers, but for those of the rig: the barrier's can stop inside a frame."""
    return [
        WorkerSpec(s.device, modules.get(s.device, s.module), s.kind, s.settings, s.evidence, s.nice)
        for s in _product_specs(settings, folder)
        if isinstance(s, WorkerSpec)
    ]


def _puback_courier(settings: bytes, fd: int | None = None) -> list[str]:
    return [part.replace("station.courier.courier", "tests.rig.courier") for part in command(settings, fd)]


def _started(command: Sequence[str], **how: Any) -> "Forked | subprocess.Popen[bytes]":  # noqa: ANN401 - as for Popen
    """The courier is no fork: SQLite would remember the lane's open journal, whose descriptors a fork has closed."""
    is_courier = any(part.endswith(".courier") for part in command)
    return _Popen(command, **how) if is_courier else Forked(command, **how)


_Popen = subprocess.Popen
_product_specs = assembly.worker_specs


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--stops", type=Path, required=True)
    parser.add_argument("--mutant", choices=MUTANTS, default="")
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    settings = load(chosen.settings)
    loop_class = LOOPS.get(chosen.mutant, StoppingLoop)
    loop_class.stops = Stops(chosen.stops)
    loop_class.pids_file = chosen.stops / "pids.json"
    if loop_class is ReissuesAfterRestart:
        ReissuesAfterRestart.settings = settings
    os.environ["RIG_STOPS"] = str(chosen.stops)  # for the barrier worker
    modules = {settings.parameters.parts.barrier: "tests.rig.barrier_worker"}
    if chosen.quick:
        vars(subprocess)["Popen"] = _started
        modules[settings.parameters.parts.reader] = "tests.rig.reader_worker"
    assembly.worker_specs = partial(_stoppable_specs, modules)
    if chosen.mutant == "delivered-on-puback":
        vars(courier_command)["command"] = _puback_courier
    assembly.build = partial(assembly.build, loop_class=loop_class)
    return assembly.run(settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
