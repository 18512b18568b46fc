"""The first promise of the record as lines of a proof: power cuts, recorded before acted, damage, hostile payloads."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.proof.frame import Extent, Line
from tests.proof.measures import damage, payloads, power_cuts, recorded_first


def power_cut(extent: Extent) -> Iterator[Line]:
    """Promise 1, G1: 2,000 cuts, in CI a hundred."""
    total = acknowledged = 0
    for tally in power_cuts.tallies(20 if extent == "full" else 1):
        total, acknowledged = total + tally.n, acknowledged + tally.acknowledged
        harm = "; ".join(f"{cut.place} {cut.names} {cut.contents}: {cut.found}" for cut in tally.found[:3])
        told = f"{len(tally.found)} cuts did harm at {tally.places} places {harm}".strip()
        yield Line(tally.story, told, tally.n, "0", passed=not tally.found)
    yield Line(
        "acknowledged before the cuts, and there after", str(acknowledged), total, "> 0", passed=acknowledged > 0
    )
    for mutant in power_cuts.MUTANTS:
        cut = power_cuts.caught(mutant)
        found = cut.found if cut is not None else "not caught"
        yield Line(f"mutant: {mutant}", found, 1, "caught", passed=cut is not None)


def recorded_before_acted(extent: Extent) -> Iterator[Line]:
    """Promise 1, G2: by the kernel's own order of calls; the same eyes on a lane that performs first."""
    with tempfile.TemporaryDirectory(prefix="recorded-first-") as folder:
        for number in range(5 if extent == "full" else 1):
            acts = recorded_first.acts(Path(folder) / str(number))
            for where in recorded_first.PLACES:
                mine = [act for act in acts if act.where == where]
                early = [act.motion for act in mine if not act.recorded]
                told = f"{len(mine) - len(early)} after the sync of their record"
                yield Line(f"van {number + 1}, {where}", told, len(mine), "all", passed=len(mine) >= 2 and not early)
        acts = recorded_first.acts(Path(folder) / "mutant", "early")
        early = [f"{act.motion}, {act.where}" for act in acts if not act.recorded]
        yield Line(
            "mutant: performs before the commit", "; ".join(early) or "not caught", 1, "caught", passed=bool(early)
        )


def damaged(extent: Extent) -> Iterator[Line]:
    """Promise 1, G8; the same under a running lane is tests/system/test_bad_journal.py."""
    found = list(damage.outcomes(*((300, 20) if extent == "full" else (12, 2))))
    for kind in dict.fromkeys(outcome.damage.split(" ")[0] for outcome in found):
        mine = [outcome for outcome in found if outcome.damage.split(" ")[0] == kind]
        silent = [f"{outcome.damage}: {outcome.found}" for outcome in mine if not outcome.is_told]
        ends = Counter(outcome.found for outcome in mine if outcome.is_told)
        told = f"undetected {len(silent)} {silent[:2] or ''}; {', '.join(f'{end} {n}' for end, n in ends.items())}"
        yield Line(kind, told, len(mine), "undetected 0", passed=not silent)
    slowest = max(outcome.took_s for outcome in found)
    within = slowest < damage.NEW_EPOCH_S
    yield Line("the slowest start, processor time", f"{slowest:.2f} s", len(found), "< 10 s", passed=within)


def hostile_payloads(extent: Extent) -> Iterator[Line]:
    """Promise 1, G13: 100,000 messages, in CI 2,000; half of them at each end."""
    count = 50_000 if extent == "full" else 1_000
    for taken in (payloads.at_the_lane(count), payloads.at_the_centre(count)):
        escaped = "; ".join(f"{n} x {name}" for name, n in taken.escaped.most_common(3)) or "0"
        yield Line(f"{taken.end}: escaped", escaped, taken.n, "0", passed=not taken.escaped)
        within = taken.slowest_s < payloads.SLOWEST_S
        yield Line(f"{taken.end}: the slowest", f"{taken.slowest_s:.3f} s", taken.n, "< 1 s", passed=within)
        within = taken.grown_kib < payloads.MOST_GROWTH_KIB
        yield Line(f"{taken.end}: memory grew by", f"{taken.grown_kib} KiB", taken.n, "< 64 MiB", passed=within)
        yield Line(f"{taken.end}: a good one after them", str(taken.goes_on), 1, "taken", passed=taken.goes_on)
