"""How fast a backlog of records reaches the centre: from the journal to the centre's signed receipts."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from drivers.contract.plain import encode
from drivers.contract.quantities import Tick
from station.bench.samples import Measured, measured
from station.core.facts import TimePassed
from station.core.records import AlarmCleared, AlarmRaised, Stamped
from station.courier.broker import Broker
from station.courier.database import open_for_reading
from station.courier.settings import CourierSettings, command
from station.journal.store import Journal
from station.simulate.brokers import DemoBroker
from station.simulate.children import Children
from station.simulate.demo_folder import LANE, STATION, DemoFolder

_PATIENCE_S = 60.0
_PER_TURN = 4
_LOOK_S = 0.01
_UTC_MS = 1_790_000_000_000


class StreamStuck(Exception):
    """The records were not receipted in time."""


def measure_stream(root: Path, records: int, broker: DemoBroker) -> list[Measured]:
    """Records per second of a backlog of about `records`. `root` must be new or a demo's. Raises StreamStuck,
    ChildDied, OSError.
    """
    folder = DemoFolder(root)
    folder.make(())
    newest = _write(folder.journal, records)
    ports = dict.fromkeys(("barrier", "scale", "scanner", "camera"), "1")
    folder.write_settings(ports, (broker.host, broker.port), broker.version)
    children = Children(folder.logs, os.environ)
    try:
        if broker.is_ours:
            children.start("broker", broker.command)
        _until(broker.answers, children)
        children.start("centre", (sys.executable, "-m", "station", "centre", "--settings", str(folder.centre_settings)))
        children.start("courier", command(_settings(folder, broker)))
        _until(lambda: _receipted(folder.journal) > 0, children)
        began, first = time.monotonic(), _receipted(folder.journal)
        _until(lambda: _receipted(folder.journal) >= newest, children)
        took_s = time.monotonic() - began
    finally:
        children.close()
        folder.release()
    line = measured("bench-stream", [(newest - first) / took_s], "1/s", of=broker.name)
    return [Measured(line.what, line.of, line.unit, newest - first, line.median, line.p99, line.aim)]


def _write(folder: Path, records: int) -> int:
    """A backlog as an alarming night leaves it; the newest number."""
    with Journal.open(folder) as journal:
        for turn in range(records // _PER_TURN):
            tick = Tick(1_000 + turn)
            raised = AlarmRaised("DEVICE_DEGRADED", "camera", "silent", "")
            cleared = AlarmCleared("DEVICE_DEGRADED", "camera")
            stamped = [
                Stamped(journal.next_seq + index, tick, _UTC_MS + turn, "synced", 0, cleared if index % 2 else raised)
                for index in range(_PER_TURN)
            ]
            journal.append([TimePassed(tick)], stamped, bytes(32))
        return journal.next_seq - 1


def _settings(folder: DemoFolder, broker: DemoBroker) -> bytes:
    keys, data = folder.keys, str(folder.journal)
    at = Broker(broker.host, broker.port, broker.version)
    return encode(CourierSettings(STATION, LANE, data, data, str(keys / "root.pub"), str(keys / "centre.signed"), at))


def _receipted(folder: Path) -> int:
    """The newest record that the courier holds a receipt for; 0 if none."""
    database = open_for_reading(folder)
    if database is None:
        return 0
    try:
        row = database.execute("SELECT seq FROM cursor").fetchone()
    finally:
        database.close()
    return int(row[0]) if row else 0


def _until(condition: Callable[[], bool], children: Children) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        children.check()
        if time.monotonic() > deadline:
            raise StreamStuck(f"not every record was receipted within {_PATIENCE_S:.0f} s")
        time.sleep(_LOOK_S)
