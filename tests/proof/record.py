"""`python -m tests.proof record`: the issue of record, evidence, link and centre, what it must show, in its order.

What is not built yet has its line here, and it fails.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.proof.frame import Extent, Line, Promise
from tests.proof.measures import erasure


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


PROMISES: dict[str, Promise] = {
    "5. Erasing a person's data": erasing,
    "Not built yet": not_yet,
}
"""In the issue's order."""
