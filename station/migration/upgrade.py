"""Look at a database, or bring it to the newest revision: in one transaction, which can only expand it."""

from station.migration.databases import Database
from station.migration.history import History, history
from station.migration.refusal import MigrationRefused
from station.migration.shape import breaks, read_shape
from station.migration.standing import Standing, look


def look_at(database: Database, known: History | None = None) -> Standing:
    """Where it stands. Changes nothing. Raises MigrationRefused, StoreFault."""
    if not database.exists:
        return Standing("absent")
    with database.looking() as connection:
        return look(connection, known or history(database.history), read_shape(connection), database.where)


def up(database: Database, known: History | None = None) -> Standing:
    """Bring it to the newest revision; where it stood before. Raises MigrationRefused, StoreFault: nothing was changed.

    No row is touched: the tables are compared before and after, in the same transaction, and anything but an expansion
    is taken back.
    """
    known = known or history(database.history)
    before = look_at(database, known)
    if not _has_work(database, before):
        return before
    with database.migrating() as connection:
        old = read_shape(connection)
        before = look(connection, known, old, database.where)  # again: now nobody else can change it
        if not _has_work(database, before):
            return before
        if before.revision:
            known.mark(connection, before.revision)
        known.run(connection)
        new = read_shape(connection)
        faults = breaks(old, new, only_tables=known.only_tables)
        faults += breaks(known.head.shape, new, only_tables=known.only_tables)
        if faults:
            raise MigrationRefused("migration-failed", database.where, "; ".join(faults[:3]))
    return before


def _has_work(database: Database, standing: Standing) -> bool:
    return standing.state in ("behind", "unmarked") or (standing.state == "empty" and database.makes_tables)
