"""`python -m tests.system.link_processes ROLE SETTINGS ...`: a centre, one that kills itself at a chosen point, and a
courier with the guarantee broken on purpose. Test-only."""

import os
import signal
import sys
import threading

from drivers.contract.plain import decode
from station.centre.joining import Prefix
from station.centre.known_lanes import Lane
from station.centre.receiver import Receiver
from station.centre.running import run_centre
from station.centre.settings import CentreSettings
from station.courier.courier import main as courier_main
from station.courier.loop import Courier
from station.courier.mqtt_link import Acknowledged
from station.courier.store import Cursor
from station.messages.envelope import RecordEvent

_FATAL_STORE = 3


class DeliveredOnPuback(Courier):
    """The mutant: believes the broker."""

    def _on_acknowledged(self, event: Acknowledged) -> None:
        last = next((sent.last_seq for sent in self._box.under_way if sent.mid == event.mid), 0)
        super()._on_acknowledged(event)
        if last > self._cursor.seq:
            self._deliver(Cursor(1, last, self._stream.hash_at(last)), self._clock())


class DiesBeforeCommit(Receiver):
    """Killed when it has the records and has not stored them."""

    stores = 0

    def _store(self, lane: Lane, events: list[RecordEvent]) -> None:
        self.stores += 1
        if self.stores == _FATAL_STORE:
            os.kill(os.getpid(), signal.SIGKILL)
        super()._store(lane, events)


class DiesBeforeReceipt(Receiver):
    """Killed when the records are stored and nobody has been told. A receipt that says again what is known already,
    as for a batch that came twice, is not counted.
    """

    news, told = 0, 0

    def _send_receipt(self, lane: Lane, prefix: Prefix) -> None:
        self.news += prefix.seq > self.told
        if self.news == _FATAL_STORE:
            os.kill(os.getpid(), signal.SIGKILL)
        self.told = prefix.seq
        super()._send_receipt(lane, prefix)


def main(role: str, arguments: list[str]) -> int:
    if role == "mutant":
        return courier_main(arguments, DeliveredOnPuback)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    receiver = {"centre": Receiver, "before-commit": DiesBeforeCommit, "before-receipt": DiesBeforeReceipt}[role]
    run_centre(decode(CentreSettings, arguments[0].encode()), stop, receiver)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
