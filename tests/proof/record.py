"""`python -m tests.proof record`: the issue of record, evidence, link and centre, what it must show, in its order.

Kills at named points are `python -m tests.proof lane_kills`. What is not built yet has its line here, and it fails.
"""

from collections.abc import Iterator

from tests.proof.frame import Extent, Line, Promise
from tests.proof.measures import durability_lines, outage_lines, trust_lines


def not_yet(_: Extent) -> Iterator[Line]:
    """What the issue names and nobody has built or measured."""
    for what in (
        "chaos of edge, broker, centre and database over 20 seeds in one proof",
        "bench of the drain to the receipt beside a bare publisher, receivers 1/2/4",
    ):
        yield Line(what, "not built", 0, "built", passed=False)


PROMISES: dict[str, Promise] = {
    "1. Power cuts (G1)": durability_lines.power_cut,
    "1. Recorded before acted (G2)": durability_lines.recorded_before_acted,
    "1. Damage (G8)": durability_lines.damaged,
    "1. Tamper evidence (G9)": trust_lines.tamper_evidence,
    "1. Hostile payloads (G13)": durability_lines.hostile_payloads,
    "2. Thirty days without a link": outage_lines.without_a_link,
    "3. A printed ticket": trust_lines.printed_ticket,
    "5. Erasing a person's data": trust_lines.erasing,
    "Evidence bundles": trust_lines.evidence_bundles,
    "Conformance of receivers": trust_lines.receivers,
    "Not built yet": not_yet,
}
"""In the issue's order."""
