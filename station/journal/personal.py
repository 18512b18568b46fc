"""Personal data, kept apart so that it can be erased: the chained row holds only the HMAC of it."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import delete, insert, select

from station.journal import tables
from station.journal.engine import open_engine, translated
from station.journal.opening import WRITER_PATIENCE
from station.journal.refusals import JournalUnwritable

_SALT_BYTES = 32
_REFERENCE_BYTES = 12


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
            self._engine = open_engine(path, WRITER_PATIENCE, extra={"secure_delete": 1})
            self._connection = self._engine.connect()
            with self._connection.begin():
                tables.personal_data.create_all(self._connection)

    def seal(self, text: str) -> SealedText:
        """Store `text` under a new reference and a salt of its own, durably."""
        salt, reference = secrets.token_bytes(_SALT_BYTES), secrets.token_hex(_REFERENCE_BYTES)
        with translated(JournalUnwritable, self._path), self._connection.begin():
            self._connection.execute(insert(tables.personal), {"reference": reference, "salt": salt, "body": text})
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
        table = tables.personal
        with translated(JournalUnwritable, self._path):
            with self._connection.begin():
                gone = self._connection.execute(delete(table).where(table.c.reference == reference)).rowcount
            driver: Any = self._connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        return gone == 1

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
