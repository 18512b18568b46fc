"""A lane's journal and its centre with crossings, tickets, checkpoints and witnesses, all as the product makes them."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from drivers.contract.quantities import Grams, Millis, Permille, Tick
from drivers.contract.readings import DeckSample
from station.centre.store import CentreStore
from station.centre.witness import Witnessing
from station.core.facts import DeviceRead, Fact, TimePassed
from station.core.records import (
    CrossingCompleted,
    CrossingDecided,
    CrossingOpened,
    CrossingReleased,
    Record,
    Stamped,
    WeightRecorded,
)
from station.journal import seal
from station.journal.reader import JournalReader
from station.journal.seal import Signer, Witnessed
from station.journal.store import Journal
from station.lane.ticket_stamp import TicketStamp
from station.messages.envelope import RecordEvent
from station.trust.keys import PrivateKey, PublicKey
from tests.audit.sealed import LANE, STATION, by_id
from tests.journal.made import UTC, outcome

TURNS_PER_CROSSING = 4


def crossing_named(number: int) -> str:
    return f"{STATION}-{LANE}-E1-{number:06}"


@dataclass
class GateBook:
    """Use as a context manager. `tickets` are the QR texts by crossing."""

    folder: Path
    station_key: PrivateKey = field(default_factory=PrivateKey.make)
    centre_key: PrivateKey = field(default_factory=PrivateKey.make)
    tickets: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._open = ExitStack()
        signer = Signer(STATION, LANE, self.station_key, self._utc)
        self.lane = self.folder / "lane"
        self.tick = 0
        self.journal = self._open.enter_context(Journal.open(self.lane, signer=signer))
        self.reader = self._open.enter_context(JournalReader(self.lane))
        self.store = CentreStore(self.database)
        self._open.callback(self.store.close)
        self.witnessing = Witnessing(self.store, lambda _: by_id(self.station_key), self.centre_key, self._utc)
        self._stamp = TicketStamp(self.journal, STATION, LANE, self.station_key, self._utc)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def database(self) -> str:
        """The centre's, as an URL."""
        return f"sqlite:///{self.folder}/centre.db"

    @property
    def keys(self) -> tuple[dict[str, PublicKey], dict[str, PublicKey]]:
        """The station's and the centre's, as an auditor has them."""
        station, centre = self.station_key, self.centre_key
        return {station.key_id: station.public}, {centre.key_id: centre.public}

    def cross(self, count: int, *, every: int = 12) -> None:
        """So many trucks; a checkpoint about every `every` records. The centre has everything at once."""
        usual, seal.EVERY_RECORDS = seal.EVERY_RECORDS, every
        try:
            for _ in range(count):
                self._cross(crossing_named(len(self.tickets) + 1), 40_000 + 10 * len(self.tickets))
        finally:
            seal.EVERY_RECORDS = usual

    def _cross(self, crossing: str, gross: int) -> None:
        weight = WeightRecorded(crossing, f"w{self.tick}", Grams(1_000 * gross), Grams(0), 9, Millis(3_000), 1)
        self._turn(CrossingOpened(crossing, test=False, previous=""))
        self._turn(weight)
        self._turn(
            CrossingDecided(crossing, "PASS", "", (), 1, Millis(0), "107900000010"),
            CrossingReleased(crossing, "RULES", "107900000010", ()),
        )
        self.tickets[crossing] = self._stamp(crossing)
        self._turn(_completed(crossing, weight.gross))

    def _turn(self, *records: Record) -> None:
        self.tick += 1_000
        at = Tick(self.tick)
        sample = DeckSample(Grams(1_000 * self.tick), moving=False, valid=True)
        facts: list[Fact] = [DeviceRead(at, "scale", sample), TimePassed(at)]
        first = self.journal.next_seq
        stamped = [
            Stamped(seq, at, UTC + self.tick, "synced", 1, record) for seq, record in enumerate(records, start=first)
        ]
        self.journal.append(facts, stamped, outcome(self.tick))
        self._deliver(first)

    def _deliver(self, first: int) -> None:
        rows = self.reader.records(first - 1, 100)
        events = [
            RecordEvent(
                STATION, LANE, row.epoch, row.seq, row.facts_to, row.facts_hash, row.type, row.tick, row.utc_ms,
                row.quality, row.body, row.hash, row.previous, epoch_base=1,
            )
            for row in rows
        ]  # fmt: skip
        self.store.store(STATION, LANE, events, UTC)
        row = self.reader.checkpoint(self.journal.next_seq)
        if row is not None and not row.witness:
            word = self.witnessing.judge((STATION, LANE), row.signed).witness
            self.journal.keep_witness(Witnessed(row.epoch, row.seq, word))

    def _utc(self) -> int:
        return UTC + self.tick


def _completed(crossing: str, gross: Grams) -> CrossingCompleted:
    none = Millis(0)
    return CrossingCompleted(
        crossing, 1, "DEPARTED", "", False, "12C04567", Permille(990), "107900000010", gross, "w", gross, "PASS",
        "RULES", (), (), none, none, none, none, none, none, none, True, "",
    )  # fmt: skip
