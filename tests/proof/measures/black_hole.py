"""How long a way that swallows everything goes unnoticed, at the lane and at the centre, at rest and with records."""

import time
from dataclasses import dataclass
from pathlib import Path

from station.courier.talk import LinkIs
from tests.courier.bench import Bench, write_records
from tests.rig.way import Way
from tests.services import running_mosquitto

NOTICED_S = 10.0
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Swallowed:
    """Seconds from the first swallowed byte: until the lane knew, the centre knew; and from the healing until all was
    receipted.
    """

    with_records: bool
    lane_s: float
    centre_s: float
    healed_s: float


def swallowed(folder: Path, *, with_records: bool) -> Swallowed:
    """Both ends reach the broker by one way; it swallows until both have noticed."""
    folder.mkdir()
    with (
        running_mosquitto(folder / "mosquitto") as broker,
        Way(broker.port) as way,
        Bench(folder / "bench", way.port) as bench,
    ):
        newest = write_records(bench.journal, 30)
        centre = bench.start_receiver()
        courier = bench.start_courier()
        bench.pump(lambda: courier._cursor.seq == newest, "the link works", _PATIENCE_S)
        way.mood = "swallow"
        began = time.monotonic()
        noticed: dict[str, float] = {}

        def both_noticed() -> bool:
            if with_records and not noticed:
                write_records(bench.journal, 1)
            if LinkIs(up=False) in bench.heard():
                noticed.setdefault("lane", time.monotonic() - began)
            if not centre._is_up:
                noticed.setdefault("centre", time.monotonic() - began)
            return len(noticed) == 2

        bench.pump(both_noticed, "both ends notice", _PATIENCE_S)
        way.mood = "pass"
        healed = time.monotonic()
        newest = write_records(bench.journal, 1)
        bench.pump(lambda: courier._cursor.seq == newest, "all is receipted", _PATIENCE_S)
        return Swallowed(with_records, noticed["lane"], noticed["centre"], time.monotonic() - healed)
