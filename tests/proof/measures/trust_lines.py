"""What the record is worth to others, as lines of a proof: tampering, tickets, bundles, erasure, foreign receivers."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from station.audit.walk import Auditor
from station.centre.witness import Witnessing
from station.evaluation.figures import wilson
from tests.audit.rewriter import DEEDS
from tests.evidence.test_bad_files import BAD
from tests.proof.frame import Extent, Line
from tests.proof.measures import audit, conformance, erasure, evidence_bundle


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


_TRUCKS = {"short": 10, "full": 60}
_MUTATIONS = {"short": 12, "full": 400}


def tamper_evidence(extent: Extent) -> Iterator[Line]:
    """G9: edits, deletions, insertions, swaps and cuts in journal.db; forks at the centre; two mutants."""
    with audit.made(_TRUCKS[extent]) as book:
        for kind, found in audit.mutations(book, _MUTATIONS[extent], seed=9).items():
            yield _all(f"{kind} of a random fact or record found by `audit verify`", found.found, found.n)
            yield _all("  and both verifiers name the same row first", found.same, found.n)
        cut = audit.cut_off(book)
        yield _all("tail cut off with its checkpoints, found against the centre's witnesses", cut.found, cut.n)
        honest = audit.self_consistent_edits(book, lambda opened: Auditor(opened, {}, {}))
        yield _all("record edited and hashed anew at the centre, found", honest.found, honest.n)
        mutant = audit.self_consistent_edits(book, lambda opened: audit.SkipsThePreviousHash(opened, {}, {}))
        yield _none("  by the mutant that skips the previous hash", mutant.found, mutant.n)
        forks = audit.forks(book, Witnessing)
        yield _all("checkpoint that contradicts the centre's records, refused with an alarm", forks.found, forks.n)
        blind = audit.forks(book, audit.WitnessesWithoutLooking)
        yield _none("  by the mutant centre that witnesses without looking", blind.found, blind.n)


def printed_ticket(extent: Extent) -> Iterator[Line]:
    """Full rights on both databases and the station's key, against a piece of paper."""
    with audit.made(_TRUCKS[extent]) as book:
        whole = audit.tickets_that_verify(book)
        yield _all("ticket of an unharmed crossing verifies, at lane and centre", whole.found, whole.n)
        for deed in DEEDS:
            exposed = audit.rewritten(book, deed)
            yield _none(f"{deed} with both chains rebuilt: betrayed by the chains alone", exposed.by_chain, exposed.n)
            yield _all("  exposed by the crossing's own ticket, at lane and centre", exposed.by_own, exposed.n)
            yield _all("  exposed by the last truck's ticket", exposed.by_later, exposed.later)


def _all(what: str, found: int, n: int) -> Line:
    return Line(what, f"{found} of {n}", n, "all", passed=0 < n == found)


def _none(what: str, found: int, n: int) -> Line:
    """What must not help: else the line above it would prove nothing."""
    return Line(what, f"{found} of {n}", n, "none", passed=n > 0 and found == 0)


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


def receivers(extent: Extent) -> Iterator[Line]:
    """Part 8: our centre keeps every clause, and one that breaks a promise is told by its clause."""
    with tempfile.TemporaryDirectory(prefix="station-proof-conformance-") as name:
        n = conformance.CLAUSE_COUNT
        for one in conformance.our_centre(Path(name) / "ours", extent):
            is_whole = (one.passed, one.untried) == (n, 0)
            yield Line(f"station conform: {one.receiver}", str(one), n, f"{n} kept, each tried whole", is_whole)
        for one in conformance.crippled(Path(name) / "crippled", extent):
            clause = conformance.CRIPPLED[one.receiver]
            is_told = one.failed == (clause,)
            yield Line(f"station conform: {one.receiver}", str(one), n, f"fails {clause} and no other", is_told)
