"""Runs of the rig: a van comes, a fault strikes at a point, the story comes to its end, the judge counts."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.rig.judge import Counts, judge
from tests.rig.points import Plan, Point, bring_to, plan_of, strike
from tests.rig.rig import Mark, Rig

STORY_S = 120.0
_HELD_FOR_S = 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """One run to be made: the seed says what happens at the point, unless `plan` does."""

    point: Point
    seed: int
    mutant: str = ""
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run that was made. `ended` is False when the story did not come to its end in time; `end` says how it did.

    `recovered_s`: from the strike until the lane was idle, fit and had delivered everything.
    """

    job: Job
    plan: Plan
    ended: bool
    end: str
    recovered_s: float
    counts: Counts
    crashes: tuple[str, ...]


def make_run(rig: Rig, job: Job) -> Run:
    """One run on a rig that is settled."""
    plan, mark = job.plan or plan_of(job.point, job.seed), rig.mark()
    crashes = len(rig.crashes)
    claimed = Counts()
    struck = time.monotonic()
    try:
        bring_to(rig, job.point, mark)
        struck = time.monotonic()
        strike(rig, job.point, plan)
        claimed = judge(rig.evidence(mark, is_over=False))
        _to_the_end(rig, mark)
        ended, end = True, _ends(rig, mark)
    except TimeoutError as error:
        ended, end = False, str(error)
    finally:
        rig.stops.disarm(job.point.stop or "none")
    counts = judge(rig.evidence(mark, is_over=ended))
    counts = replace(counts, lost=max(claimed.lost, counts.lost))  # what was claimed and not so stays claimed
    return Run(job, plan, ended, end, time.monotonic() - struck, counts, tuple(rig.crashes[crashes:]))


def _to_the_end(rig: Rig, mark: Mark) -> None:
    """Until the van has gone and the lane rests. A van that is held for a person is waved out."""
    held_since: list[float] = []

    def has_gone() -> bool:
        if rig.held_reason(mark):
            held_since.append(time.monotonic())
            if held_since[-1] - held_since[0] > _HELD_FOR_S:
                rig.wave_back()
        else:
            held_since.clear()
        return any(e.what == "truck" and e.seen["event"] == "gone" for e in rig.entries()[mark.entries :])

    rig.wait(has_gone, STORY_S, "the van has gone")
    rig.wait(rig.is_settled, STORY_S, "the lane is idle, fit and has delivered everything")


def _ends(rig: Rig, mark: Mark) -> str:
    """How the van's crossings ended, in order; a hold is named."""
    words = []
    for row in rig.journal(mark.seq):
        if row.type == "crossing.completed":
            words.append(row.body["end"])
        elif row.type == "crossing.held" and row.body["reminder"] == 0:
            words.append(f"held {row.body['reason']}")
    return " > ".join(words) or "nothing"


@dataclass(frozen=True, slots=True)
class Series:
    """Everything that was made. `replays`: what `station replay` said of each rig's journal in the end, "" if equal."""

    runs: list[Run]
    replays: list[str]


def make_runs(folder: Path, jobs: Sequence[Job], rigs: int, say: Callable[[Run], None]) -> Series:
    """All jobs on `rigs` rigs at once. A mutant has a rig to itself; one whose story got stuck is replaced."""
    waiting: SimpleQueue[Job] = SimpleQueue()
    for job in jobs:
        waiting.put(job)
    series = Series([], [])
    faults: list[BaseException] = []

    def serve(number: int) -> None:
        try:
            for at in count():
                if not _serve(folder / f"rig{number}" / str(at), number, waiting, series, say):
                    return
        except BaseException as fault:  # noqa: BLE001 - told by the thread that waits
            faults.append(fault)

    threads = [threading.Thread(target=serve, args=(number,)) for number in range(rigs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return series


def _serve(folder: Path, seed: int, waiting: "SimpleQueue[Job]", series: Series, say: Callable[[Run], None]) -> bool:
    """One rig's life. False when no job was left for it."""
    job = _next(waiting)
    if job is None:
        return False
    mutant = job.mutant
    with Rig(folder, seed, mutant) as rig:
        rig.start()
        while job is not None:
            run = make_run(rig, job)
            series.runs.append(run)
            say(run)
            if mutant or not run.ended or run.crashes:
                break
            job = _next(waiting, unless_mutant=True)
    if not mutant:
        series.replays.append(rig.replay())
    return True


def _next(waiting: "SimpleQueue[Job]", *, unless_mutant: bool = False) -> Job | None:
    with suppress(Empty):
        job = waiting.get_nowait()
        if not (unless_mutant and job.mutant):
            return job
        waiting.put(job)
    return None
