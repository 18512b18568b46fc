"""`python -m tests.proof record`: the issue of record, evidence, link and centre, what it must show, in its order.

What is not built yet has its line here, and it fails.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.proof.frame import Extent, Line, Promise
from tests.proof.measures import conformance


def not_yet(_: Extent) -> Iterator[Line]:
    """What the issue names and nobody has built or measured."""
    for what in (
        "chaos of edge, broker, centre and database over 20 seeds in one proof",
        "a 30-day outage in compressed time within a stated disk budget",
        "bench of the drain to the receipt beside a bare publisher, receivers 1/2/4",
        "erasing a person's data, searched byte by byte",
    ):
        yield Line(what, "not built", 0, "built", passed=False)


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


PROMISES: dict[str, Promise] = {
    "Conformance of receivers": receivers,
    "Not built yet": not_yet,
}
"""In the issue's order."""
