"""What `station conform` says of our centre, and of receivers that break one clause each on purpose.

Each receiver is a process of its own on a real broker, with everything a tester can give: its database is held, and it
is killed amid the stream. Receivers that a kill cannot tell apart are tried without one in the short form.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from station.conform.certify import Verdict
from station.conform.clauses import CLAUSES
from tests.conform.kept import SHORT_HOLE_MS, faults, kept, verdicts
from tests.proof.frame import Extent
from tests.services import running_mosquitto, running_postgres

FIELD_HOLE_MS = 10_000
"""The centre's patience with a hole as it is delivered."""

CRIPPLED = {
    "ReceiptBeforeCommit": "BGS-R-03",
    "WritesBehind": "BGS-R-03",
    "NoDeDuplication": "BGS-R-04",
    "IgnoresGaps": "BGS-R-05",
}
"""Receiver -> the clause that it breaks."""


@dataclass(frozen=True, slots=True)
class Certified:
    """One receiver: whose clauses were kept, which were not, and how many were not tried whole."""

    receiver: str
    passed: int
    failed: tuple[str, ...]
    untried: int

    def __str__(self) -> str:
        told = f"{self.passed} kept, failed {', '.join(self.failed) or 'none'}"
        return told + (f", {self.untried} not tried whole" if self.untried else "")


def our_centre(folder: Path, extent: Extent) -> Iterator[Certified]:
    """On SQLite and on PostgreSQL; with the hole patience of the product in the full form."""
    hole_ms = FIELD_HOLE_MS if extent == "full" else SHORT_HOLE_MS
    with running_mosquitto(folder / "broker") as broker:
        with kept("Receiver", folder / "sqlite", broker.port, hole_ms=hole_ms) as tester:
            yield _certified("our centre on SQLite", verdicts(broker.port, tester))
        with (
            running_postgres() as server,
            kept("Receiver", folder / "postgresql", broker.port, server.url, hole_ms) as tester,
        ):
            yield _certified("our centre on PostgreSQL", verdicts(broker.port, tester))


def crippled(folder: Path, extent: Extent) -> Iterator[Certified]:
    """One after the other, on SQLite."""
    with running_mosquitto(folder / "broker") as broker:
        for name in CRIPPLED:
            with kept(name, folder / name, broker.port) as tester:
                short = {} if extent == "full" or name == "WritesBehind" else {"restart": ""}
                yield _certified(name, verdicts(broker.port, tester, **short))


def _certified(receiver: str, found: Sequence[Verdict]) -> Certified:
    failed = tuple(faults(found))
    passed = sum(verdict.outcome == "pass" for verdict in found)
    return Certified(receiver, passed, failed, sum(bool(verdict.needs) for verdict in found))


CLAUSE_COUNT = len(CLAUSES)
