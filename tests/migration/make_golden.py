"""`python -m tests.migration.make_golden FILE.tar.xz`: the five databases as this release makes them.

Beside them every statement of this release's life with them, so that a later one can play it on its own tables.

One truck through the whole lane in one thread, its records at a centre; a list, suspensions out of order, a text of an
identity document. Run by a release before it is left, or in an old tree with `PYTHONPATH=THAT_TREE python THIS_FILE`:
it names only what every release so far has.
"""

import json
import re
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from station.centre.publisher import publish_list, publish_suspension
from station.centre.store import CentreStore
from station.courier.store import CourierStore, Cursor
from station.courier.stream import RecordStream
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData
from station.messages.downlinks import Suspension
from station.messages.envelope import decode_event
from station.simulate.scene import gate_picture
from tests.journeys.gate import DECLARATION, FAR_MS, LANE, OFFICE, STATION, UTC_AT_ZERO, Gate, entry

TEXT = "a text that stands for a document's"
NAMES = ("journal.db", "personal.db", "courier.db", "ledger.db", "centre.db")


def make(file: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _overheard() as statements:
            _pass(folder)
            sealed = _keep_aside(folder)
            _deliver(folder)
        (folder / "data" / "sealed.json").write_text(json.dumps(sealed))
        (folder / "data" / "statements.json").write_text(json.dumps(statements, ensure_ascii=False))
        with tarfile.open(file, "w:xz") as archive:
            for path in (folder / "data" / name for name in (*NAMES, "journal.mark", "sealed.json", "statements.json")):
                member = tarfile.TarInfo(path.name)  # no owner, no time
                member.size = path.stat().st_size
                with path.open("rb") as body:
                    archive.addfile(member, body)


@contextmanager
def _overheard() -> Iterator[dict[str, list[str]]]:
    """What any connection asks of each file, with its values in it; the same question once."""
    statements: dict[str, list[str]] = {name: [] for name in NAMES}
    connect = sqlite.connect

    def listened(database: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a DBAPI connection
        connection = connect(database, *arguments, **options)
        found = re.search(r"(\w+\.db)(\.new)?(\?.*)?$", database)
        if found is not None:
            connection.set_trace_callback(lambda sql: _keep(statements[found[1]], sql))
        return connection

    sqlite.connect = listened
    try:
        yield statements
    finally:
        sqlite.connect = connect


def _keep(statements: list[str], sql: str) -> None:
    word = sql.split(None, 1)[0].upper().rstrip(";")
    if word not in ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK") and not (word == "SELECT" and sql in statements):
        statements.append(sql)


def _pass(folder: Path) -> None:
    with Gate(folder) as gate:
        gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        gate.ready()
        gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
        gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the end")
        gate.run(70_000)  # a release that signs checkpoints has signed one by then
    (folder / "ledger.db").rename(folder / "data" / "ledger.db")


def _keep_aside(folder: Path) -> dict[str, str]:
    with Ledger(folder / "data" / "ledger.db") as ledger:
        ledger.spend("107900000028", f"{STATION}-{LANE}-E1-000002")
    with PersonalData(folder / "data" / "personal.db") as personal:
        sealed = personal.seal(TEXT)
    return {"reference": sealed.reference, "hmac": sealed.hmac, "text": TEXT}


def _deliver(folder: Path) -> None:
    centre = CentreStore(f"sqlite:///{folder / 'data' / 'centre.db'}")
    stream = RecordStream(folder / "data", STATION, LANE)
    events = [decode_event(outgoing.encoded) for outgoing in stream.after(0, 10_000)]
    stream.close()
    centre.notice(events[-1], UTC_AT_ZERO)
    prefix = centre.store(STATION, LANE, events[:-1], UTC_AT_ZERO).prefix  # the last one is still under way
    centre.alarm(STATION, LANE, "unknown-type", "of a newer release", UTC_AT_ZERO)
    publish_list(centre, STATION, OFFICE, [entry()], UTC_AT_ZERO)
    publish_suspension(centre, STATION, DECLARATION, UTC_AT_ZERO)
    centre.close()
    courier = CourierStore(folder / "data")
    courier.move_cursor(Cursor(prefix.epoch, prefix.seq, prefix.hash))
    for number in (3, 1):  # out of order: a gap stays
        suspension = Suspension(STATION, f"10790000003{number}", lifted=False, number=number, issued_ms=UTC_AT_ZERO,
                                valid_until_ms=FAR_MS)  # fmt: skip
        courier.apply_suspension(courier.receive("suspension", b"{}", UTC_AT_ZERO), suspension)
    courier.receive("list", b"not judged yet", UTC_AT_ZERO)
    courier.close()


if __name__ == "__main__":
    make(Path(sys.argv[1]).absolute())
