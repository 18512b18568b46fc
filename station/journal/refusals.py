"""Why the journal, or another of our databases, cannot be written or read: a cause, what was seen, the next step."""

from pathlib import Path
from typing import Any, Literal

Cause = Literal[
    "disk-full",
    "locked",
    "not-writable",
    "io-error",
    "corrupt",
    "missing",
    "second-writer",
    "sqlite-too-old",
    "unsafe-settings",
    "database-error",
]

_NEXT_STEPS: dict[Cause, str] = {
    "disk-full": "free space on the disk that holds it",
    "locked": "end the other program that holds it open for writing",
    "not-writable": "check that folder and file belong to the lane's account and that the disk is not read-only",
    "io-error": "check the disk and its cable, then restart the lane",
    "corrupt": "restart the lane: it sets the damaged file aside and begins a new epoch",
    "missing": "start the lane once: it creates it",
    "second-writer": "stop the other lane process, or give this lane a data folder of its own",
    "sqlite-too-old": "install the locked requirements (pysqlite3 brings its own SQLite)",
    "unsafe-settings": "move the folder to a local disk whose file system supports SQLite's write-ahead log",
    "database-error": "see the lane's log, then restart the lane",
}

# Primary result codes of SQLite (sqlite.org/rescode.html).
_CAUSES: dict[int, Cause] = {
    3: "not-writable",  # SQLITE_PERM
    5: "locked",  # SQLITE_BUSY
    6: "locked",  # SQLITE_LOCKED
    8: "not-writable",  # SQLITE_READONLY
    10: "io-error",  # SQLITE_IOERR
    11: "corrupt",  # SQLITE_CORRUPT
    13: "disk-full",  # SQLITE_FULL
    14: "not-writable",  # SQLITE_CANTOPEN
    26: "corrupt",  # SQLITE_NOTADB
}


class StoreFault(Exception):
    """A database of ours cannot do its work. `cause` is a code; `next_step` says what a person does now."""

    def __init__(self, cause: Cause, thing: Path, seen: str) -> None:
        self.cause: Cause = cause
        self.thing = thing
        self.seen = seen
        self.next_step = _NEXT_STEPS[cause]
        super().__init__(f"{thing}: {cause}: {seen}; next: {self.next_step}")


class JournalUnwritable(StoreFault):
    """Nothing of the turn was stored. The lane is CLOSED and raises nothing until an append succeeds again."""


class Unreadable(StoreFault):
    """A reader cannot read now; trying again later is safe."""


class LedgerUnavailable(StoreFault):
    """The ledger cannot say whether a declaration is spent: nothing may be released on it."""


def cause_of(error: Any) -> tuple[Cause, str]:  # noqa: ANN401 - an error of the SQLite driver, which has no types
    """The cause behind a driver's error, and what SQLite said."""
    code: int = getattr(error, "sqlite_errorcode", 0) or 0
    name: str = getattr(error, "sqlite_errorname", "") or ""
    return _CAUSES.get(code & 0xFF, "database-error"), f"{error} ({name or type(error).__name__})"
