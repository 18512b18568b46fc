"""The wall clock jumps ten years forward and back, at the lane while a truck passes, and at either end of the link.

The lane is that of the journeys (tests/journeys/gate.py): one thread, the product's loop, journal and drivers, a clock
that the measure owns. The link is the bench's (tests/courier/bench.py) with a real broker.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from drivers.contract.driver import Answer, Identity
from drivers.contract.orders import Order, ReadPlate
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import PlateRead, Reading
from station.centre import queries, receiver
from station.centre.keys import issue_centre_key
from station.centre.publisher import publish_list
from station.core.records import ClockState, CrossingCompleted, CrossingDecided, CrossingHeld, OrderIssued
from station.courier import loop as courier_loop
from station.courier.talk import DownlinkRefused
from station.journal.chain import RecordRow
from station.journal.reader import JournalReader
from station.simulate.scene import gate_picture
from station.simulate.truck import Truck
from station.trust.chain import Trusted, make_root
from tests.courier.bench import LANE, STATION, Bench, entry, write_records
from tests.journeys import gate as gates
from tests.journeys.gate import DECLARATION, PLATE, UTC_AT_ZERO, Gate
from tests.journeys.yard import Script
from tests.services import running_mosquitto

TEN_YEARS_MS = 3_652 * 86_400_000
"""Ten years with two leap days."""

YEARS_MS = TEN_YEARS_MS // 2
"""Until then the list's entries and the centre's key are valid: a clock ten years ahead is beyond it."""

_GROSS_KG = 42_140
_CROSSING_S = 300
_TOLD = "clock.state"


class _Reader:
    """Reads the plate that is declared, at once."""

    def __init__(self) -> None:
        self._answers: list[Reading] = []

    def open(self) -> Identity:
        return Identity("plate-reader", "of the measure")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        answers, self._answers = self._answers, []
        return answers

    def obey(self, order: Order, patience: Millis) -> Answer:
        if not isinstance(order, ReadPlate):
            return Answer("refused", "not mine")
        sure = Permille(990)
        self._answers.append(
            PlateRead(order.order_id, order.sha256, PLATE, PLATE, sure, (sure,) * len(PLATE), "m" * 64, Millis(5))
        )
        return Answer("accepted")

    def close(self) -> None:
        """Nothing is held."""


class JumpingGate(Gate):
    """`jump_ms` is how far the wall clock is off."""

    jump_ms = 0

    def utc_ms(self) -> int:
        return UTC_AT_ZERO + self.yard.now + self.jump_ms


@dataclass(slots=True)
class Story:
    """What a truck's way through the lane left; `decided_s` and the ticks of `journey` count by the monotonic clock."""

    ends: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    journey: list[tuple[str, int]] = field(default_factory=list)
    jumps_told: list[int] = field(default_factory=list)
    decided_s: float = 0.0
    is_in_order: bool = True
    late_orders: int = 0


def crossing(folder: Path, jump_ms: int, after_s: float) -> Story:
    """One truck; `after_s` after it has arrived the clock jumps, and stays so."""
    far = UTC_AT_ZERO + gates.TICK_AT_START + YEARS_MS
    listed = replace(gates.entry(), valid_until_ms=far)
    with JumpingGate(folder, entries=[listed], reader=lambda _name, _tools: _Reader()) as gate:
        gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        gate.ready()
        since, arrived = gate.rows()[-1].seq, gate.yard.now
        gate.arrive(_GROSS_KG, lambda truck: _passes(gate, truck))
        gate.run(round(after_s * 1_000))
        gate.jump_ms = jump_ms
        gate.until(
            lambda: gate.yard.is_empty or gate.loop.state.phase == "HELD", _CROSSING_S, "the truck is through or held"
        )
        gate.run(2_000)
        return _story([row for row in gate.rows() if row.seq > since], arrived, gate)


def _passes(gate: Gate, truck: Truck) -> Script:
    yield from gate.yard.passes(truck, DECLARATION)


