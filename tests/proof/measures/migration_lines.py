"""Expand-only migrations as lines of a proof: what past releases left, and revisions that would do more than expand."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from station.migration.databases import Database, SqliteFile
from station.migration.history import history
from station.migration.upgrade import look_at, up
from tests.migration.golden import GOLDEN, HISTORIES, Rows, chain_faults, databases, live_again, rows, unpack
from tests.migration.linting import faults
from tests.migration.mutants import HONEST, MUTANTS, third
from tests.proof.frame import Extent, Line


def expand_only(_: Extent) -> Iterator[Line]:
    """Every golden release, every database; the same in both extents."""
    with tempfile.TemporaryDirectory(prefix="migration-") as name:
        for release in GOLDEN:
            yield from _expanded(unpack(release, Path(name)))
        yield from _refused(Path(name))


def _expanded(data: Path) -> Iterator[Line]:
    """Before and after, row by row; then the old release's own statements on the new tables."""
    left = {database: rows(Path(database.where)) for database in databases(data)}
    for database in left:
        up(database)
    total = changed = 0
    for database, before in left.items():
        assert isinstance(database, SqliteFile)
        after = rows(database.path)
        for table, kept in before.items():
            total, changed = total + len(kept), changed + sum(row not in after[table] for row in kept)
            changed += len(after[table]) != len(kept)
    stale = [database.history for database in left if look_at(database).state != "current"]
    yield Line(f"{data.name}: rows changed", str(changed), total, "0", passed=changed == 0 and total > 0)
    yield Line(f"{data.name}: not at the newest revision", ", ".join(stale) or "0", len(left), "0", passed=not stale)
    broken = [*chain_faults(str(data)), *chain_faults(f"sqlite:///{data / 'centre.db'}")]
    yield Line(f"{data.name}: breaks in the chains", "; ".join(broken[:3]) or "0", 2, "0", passed=not broken)
    statements = json.loads((data / "statements.json").read_text())
    others = [name for name, before in _lived(data, left).items() if before]
    told = ", ".join(others) or "the rows that it left"
    count = sum(map(len, statements.values()))
    yield Line(f"{data.name}: its statements on our tables", told, count, "the rows that it left", passed=not others)


def _lived(data: Path, left: dict[Database, Rows]) -> dict[str, bool]:
    """Which database holds other rows after the old release's life on the tables of this one."""
    found = {}
    for database, before in left.items():
        lived = live_again(data, database.history)
        found[database.history] = {table: lived[table] for table in before} != before
    return found


def _refused(folder: Path) -> Iterator[Line]:
    through = []
    for number, (name, body, _) in enumerate(MUTANTS):
        revisions = third(name, body, folder / f"mutant-{number}")
        if not faults(revisions, only_tables=history(name).only_tables):
            through.append(body)
    told = "; ".join(through) or "0"
    yield Line("mutants that no linter refused", told, len(MUTANTS), "0", passed=not through)
    wrongly = faults(third("journal", "\n    ".join(HONEST), folder / "honest"))
    yield Line("faults found in one that expands", "; ".join(wrongly) or "0", len(HONEST), "0", passed=not wrongly)
    ours = [fault for name in HISTORIES for fault in faults(history(name).folder)]
    steps = sum(len(history(name).revisions) for name in HISTORIES)
    yield Line("faults found in our revisions", "; ".join(ours) or "0", steps, "0", passed=not ours)
