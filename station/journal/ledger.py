"""Which declaration is spent by which crossing. One file for all lanes of a station: first come, first served.

The only database with several writers: each call is one short BEGIN IMMEDIATE transaction.
"""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sqlalchemy import delete, insert, select, update

from drivers.contract.quantities import Millis
from station.journal import tables
from station.journal.engine import open_engine, translated
from station.journal.refusals import LedgerUnavailable

_PATIENCE = Millis(1000)
"""Another lane's transaction takes milliseconds; who waits longer than this answers LEDGER_UNAVAILABLE."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Whether the declaration is booked to the crossing that asked, and to which crossing it is booked now."""

    accepted: bool
    holder: str


class Ledger:
    """ledger.db. Methods raise LedgerUnavailable naming the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with translated(LedgerUnavailable, path):
            self._engine = open_engine(path, _PATIENCE)
            self._connection = self._engine.connect()
            with self._connection.begin():
                tables.ledger_data.create_all(self._connection)

    def spend(self, declaration: str, crossing: str, previous: str = "") -> Booking:
        """Book `declaration` to `crossing`, durably. Asking again gives the same answer.

        `previous` ("" for none) is an interrupted crossing of the same truck: its booking passes to `crossing`.
        Raises ValueError for an empty declaration or crossing.
        """
        table = tables.spent
        if not declaration or not crossing:
            raise ValueError("a booking needs a declaration and a crossing")
        with translated(LedgerUnavailable, self._path), self._connection.begin():
            holder = self._holder(declaration)
            if holder == "":
                self._connection.execute(insert(table), {"declaration": declaration, "crossing": crossing})
            elif holder != crossing and holder == previous:
                self._connection.execute(
                    update(table).where(table.c.declaration == declaration).values(crossing=crossing)
                )
            elif holder != crossing:
                return Booking(False, holder)
        return Booking(True, crossing)

    def release_booking(self, declaration: str, crossing: str) -> bool:
        """Give the booking back, if `crossing` holds it; False if it does not."""
        table = tables.spent
        with translated(LedgerUnavailable, self._path), self._connection.begin():
            query = delete(table).where(table.c.declaration == declaration, table.c.crossing == crossing)
            return self._connection.execute(query).rowcount == 1

    def holder(self, declaration: str) -> str:
        """The crossing that spent `declaration`; "" if nobody did."""
        with translated(LedgerUnavailable, self._path), self._connection.begin():
            return self._holder(declaration)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _holder(self, declaration: str) -> str:
        table = tables.spent
        query = select(table.c.crossing).where(table.c.declaration == declaration)
        return self._connection.scalar(query) or ""