def _story(rows: Sequence[RecordRow], arrived: Tick, gate: Gate) -> Story:
    story = Story()
    with JournalReader(gate.data.root) as reader:
        for row in rows:
            match record := reader.as_record(row):
                case CrossingCompleted():
                    story.ends.append(record.end)
                case CrossingHeld(reason=reason):
                    story.holds.append(reason)
                case CrossingDecided():
                    story.decided_s = (row.tick - arrived) / 1_000
                case ClockState(jump_ms=jump_ms):
                    story.jumps_told.append(jump_ms)
                case OrderIssued():
                    story.late_orders += record.not_after <= row.tick
                case _:
                    pass
            if row.type != _TOLD:
                story.journey.append((row.type, row.tick - rows[0].tick))
        story.is_in_order = reader.first_broken() is None
    pairs = pairwise(rows)
    story.is_in_order &= all(b.seq == a.seq + 1 and b.tick >= a.tick for a, b in pairs)
    return story


@dataclass(frozen=True, slots=True)
class LinkStory:
    """`refused`: what the lane refused while one clock was off; `equal`: both books are the same after it."""

    who: str
    records: int
    refused: frozenset[str]
    delivered_meanwhile: bool
    list_applied: bool
    equal: bool


@contextmanager
def _clocks(offsets: dict[str, int]) -> Iterator[None]:
    """Wall clocks of courier and centre that are off by `offsets`; the real ones come back."""
    real = receiver.utc_now
    ends = (("lane", courier_loop), ("centre", receiver))
    for name, module in ends:
        vars(module)["utc_now"] = lambda name=name: real() + offsets[name]
    try:
        yield
    finally:
        for _, module in ends:
            vars(module)["utc_now"] = real


def link(folder: Path, who: str, jump_ms: int) -> LinkStory:
    """Records flow and a list is published while `who`'s clock is off; then it is right again."""
    offsets = {"lane": 0, "centre": 0}
    with (
        running_mosquitto(folder / "mosquitto") as broker,
        _clocks(offsets),
        Bench(folder / "bench", broker.port) as bench,
    ):
        _expire_in(bench, YEARS_MS)
        write_records(bench.journal, 40)
        centre = bench.start_receiver()
        courier = bench.start_courier()
        bench.pump(lambda: courier._cursor.seq == 40, "the link works")
        offsets[who] = jump_ms
        newest = write_records(bench.journal, 60)
        publish_list(centre.store, STATION, "15BB", [entry("107900000010")], receiver.utc_now())
        bench.pump(lambda: len(_stored(bench)) == newest, "the centre has the records")
        for _ in range(200):
            bench.turn()
        if who == "lane" and jump_ms > 0:  # the centre's key has expired, as the lane sees it
            bench.pump(lambda: any(isinstance(said, DownlinkRefused) for said in bench.heard()), "a refusal")
        meanwhile = courier._cursor.seq == newest
        refused = frozenset(said.reason for said in bench.heard() if isinstance(said, DownlinkRefused))
        offsets[who] = 0
        newest = write_records(bench.journal, 20)
        if not courier._store.held().list_number:
            publish_list(centre.store, STATION, "15BB", [entry("107900000010")], receiver.utc_now())
        bench.pump(
            lambda: courier._cursor.seq == newest and courier._store.held().list_number,
            "all is delivered and the list is in force once the clock is right",
            60.0,
        )
        with JournalReader(bench.folder / "lane") as reader:
            book = [(row.epoch, row.seq, row.body, row.hash) for row in reader.records(0, 1_000_000)]
        return LinkStory(who, newest, refused, meanwhile, True, book == _stored(bench))


def _expire_in(bench: Bench, ms: int) -> None:
    """The centre's key ends `ms` from now."""
    keys = bench.keys
    keys.centre_key.unlink()
    keys.trusted = issue_centre_key(
        keys.root, Trusted(make_root(keys.root, demo=True)), keys.centre_key, receiver.utc_now() + ms
    )
    keys.trusted.save(keys.root_file, keys.statements_file)


def _stored(bench: Bench) -> list[tuple[int, int, bytes, bytes]]:
    assert bench.receiver is not None
    found = queries.records(bench.receiver.store, STATION, LANE, limit=1_000_000)
    return [(row.epoch, row.seq, row.body, row.hash) for row in found]


def instants(count: int, seed: int) -> list[float]:
    """Seconds after a truck's arrival."""
    chance = random.Random(seed)
    return [chance.uniform(0.0, 40.0) for _ in range(count)]
