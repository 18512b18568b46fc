"""The first promise of the record as lines of a proof: chaos, kills at any moment, black holes, jumps of the clock."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.proof.frame import Extent, Line
from tests.proof.measures import black_hole, clock_jumps, random_kills
from tests.proof.measures import chaos as chaos_runs
from tests.proof.measures.clock_jumps import TEN_YEARS_MS
from tests.rig.blows import BLOWS
from tests.rig.books import Counts

MOST_HEALING_S = 60.0
"""What a lane may wait at most before it tries again."""

LOOK_S = 1.2
"""The lane looks at the wall clock once a second: a jump so shortly before a decision may come before or after it."""


def chaos(extent: Extent) -> Iterator[Line]:
    """Promise 1, G3, G4 and G12: 20 seeds, in the short form two; two seeds deal every blow once."""
    runs = list(chaos_runs.chaos(range(20 if extent == "full" else 2)))
    total = sum((run.counts for run in runs), Counts())
    records, claims = sum(run.records for run in runs), sum(run.claims for run in runs)
    for column, count in asdict(total).items():
        n = claims if column == "ahead" else records
        yield Line(column.replace("_", " "), str(count), n, "0", passed=count == 0 and n > 0)
    crashes = [crash for run in runs for crash in run.crashes]
    yield Line("processes that ended unbidden", "; ".join(crashes) or "0", len(runs), "0", passed=not crashes)
    drained = [run.drain_s for run in runs if run.drained]
    told = f"{len(drained)} of {len(runs)}, the slowest {max(drained, default=0.0):.0f} s after the last healing"
    yield Line(
        "runs in which all was delivered without a hand", told, len(runs), "all", passed=len(drained) == len(runs)
    )
    struck = Counter(name for run in runs for name in run.blows)
    for blow in BLOWS:
        yield Line(
            f"blow: {blow.name}", f"{struck[blow.name]} times", struck[blow.name], "> 0", passed=blow.name in struck
        )
    for name, run in chaos_runs.mutants():
        told = str(run.counts) if run.drained else f"{run.counts}, not delivered"
        caught = not run.counts.is_clean or not run.drained
        yield Line(f"mutant: {name}", told, run.records, "caught", passed=caught)


def kills(extent: Extent) -> Iterator[Line]:
    """Promise 1, G1 and G2: 200 kills of the lane at random moments, in the short form eight.

    The kills at ten named moments, with their mutants, are `python -m tests.proof lane_kills`.
    """
    found = random_kills.killed(200 if extent == "full" else 8, seed=1)
    told = f"{found.unsaid} are missing"
    yield Line(
        "records that the lane had recorded, by its log",
        told,
        found.said,
        "0",
        passed=found.said > 0 and not found.unsaid,
    )
    for column, count in asdict(found.counts).items():
        yield Line(column.replace("_", " "), str(count), found.kills, "0", passed=count == 0)
    yield Line("boom raised, by record and yard", f"{found.raises} times", found.vans, "> 0", passed=found.raises > 0)
    crashes = "; ".join(found.crashes) or "0"
    yield Line("processes that ended unbidden", crashes, found.kills, "0", passed=not found.crashes)
    yield Line("the journal replays equal", found.replay or "yes", 1, "yes", passed=not found.replay)
    fell = ", ".join(f"{name} {n}" for name, n in found.phases.most_common())
    ends = ", ".join(f"{name} {n}" for name, n in found.ends.most_common())
    yield Line(
        "where the kills fell, by the last record", f"{fell}; crossings: {ends}", found.kills, "told", passed=True
    )


def black_holes(extent: Extent) -> Iterator[Line]:
    """Promise 1, G12: a way that takes everything and passes nothing on."""
    with tempfile.TemporaryDirectory(prefix="black-hole-") as folder:
        for number in range(5 if extent == "full" else 1):
            for with_records in (False, True):
                where = "with records" if with_records else "at rest"
                seen = black_hole.swallowed(Path(folder) / f"{number}-{where}", with_records=with_records)
                for end, took_s in (("lane", seen.lane_s), ("centre", seen.centre_s)):
                    within = took_s < black_hole.NOTICED_S
                    yield Line(f"{where}, noticed at the {end}", f"{took_s:.1f} s", 1, "< 10 s", passed=within)
                within = seen.healed_s < MOST_HEALING_S
                yield Line(f"{where}, all receipted after it", f"{seen.healed_s:.1f} s", 1, "< 60 s", passed=within)


def jumps(extent: Extent) -> Iterator[Line]:
    """Promise 1, G7: ten years forward and back, while a truck passes and at both ends of the link."""
    with tempfile.TemporaryDirectory(prefix="clock-jumps-") as name:
        folder = Path(name)
        steady = clock_jumps.crossing(folder / "steady", 0, 1.0)
        yield Line("a truck by a steady clock", str(steady.ends), 1, "DEPARTED", passed=steady.ends == ["DEPARTED"])
        instants = clock_jumps.instants(20 if extent == "full" else 4, seed=1)
        for at, after_s in enumerate(instants):
            jump_ms = TEN_YEARS_MS if at % 2 else -TEN_YEARS_MS
            yield _crossing(steady, folder / str(at), jump_ms, after_s)
        for who in ("lane", "centre"):
            for jump_ms in (TEN_YEARS_MS, -TEN_YEARS_MS):
                yield _link(folder, who, jump_ms)


def _crossing(steady: clock_jumps.Story, folder: Path, jump_ms: int, after_s: float) -> Line:
    """Before the decision whatever expires cannot be judged any more: held. After it nothing changes."""
    seen = clock_jumps.crossing(folder, jump_ms, after_s)
    is_held = seen.holds == ["LIST_STALE" if jump_ms > 0 else "CLOCK_BEHIND_LIST"] and not seen.ends
    went_on = seen.journey == steady.journey
    if after_s < steady.decided_s - LOOK_S:
        went_well, wanted = is_held, "held, told, in order"
    elif after_s > steady.decided_s:
        went_well, wanted = went_on, "as by a steady clock, told, in order"
    else:
        went_well, wanted = is_held or went_on, "held or as by a steady clock, told, in order"
    sound = seen.is_in_order and not seen.late_orders and len(seen.jumps_told) == 1
    told = f"{seen.ends + seen.holds}, jump of {[ms // 1000 for ms in seen.jumps_told]} s told"
    what = f"jump of {'+' if jump_ms > 0 else '-'}10 years {after_s:.1f} s after the arrival"
    return Line(what, told, 1, wanted, passed=went_well and sound)


def _link(folder: Path, who: str, jump_ms: int) -> Line:
    """What the other end's key or list forbids is refused by name; afterwards both books are equal."""
    seen = clock_jumps.link(folder / f"{who}{jump_ms}", who, jump_ms)
    wanted = {("lane", True): {"key-expired"}, ("centre", False): {"expired"}}.get((who, jump_ms > 0), set())
    told = f"{'equal' if seen.equal else 'NOT EQUAL'}, refused meanwhile: {sorted(seen.refused) or 'nothing'}"
    what = f"link, the {who}'s clock {'+' if jump_ms > 0 else '-'}10 years, then right again: both books"
    return Line(
        what, told, seen.records, f"equal, {sorted(wanted) or 'nothing'}", passed=seen.equal and seen.refused == wanted
    )
