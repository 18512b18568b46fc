"""Our centre, and receivers that break one clause each. `python -m tests.conform.receivers NAME SETTINGS HOLE_MS`."""

import signal
import sys
import threading
from collections.abc import Sequence

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from drivers.contract.clock import now
from drivers.contract.plain import decode
from drivers.contract.quantities import Millis, Tick
from station.centre import receiver as receiver_module
from station.centre import tables
from station.centre.joining import Prefix
from station.centre.known_lanes import Lane
from station.centre.receiver import Receiver
from station.centre.rows import row_of
from station.centre.running import run_centre
from station.centre.settings import CentreSettings
from station.centre.store import CentreStore, _of
from station.messages.envelope import RecordEvent


class ReceiptBeforeCommit(Receiver):
    """Believes that what follows the chain it has seen will be stored, and says so before it is."""

    delay = Millis(0)

    def __init__(self, settings: CentreSettings) -> None:
        super().__init__(settings)
        self._seen: dict[Lane, Prefix] = {}
        self._late: list[tuple[Tick, Lane, list[RecordEvent]]] = []

    def turn(self, patience: Millis) -> None:
        super().turn(Millis(min(patience, 20)) if self._late else patience)
        self._write_late(now())

    def _store(self, lane: Lane, events: list[RecordEvent]) -> None:
        seen = self._seen.get(lane)
        for event in events:
            follows = seen and (event.epoch, event.seq, event.previous) == (seen.epoch, seen.seq + 1, seen.hash)
            seen = Prefix(event.epoch, event.seq, event.hash) if follows and event.has_true_hash else None
        if seen is None:
            self._write_late(Tick(sys.maxsize))
            self._seen.pop(lane, None)
            super()._store(lane, events)
            return
        self._seen[lane] = seen
        super()._send_receipt(lane, seen)
        self._late.append((Tick(now() + self.delay), lane, events))

    def _write_late(self, tick: Tick) -> None:
        while self._late and self._late[0][0] <= tick:
            _, lane, events = self._late.pop(0)
            super()._store(lane, events)

    def _send_receipt(self, lane: Lane, prefix: Prefix) -> None:
        self._seen.setdefault(lane, prefix)
        super()._send_receipt(lane, prefix)


class WritesBehind(ReceiptBeforeCommit):
    """The same, and what it has receipted is written long after."""

    delay = Millis(10_000)


class NoDeDuplication(Receiver):
    """Takes every record for a new one; a batch that its database then refuses is lost."""

    class Store(CentreStore):
        def _joined(self, *_: object) -> None:
            """Nothing is ordinary here."""

        def _add(self, connection: Connection, events: Sequence[RecordEvent], now_ms: int) -> int:
            stored = self._known(connection, events)
            for event in events:
                if stored.get((event.epoch, event.seq), event.hash) != event.hash:
                    self._put_aside(connection, event, now_ms)
                else:
                    connection.execute(insert(tables.record), [row_of(event, now_ms)])
            return len(events)

    def __init__(self, settings: CentreSettings) -> None:
        super().__init__(settings)
        self.store.close()
        self.store = self.Store(settings.database)

    def _store(self, lane: Lane, events: list[RecordEvent]) -> None:
        try:
            super()._store(lane, events)
        except IntegrityError as error:
            sys.stderr.write(f"a batch is lost: {str(error)[:80]}\n")


class IgnoresGaps(Receiver):
    """Goes on with the next record there is."""

    class Store(CentreStore):
        def _joined(self, *_: object) -> None:
            """Nothing is ordinary here."""

        def _walk(self, connection: Connection, station: str, lane: str, at: Prefix, now_ms: int) -> Prefix:
            walked = super()._walk(connection, station, lane, at, now_ms)
            if walked != at:
                return walked
            table = tables.record
            found = connection.execute(
                select(table.c.seq, table.c.hash)
                .where(*_of(table, station, lane), table.c.epoch == at.epoch, table.c.seq > at.seq + 1)
                .order_by(table.c.seq)
                .limit(1)
            ).first()
            return at if found is None else Prefix(at.epoch, found.seq, bytes(found.hash))

    def __init__(self, settings: CentreSettings) -> None:
        super().__init__(settings)
        self.store.close()
        self.store = self.Store(settings.database)


RECEIVERS: dict[str, type[Receiver]] = {
    cls.__name__: cls for cls in (Receiver, ReceiptBeforeCommit, WritesBehind, NoDeDuplication, IgnoresGaps)
}


def main(name: str, settings: str, hole_ms: str) -> None:
    receiver_module.HOLE_PATIENCE = Millis(int(hole_ms))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    run_centre(decode(CentreSettings, settings.encode()), stop, RECEIVERS[name])


if __name__ == "__main__":
    main(*sys.argv[1:])
