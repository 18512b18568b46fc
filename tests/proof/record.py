"""`python -m tests.proof record`: the issue of record, evidence, link and centre, what it must show, in its order.

What is not built yet has its line here, and it fails.
"""

from collections.abc import Iterator

from tests.proof.frame import Extent, Line, Promise


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
    "Not built yet": not_yet,
}
"""In the issue's order."""
