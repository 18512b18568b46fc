"""A lane's journal, the centre that has all of it, and the hands that alter the centre's database."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from station.centre import queries
from station.centre.days import Days
from station.centre.reconciling import Reconciled, reconcile
from station.centre.store import CentreStore
from station.commands.day import stated
from station.journal.reader import JournalReader
from station.journal.store import Journal
from station.messages.days import DayStatement
from station.messages.envelope import RecordEvent
from station.trust.keys import PrivateKey
from station.trust.signed import sign
from tests.courier.bench import LANE, STATION, write_records

DAY = "2023-11-15"
"""When tests.courier.bench.write_records has its clock: 1,700,000,000 s, five in the morning in Vietnam."""
NOW = 1_700_100_000_000
RECORDS = 250
KEY = PrivateKey.from_raw(b"s" * 32)
Tamper = Callable[[sqlite3.Connection], object]


class Gate:
    """A lane's journal and the centre that has all of it."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "lane"
        self.file = folder / "centre.db"
        with Journal.open(self.journal) as journal:
            write_records(journal, RECORDS, per_turn=50)
        self.store = CentreStore(f"sqlite:///{self.file}")
        self.days = Days(self.store, lambda station: {KEY.public.key_id: KEY.public} if station == STATION else {})
        self.store.store(STATION, LANE, self.events(), NOW)

    def events(self) -> list[RecordEvent]:
        with JournalReader(self.journal) as reader:
            return [
                RecordEvent(
                    STATION, LANE, row.epoch, row.seq, row.facts_to, row.facts_hash, row.type, row.tick, row.utc_ms,
                    row.quality, row.body, row.hash, row.previous, epoch_base=1,
                )
                for row in reader.records(0, 10_000)
            ]  # fmt: skip

    def state(self, statement: DayStatement | None = None, key: PrivateKey = KEY) -> bytes:
        statement = statement or stated(self.journal, STATION, LANE, DAY)
        return sign("day", statement, key).to_wire()

    def tamper(self, deed: Tamper) -> None:
        with closing(sqlite3.connect(self.file)) as connection, connection:
            deed(connection)

    def reconciled(self) -> Reconciled:
        (one,) = reconcile(self.days, DAY, NOW)
        return one

    def codes(self) -> list[str]:
        return [alarm.code for alarm in queries.alarms(self.store)]


def removed(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM record WHERE seq BETWEEN 120 AND 122")
