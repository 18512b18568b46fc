"""Thirty days without a link in compressed time: what a lane writes, and how it lives with it.

The first crossings are decided by the core on tapes of real drivers (`tests.journeys.taped`); the others are their rows
again with numbers, names, times and chains of their own (`tests.journeys.stencil`). The files are on a disk.
"""

import os
import secrets
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from sqlalchemy import insert

from drivers.contract.quantities import Millis
from station.courier.store import CourierStore
from station.journal import tables
from station.journal.engine import open_engine
from station.journal.opening import WRITER_PATIENCE
from station.journal.reader import JournalReader
from station.journal.seal import Signer
from station.messages.downlinks import EligibleList
from station.simulate.scene import gate_picture
from station.trust.keys import load_key
from tests.journeys.gate import DECLARATION, FAR_MS, LANE, OFFICE, PARAMETERS, STATION, TICK_AT_START, entry
from tests.journeys.stencil import Block, lengthen
from tests.journeys.taped import PlayedGate, Tape, TapingGate
from tests.journeys.test_readers import CARD, TAG
from tests.journeys.test_scenarios import GREEN_KG, HEAVY_KG
from tests.rig.premises import Ports, Premises
from tests.support import free_port

DAYS, CROSSINGS_A_DAY = 30, 500
PERIOD = Millis(86_400_000 // CROSSINGS_A_DAY)
WITH_READERS = replace(PARAMETERS, triggered=("scanner",), tag_readers=("tags",))
FILES = ("data/journal.db", "data/courier.db", "data/personal.db", "ledger.db")
_IDLE_STEP = Millis(1_000)


def name_of(number: int) -> str:
    """The declaration of crossing `number`."""
    return f"1080{number:08d}"


@dataclass(frozen=True, slots=True)
class Tapes:
    """`opening` of the devices; each crossing lasts PERIOD, the idle time behind it included."""

    opening: Tape
    crossings: tuple[Tape, ...]
    picture_bytes: int


def make_tapes(folder: Path) -> Tapes:
    """Two ordinary trucks and one too heavy, released by two officers; each shows a tag, a card and a code."""
    with TapingGate(folder, WITH_READERS) as gate:
        gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        gate.ready()
        opening = gate.end("opening", "")
        gate.field.put(TAG)
        _crossing(gate, 0, GREEN_KG)  # the first after an opening is not like the others
        kept = tuple(_crossing(gate, 1 + at, kg) for at, kg in enumerate((GREEN_KG, GREEN_KG + 40, HEAVY_KG)))
        pictures = [file.stat().st_size for file in gate.data.evidence.rglob("*.jpg")]
    return Tapes(opening, kept, round(statistics.fmean(pictures)))


def _crossing(gate: TapingGate, number: int, kilograms: int) -> Tape:
    gate.ledger.release_booking(DECLARATION, gate.ledger.holder(DECLARATION) or "none")
    gate.show_plate(gate_picture("12C-045.67", seed=1 + number, condition="clear", lines=2, moment=1 + number))
    gate.begin()
    gate.arrive(kilograms, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.card_is_shown_on_the_deck(CARD)
    if kilograms == HEAVY_KG:
        gate.until(lambda: gate.loop.state.phase == "HELD", 120, "held")
        for actor in ("1187", "2001"):  # it takes two persons, and each looks first
            gate.run(2_000)
            gate.act("release", actor)
    gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the truck is through")
    gate.run(PERIOD - (gate.yard.now - gate.taped_from), _IDLE_STEP)
    tape = gate.end(f"crossing {number}", DECLARATION)
    if tape.end != "DEPARTED":
        raise AssertionError(f"taped: {tape.end}")
    return tape


@dataclass(frozen=True, slots=True)
class Grown:
    """After the outage. `sizes` and `logs`: bytes of each file, and of its write-ahead log at its longest."""

    crossings: int
    decided: int
    facts: int
    records: int
    most_facts: int
    most_records: int
    sizes: dict[str, int]
    logs: dict[str, int]
    ends: tuple[str, ...]

    @property
    def bytes_a_crossing(self) -> float:
        """All databases, without what belongs to no crossing: the logs."""
        return sum(self.sizes.values()) / self.crossings


class Site(Premises):
    """A lane's folder with its keys. No link: nothing listens where the broker should be."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.ports = Ports(free_port(), str(folder / "no-scale"), str(folder / "no-scanner"), free_port())

    def furnish_all(self) -> None:
        """Everything but the data."""
        self.furnish(self.ports)

    def signer(self) -> Signer:
        return Signer(STATION, LANE, load_key(self.keys / "station.key"), lambda: 0)

    def publish(self, first: int, count: int, utc_ms: int) -> None:
        """A day's list, as it is carried to a station without a link."""
        listed = EligibleList(
            STATION, OFFICE, 1 + first, utc_ms, FAR_MS, tuple(entry(name_of(first + n)) for n in range(count))
        )
        store = CourierStore(self.data)
        store.apply_list(store.receive("list", b"{}", utc_ms), listed)
        store.close()

    def gate(self, tapes: Tapes, gate_class: type[PlayedGate] = PlayedGate, since: int = TICK_AT_START) -> PlayedGate:
        """The lane of this site, open; `since`: the tick it begins at."""
        return gate_class(
            self.folder,
            WITH_READERS,
            entries=[],
            station_key=load_key(self.keys / "station.key"),
            opening=tapes.opening,
            since=since,
        )


def grow(site: Site, tapes: Tapes, decided: int, copies: int) -> Grown:
    """`decided` crossings by the core, and `copies` of them all behind them."""
    logs = dict.fromkeys(FILES, 0)
    with site.gate(tapes) as gate:
        site.publish(0, CROSSINGS_A_DAY, gate.utc_ms())
        after, began = (gate.journal.next_fseq - 1, gate.journal.next_seq - 1), gate.yard.now
        for number in range(decided):
            gate.play(tapes.crossings[number % len(tapes.crossings)], name_of(number), number)
            for name in FILES:
                logs[name] = max(logs[name], _size(site.folder / f"{name}-wal"))
        lasts = Millis(gate.yard.now - began)
        ends = tuple(completed.end for completed in gate.completed())
    block = Block(*after, decided, lasts)
    if copies:
        lengthen(site.data, block, copies, site.signer())
        _lengthen_others(site, decided, copies)
    with JournalReader(site.data) as reader:
        facts, records = reader.newest()
    return Grown(
        decided * (1 + copies),
        decided,
        facts,
        records,
        max(tape.facts for tape in tapes.crossings),
        max(tape.records for tape in tapes.crossings),
        {name: _size(site.folder / name) for name in FILES},
        logs,
        ends,
    )


def _lengthen_others(site: Site, decided: int, copies: int) -> None:
    """personal.db and ledger.db: the same rows under other names."""
    for path, named in (
        (site.data / "personal.db", (tables.personal, tables.personal_of)),
        (site.folder / "ledger.db", (tables.spent,)),
    ):
        engine = open_engine(path, WRITER_PATIENCE)
        with engine.connect() as connection, connection.begin():
            for table in named:
                rows = [dict(row) for row in connection.execute(table.select()).mappings()]
                made = [_renumbered(row, copy, decided) for copy in range(1, copies + 1) for row in rows]
                connection.execute(insert(table), made)
        engine.dispose()


def _renumbered(row: dict[str, object], copy: int, decided: int) -> dict[str, object]:
    """Another reference, the same one in both tables; another salt; the declaration of another crossing."""
    fresh: dict[str, object] = {}
    if "reference" in row:
        fresh["reference"] = sha256(f"{copy} {row['reference']}".encode()).hexdigest()[:24]
    if "salt" in row:
        fresh["salt"] = secrets.token_bytes(32)
    if "declaration" in row:
        fresh["declaration"] = name_of(int(str(row["declaration"])[4:]) + copy * decided)
    return {**row, **fresh}


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def turn_times(grown: Site, fresh: Site, tapes: Tapes, first: int, count: int) -> tuple[list[int], list[int]]:
    """Microseconds of deciding and keeping, turn by turn: crossings alternate between a grown lane and a new one.

    They are numbered from `first` on. Raises AssertionError for one that does not end as on tape.
    """
    with grown.gate(tapes, since=next_tick(grown)) as one, fresh.gate(tapes, since=next_tick(fresh)) as other:
        for site, gate in ((grown, one), (fresh, other)):
            site.publish(first, CROSSINGS_A_DAY, gate.utc_ms())
        for number in range(first, first + count):
            for gate in (one, other):
                gate.play(tapes.crossings[number % len(tapes.crossings)], name_of(number), number)
        ends = [completed.end for gate in (one, other) for completed in gate.newest_completed(count)]
        if ends != ["DEPARTED"] * 2 * count:
            raise AssertionError(f"after the outage crossings end {ends}")
        return one.took_us, other.took_us


def next_tick(site: Site) -> int:
    """A minute behind the newest fact."""
    with JournalReader(site.data) as reader:
        newest = reader.newest()[0]
        return reader.facts(newest - 1, 1)[0].tick + 60_000


def verify_s(site: Site) -> tuple[str, float]:
    """What is broken in either chain ("" if nothing), every row from the first, and the seconds it took."""
    began = time.process_time()
    with JournalReader(site.data) as reader:
        broken = reader.first_broken()
    return "" if broken is None else str(broken), time.process_time() - began


def p50_ratio(grown: Sequence[int], fresh: Sequence[int]) -> float:
    """How much longer the median turn takes."""
    return statistics.median(grown) / statistics.median(fresh)


def disk_folder() -> Path:
    """Where the outage's files may lie: a disk, not memory."""
    return Path(os.environ.get("TMPDIR", "/var/tmp"))
