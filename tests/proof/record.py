"""`python -m tests.proof record`: the issue of record, evidence, link and centre, what it must show, in its order.

What is not built yet has its line here, and it fails.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from station.evaluation.figures import wilson
from tests.evidence.test_bad_files import BAD
from tests.proof.frame import Extent, Line, Promise
from tests.proof.measures import erasure, evidence_bundle


def erasing(_: Extent) -> Iterator[Line]:
    """Promise 5: what a driver showed is erased, and the mutant that only forgets it is seen."""
    with tempfile.TemporaryDirectory() as folder:
        erased = erasure.measure(Path(folder) / "whole")
        mutant = erasure.measure_mutant(Path(folder) / "mutant")
    told = f"{erased.before} places before, {erased.after} after"
    passed = erased.before > 0 and erased.after == 0 and erased.texts == 1
    yield Line("places where the person stands, in all files", told, erased.files, "0 after", passed=passed)
    passed = erased.is_whole and erased.replays
    yield Line("both chains hold and replay equal", "yes" if passed else "no", 2, "yes", passed=passed)
    told = f"{mutant.after} places left"
    yield Line("mutant: rows are forgotten, not overwritten", told, mutant.files, "> 0", passed=mutant.after > 0)


def not_yet(_: Extent) -> Iterator[Line]:
    """What the issue names and nobody has built or measured."""
    for what in (
        "chaos of edge, broker, centre and database over 20 seeds in one proof",
        "a 30-day outage in compressed time within a stated disk budget",
        "bench of the drain to the receipt beside a bare publisher, receivers 1/2/4",
        "conformance of a foreign receiver, crippled ones told by their clause",
    ):
        yield Line(what, "not built", 0, "built", passed=False)


def evidence_bundles(extent: Extent) -> Iterator[Line]:
    """A bundle that holds, every change found, bad files refused, and verifiers with a hole caught."""
    runs, flips, member_flips = (20, 20_000, 200) if extent == "full" else (3, 300, 5)
    with evidence_bundle.bench(runs) as bench:
        items = bench.report.items
        holds = sum(item.verdict == "holds" for item in items)
        all_hold = holds == len(items) > 0
        yield Line("items of a bundle that hold", f"{holds} of {len(items)}", len(items), "all", passed=all_hold)
        size = bench.bundle.stat().st_size
        told = f"made in {bench.make_ms:.0f} ms, checked in {bench.verify_ms:.0f} ms, {size / 1000:.0f} kB (medians)"
        yield Line("a crossing of two weighings, two acts, one picture", told, runs, "measured", passed=all_hold)
        for what, mutations in (
            ("one bit flipped anywhere in the file", bench.flips(flips)),
            ("a member flipped, removed, emptied, swapped or added", bench.changed_members(member_flips)),
            ("a row, a run or a statement changed, signed by the station's own key", bench.changed_rows()),
            ("unchanged, signed by a foreign key", bench.foreign()),
        ):
            tally = bench.tally(mutations)
            _, most = wilson(len(tally.missed), tally.n)
            missed = f"{len(tally.missed)} undetected (at most {100 * most:.2f} %) {', '.join(tally.missed[:3])}"
            yield Line(what, missed.strip(), tally.n, "0", passed=tally.n > 0 and not tally.missed)
        wrong, n = bench.bad_files(), len(BAD)
        yield Line("bad files not refused by name", ", ".join(wrong) or "0", n, "0", passed=not wrong)
        for check in evidence_bundle.CHECKS:
            blind = bench.blind(check)
            told = f"misses {len(blind.missed)}"
            yield Line(f"mutant without {check}", told, blind.n, "at least 1 missed", passed=bool(blind.missed))


PROMISES: dict[str, Promise] = {
    "Evidence bundles": evidence_bundles,
    "5. Erasing a person's data": erasing,
    "Not built yet": not_yet,
}
"""In the issue's order."""
