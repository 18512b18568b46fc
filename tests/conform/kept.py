"""A receiver kept running at a broker, and what `certify` says of it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.contract.plain import encode
from drivers.contract.quantities import Millis
from station.centre.settings import CentreSettings
from station.conform.certify import Verdict, certify
from station.conform.stage import Tester
from station.courier.mqtt_link import Broker
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
        patience=Millis(5_000),
    )


@contextmanager
def kept(name: str, folder: Path, port: int, database: str, hole_ms: int = SHORT_HOLE_MS) -> Iterator[Tester]:
    """The receiver `name` of `receivers.RECEIVERS`, started again whenever it ends."""
    keys = Keys(folder / "keys")
    settings = CentreSettings(database, str(keys.centre_key), (STATION,), Broker(port=port))
    receiver = [sys.executable, "-m", "tests.conform.receivers", name, encode(settings).decode(), str(hole_ms)]
    keeper = [sys.executable, "-m", "tests.conform.keeper", str(folder / "pid"), *receiver]
    process = subprocess.Popen(keeper, cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        yield tester(keys, folder, database)
    finally:
        end_process(process)


def verdicts(name: str, folder: Path, port: int, database: str = "", hole_ms: int = SHORT_HOLE_MS) -> list[Verdict]:
    """Of every clause; a SQLite database in `folder` unless another one is named."""
    folder.mkdir(parents=True, exist_ok=True)
    with kept(name, folder, port, database or f"sqlite:///{folder}/centre.db", hole_ms) as said:
        return list(certify(Broker(port=port), said))
