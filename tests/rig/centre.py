"""A centre that can stop between its commit and the receipt. `python -m tests.rig.centre SETTINGS STOPS`."""

import signal
import sys
import threading
from pathlib import Path

from drivers.contract.plain import decode
from drivers.contract.quantities import Millis
from station.centre.joining import Prefix
from station.centre.known_lanes import Lane
from station.centre.receiver import Receiver
from station.centre.settings import CentreSettings
from station.messages.envelope import RecordEvent
from tests.rig.stops import Stops

AFTER_COMMIT = "after-commit"


class StoppingReceiver(Receiver):
    """Stops when records are committed and their receipt has not been sent."""

    stops: Stops
    _stored = False

    def _store(self, lane: Lane, events: list[RecordEvent]) -> None:
        self._stored = True
        super()._store(lane, events)

    def _send_receipt(self, lane: Lane, prefix: Prefix) -> None:
        if self._stored:
            self._stored = False
            self.stops.stop_here(AFTER_COMMIT)
        super()._send_receipt(lane, prefix)


def main(settings: str, stops: str) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    StoppingReceiver.stops = Stops(Path(stops))
    receiver = StoppingReceiver(decode(CentreSettings, settings.encode()))
    try:
        while not stop.is_set():
            receiver.turn(Millis(200))
    finally:
        receiver.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
