"""A receiver kept running at a broker, and what `certify` says of it."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from drivers.contract.plain import encode
from drivers.contract.quantities import Millis
from station.centre.settings import CentreSettings
from station.conform.certify import Verdict, certify
from station.conform.clauses import CLAUSES
from station.conform.stage import Tester
from station.courier.broker import Broker
from station.trust.keys import load_key
from tests.courier.bench import Keys
from tests.services import end_process

ROOT = Path(__file__).parents[2]
STATION, STRANGER = "VNHUN1", "VNXXX1"
SHORT_HOLE_MS = 700


def tester(keys: Keys, folder: Path, database: str) -> Tester:
    """Everything a tester can say, so that every clause is tried whole."""
    return Tester(
        station=STATION,
        key=load_key(keys.centre_key).public,
        prefix=f"C{time.time_ns():x}",
        stranger=STRANGER,
        restart=f"sh -c 'kill -9 $(cat {folder}/pid)'",
        hold=f"{sys.executable} -m tests.conform.hold {database}",
        patience=Millis(15_000),
        long_patience=Millis(60_000),
    )


@contextmanager
def kept(name: str, folder: Path, port: int, database: str = "", hole_ms: int = SHORT_HOLE_MS) -> Iterator[Tester]:
    """The receiver `name` of `receivers.RECEIVERS`, started again whenever it ends; on SQLite in `folder` if no other
    database is named. `hole_ms` is its own patience with a hole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database = database or f"sqlite:///{folder}/centre.db"
    keys = Keys(folder / "keys")
    settings = CentreSettings(database, str(keys.centre_key), (STATION,), Broker(port=port))
    receiver = [sys.executable, "-m", "tests.conform.receivers", name, encode(settings).decode(), str(hole_ms)]
    keeper = [sys.executable, "-m", "tests.conform.keeper", str(folder / "pid"), *receiver]
    process = subprocess.Popen(keeper, cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        yield tester(keys, folder, database)
    finally:
        end_process(process)


def verdicts(port: int, said: Tester, **otherwise: str) -> list[Verdict]:
    """Of every clause; `otherwise` replaces what the tester says, for instance `restart=""`."""
    return list(certify(Broker(port=port), replace(said, **otherwise)))  # type: ignore[arg-type] # only texts


def faults(found: Sequence[Verdict]) -> dict[str, str]:
    """The clauses that are not kept, and why; every clause has a verdict."""
    assert [verdict.clause for verdict in found] == [clause.id for clause in CLAUSES]
    return {verdict.clause: verdict.code for verdict in found if verdict.outcome == "fail"}
