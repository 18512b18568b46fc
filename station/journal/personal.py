"""Personal data, kept apart so that it can be erased: the chained row holds only the HMAC of it."""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, literal, select, update

from station.journal import tables
from station.journal.engine import open_engine, translated
from station.journal.opening import WRITER_PATIENCE
from station.journal.refusals import JournalUnwritable

_SALT_BYTES = 32
_REFERENCE_BYTES = 12
SECURE_DELETE = 1
"""SQLite writes zeros over what is deleted (sqlite.org/pragma.html#pragma_secure_delete)."""


@dataclass(frozen=True, slots=True)
class SealedText:
    """What a fact carries instead of the text: where it lies, and HMAC-SHA-256(salt, text) in hex."""

    reference: str
    hmac: str


class PersonalData:
    """personal.db, written by the lane. Methods raise JournalUnwritable naming the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with translated(JournalUnwritable, path):
            self._engine = open_engine(path, WRITER_PATIENCE, extra={"secure_delete": SECURE_DELETE})
            self._connection = self._engine.connect()
            with self._connection.begin():
                tables.personal_data.create_all(self._connection)

    def seal(self, text: str, crossing: str = "", sealed_ms: int = 0) -> SealedText:
        """Store `text` of a crossing durably, under a new reference and salt. `sealed_ms` is UTC, 0 if unknown."""
        salt, reference = secrets.token_bytes(_SALT_BYTES), secrets.token_hex(_REFERENCE_BYTES)
        with translated(JournalUnwritable, self._path), self._connection.begin():
            self._connection.execute(insert(tables.personal), {"reference": reference, "salt": salt, "body": text})
            owner = {"reference": reference, "crossing": crossing, "sealed_ms": sealed_ms}
            self._connection.execute(insert(tables.personal_of), owner)
        return SealedText(reference, _digest(salt, text))

    def read(self, sealed: SealedText) -> str | None:
        """The text, if it is still there and is the one that was sealed; None otherwise."""
        table = tables.personal
        with translated(JournalUnwritable, self._path), self._connection.begin():
            query = select(table.c.salt, table.c.body).where(table.c.reference == sealed.reference)
            row = self._connection.execute(query).one_or_none()
        if row is None or not hmac.compare_digest(_digest(row.salt, row.body), sealed.hmac):
            return None
        text: str = row.body
        return text

    def erase(self, reference: str) -> bool:
        """Overwrite text and salt, in the log too: the HMAC alone says nothing any more. False if unknown."""
        return self._erase(tables.personal.c.reference == reference) == 1

    def erase_crossing(self, crossing: str) -> int:
        """Erase all texts that were sealed in this crossing; how many there were."""
        owner = tables.personal_of
        return self._erase(self._is_of(owner.c.crossing == crossing))

    def erase_older(self, before_ms: int, now_ms: int, held: Collection[str] = ()) -> int:
        """Erase all texts sealed before this time (UTC) but those of `held` crossings; how many. Those without a time
        begin theirs now.
        """
        table, owner = tables.personal, tables.personal_of
        with translated(JournalUnwritable, self._path), self._connection.begin():
            known = select(owner.c.reference)
            timeless = select(table.c.reference, literal(""), literal(now_ms)).where(table.c.reference.not_in(known))
            columns = ["reference", "crossing", "sealed_ms"]
            self._connection.execute(insert(owner).from_select(columns, timeless))
            self._connection.execute(update(owner).where(owner.c.sealed_ms == 0).values(sealed_ms=now_ms))
        expired = (owner.c.sealed_ms < before_ms) & owner.c.crossing.not_in(held)
        return self._erase(self._is_of(expired))  # also what a reader kept in the log last time

    def _is_of(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return tables.personal.c.reference.in_(select(tables.personal_of.c.reference).where(condition))

    def _erase(self, condition: ColumnElement[bool]) -> int:
        table, owner = tables.personal, tables.personal_of
        with translated(JournalUnwritable, self._path):
            with self._connection.begin():
                gone = self._connection.execute(delete(table).where(condition)).rowcount
                kept = select(table.c.reference)
                self._connection.execute(delete(owner).where(owner.c.reference.not_in(kept)))
            driver: Any = self._connection.connection.driver_connection
            is_busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise JournalUnwritable("locked", self._path, "somebody reads it, so its log still holds what was erased")
        return gone

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> "PersonalData":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _digest(salt: bytes, text: str) -> str:
    return hmac.new(salt, text.encode(), sha256).hexdigest()
