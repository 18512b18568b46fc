"""Processes are killed and stopped at ten named points of a crossing; nothing may be lost, doubled or moved unbidden.

The full form makes five seeded runs at each point, the short form one, with seeds that differ from point to point so
that kills, stalls and victims vary; both also run three mutants of the station, which the same judge must catch.
"""

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from tests.proof.frame import Extent, Line, Promise
from tests.rig.judge import Counts
from tests.rig.points import APPEND, POINTS, PUBACK, RISING, Plan, Point
from tests.rig.runs import Job, Run, Series, make_runs

RIGS = 2
SEEDS = 5

MUTANTS: tuple[tuple[Job, str], ...] = (
    (Job(APPEND, 0, "perform-before-commit", Plan("lane", "kill", 0.5, 0.0)), "released_without_a_record"),
    (Job(RISING, 0, "reissue-after-restart", Plan("lane", "kill", 0.0, 0.0)), "motion_reissued"),
    (Job(PUBACK, 0, "delivered-on-puback", Plan("centre", "kill", 0.5, 0.0)), "lost"),
)
"""Each with the column that must not be 0."""


def nothing_is_lost_doubled_or_moved_unbidden(extent: Extent) -> Iterator[Line]:
    """One line per column over all runs, then the histogram: one line per point."""
    jobs = [Job(point, seed) for seed in range(SEEDS) for point in POINTS]
    if extent == "short":
        jobs = [Job(point, at % SEEDS) for at, point in enumerate(POINTS)]
    series = _made(jobs)
    runs = series.runs
    total = sum((run.counts for run in runs), Counts())
    for column, count in asdict(total).items():
        yield Line(column.replace("_", " "), str(count), len(runs), "0", passed=count == 0)
    crashes = [crash for run in runs for crash in run.crashes]
    yield Line("processes that ended unbidden", "; ".join(crashes) or "0", len(runs), "0", passed=not crashes)
    broken = [said for said in series.replays if said]
    equal = f"{len(series.replays) - len(broken)} of {len(series.replays)} {'; '.join(broken)}".strip()
    yield Line("journals that replay equal in the end", equal, len(series.replays), "all", passed=not broken)
    for point in POINTS:
        yield _histogram(point, [run for run in runs if run.job.point is point], len(jobs) // len(POINTS))


def mutants_are_caught(extent: Extent) -> Iterator[Line]:
    """The same judge over three broken stations."""
    runs = {run.job.mutant: run for run in _made([job for job, _ in MUTANTS]).runs}
    for job, column in MUTANTS:
        count = asdict(runs[job.mutant].counts)[column]
        words = f"mutant {job.mutant}: {column.replace('_', ' ')}"
        yield Line(words, f"{count} ({runs[job.mutant].counts})", 1, "> 0", passed=count > 0)


PROMISES: dict[str, Promise] = {
    "Killed or stopped anywhere, the lane loses, doubles and moves nothing unbidden": (
        nothing_is_lost_doubled_or_moved_unbidden
    ),
    "The same judge catches a station that breaks the order of things": mutants_are_caught,
}


def _made(jobs: Sequence[Job]) -> Series:
    """Make the runs; the folder with all logs stays where something went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="gate-kills-"))
    series = make_runs(folder, jobs, RIGS, _say)
    is_well = all(run.ended and (run.job.mutant or run.counts.is_clean) and not run.crashes for run in series.runs)
    if is_well and not any(series.replays):
        shutil.rmtree(folder)
    else:
        print(f"  the evidence lies in {folder}", file=sys.stderr, flush=True)
    return series


def _say(run: Run) -> None:
    job = run.job
    what = f"{job.mutant or job.point.name}, seed {job.seed}: {run.plan.how} {run.plan.victim}"
    print(f"  {what}: {run.end}, {run.recovered_s:.1f} s; {run.counts}", file=sys.stderr, flush=True)


def _histogram(point: Point, runs: Sequence[Run], expected: int) -> Line:
    ends = Counter(run.end for run in runs)
    blows = Counter(f"{run.plan.how} {run.plan.victim}" for run in runs)
    took = sorted(run.recovered_s for run in runs) or [0.0]
    measured = (
        f"{', '.join(f'{blow} {n}' for blow, n in sorted(blows.items()))}; "
        f"ends: {', '.join(f'{end} {n}' for end, n in sorted(ends.items()))}; "
        f"recovered in {took[0]:.1f} / {median(took):.1f} / {took[-1]:.1f} s (least, median, most)"
    )
    passed = len(runs) == expected and all(run.ended for run in runs)
    return Line(point.name, measured, len(runs), "every story ends", passed=passed)
