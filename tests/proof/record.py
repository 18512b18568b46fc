"""`python -m tests.proof record`: the issue of record, evidence, link and centre, what it must show, in its order.

What is not built yet has its line here, and it fails.
"""

from collections.abc import Iterator

from station.audit.walk import Auditor
from station.centre.witness import Witnessing
from tests.audit.rewriter import DEEDS
from tests.proof.frame import Extent, Line, Promise
from tests.proof.measures import audit

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


def not_yet(_: Extent) -> Iterator[Line]:
    """What the issue names and nobody has built or measured."""
    for what in (
        "chaos of edge, broker, centre and database over 20 seeds in one proof",
        "a 30-day outage in compressed time within a stated disk budget",
        "bench of the drain to the receipt beside a bare publisher, receivers 1/2/4",
        "erasing a person's data, searched byte by byte",
        "conformance of a foreign receiver, crippled ones told by their clause",
    ):
        yield Line(what, "not built", 0, "built", passed=False)


PROMISES: dict[str, Promise] = {
    "1. Tamper evidence (G9)": tamper_evidence,
    "3. A printed ticket": printed_ticket,
    "Not built yet": not_yet,
}
"""In the issue's order."""
