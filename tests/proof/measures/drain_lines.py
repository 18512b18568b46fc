"""The bench of the record as lines of a proof: what a turn costs, the drain beside a bare publisher, receivers 1/2/4,
batches sent again.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.proof.frame import Extent, Line
from tests.proof.measures import appending, drain

LEAST_SHARE = 0.60
MOST_AGAIN = 0.001
MOST_SYNCS = 1.05
MOST_RATIO = 1.5
_TURNS = {"short": 400, "full": 4_000}
_RECORDS = {"short": 2_000, "full": 50_000}
_PAIRS = {"short": 1, "full": 3}


def appending_a_turn(extent: Extent) -> Iterator[Line]:
    """Promise 4, at the lane: one sync a turn, and little beside what SQLite itself takes."""
    turns = _TURNS[extent]
    with tempfile.TemporaryDirectory(prefix="station-proof-append-") as folder:
        root = Path(folder)
        syncs = appending.syncs_per_turn(root, turns, turns + 1)
        yield Line("syncs per turn, strace", f"{syncs:.3f}", turns, f"<= {MOST_SYNCS}", passed=0 < syncs <= MOST_SYNCS)
        each = appending.TURNS_TO_A_SNAPSHOT
        merged = appending.syncs_per_turn(root, turns, each)
        what = f"the same with the snapshot of an idle lane after each {each} turns, which no turn waits for"
        yield Line(what, f"{merged:.3f}", turns, "measured", passed=merged > 0)
        found = appending.appended(root, turns)
        told = f"{found.ratio:.2f} ({found.ours_us:.0f} us to {found.bare_us:.0f} us)"
        what = "p50 of a turn to that of bare sqlite3 with the same rows"
        yield Line(what, told, found.n, f"<= {MOST_RATIO}", passed=found.ratio <= MOST_RATIO)


def draining(extent: Extent) -> Iterator[Line]:
    """Promise 4, over a link as a border post has one, and on one machine without any: decision 0039."""
    with tempfile.TemporaryDirectory(prefix="station-proof-drain-") as folder:
        for found in drain.drained(Path(folder), _RECORDS[extent], _PAIRS[extent]):
            who = f"{found.records} records, {found.receivers} receiver(s)"
            n, share = len(found.over_link), drain.share(found.over_link)
            told = f"{share:.0%} of a bare publisher, {drain.rate(found.over_link):.0f} records/s"
            what = f"{who}, link of {drain.LINK_MS} ms"
            yield Line(what, told, n, f">= {LEAST_SHARE:.0%}", passed=share >= LEAST_SHARE)
            n, share = len(found.without), drain.share(found.without)
            told = f"{share:.0%} of a bare publisher, {drain.rate(found.without):.0f} records/s"
            yield Line(f"{who}, no link", told, n, f">= {LEAST_SHARE:.0%}", passed=share >= LEAST_SHARE)
            again = found.sent - found.needed
            passed = found.needed > 0 and again < MOST_AGAIN * found.needed
            yield Line(f"{who}: batches sent again", str(again), found.needed, "< 0.1 %", passed=passed)
