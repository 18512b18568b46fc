"""The bench of the drain as lines of a proof: its share of a bare publisher, receivers 1/2/4, batches sent again."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.proof.frame import Extent, Line
from tests.proof.measures import drain

LEAST_SHARE = 0.60
MOST_AGAIN = 0.001
_RECORDS = {"short": 2_000, "full": 50_000}
_PAIRS = {"short": 1, "full": 3}


def draining(extent: Extent) -> Iterator[Line]:
    """Promise 4. Without a link both ends share the machine, and the share is told, not bound: decision 0039."""
    with tempfile.TemporaryDirectory(prefix="station-proof-drain-") as folder:
        for found in drain.drained(Path(folder), _RECORDS[extent], _PAIRS[extent]):
            who = f"{found.records} records, {found.receivers} receiver(s)"
            n, share = len(found.over_link), drain.share(found.over_link)
            told = f"{share:.0%} of a bare publisher, {drain.rate(found.over_link):.0f} records/s"
            what = f"{who}, link of {drain.LINK_MS} ms"
            yield Line(what, told, n, f">= {LEAST_SHARE:.0%}", passed=share >= LEAST_SHARE)
            told = f"{drain.share(found.without):.0%}, {drain.rate(found.without):.0f} records/s"
            yield Line(f"{who}, no link", told, len(found.without), "measured", passed=drain.rate(found.without) > 0)
            again = found.sent - found.needed
            passed = found.needed > 0 and again < MOST_AGAIN * found.needed
            yield Line(f"{who}: batches sent again", str(again), found.needed, "< 0.1 %", passed=passed)
