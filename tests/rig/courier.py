"""Mutant: a courier that takes the broker's word for the centre's. `python -m tests.rig.courier SETTINGS FD`."""

import sys

from station.courier.courier import main
from station.courier.loop import Courier
from station.courier.mqtt_link import Acknowledged
from station.courier.store import Cursor


class DeliversOnPuback(Courier):
    """Counts a batch as delivered when the broker has acknowledged it."""

    def _on_acknowledged(self, event: Acknowledged) -> None:
        sent = next((sent for sent in self._box.under_way if sent.mid == event.mid and sent.last_seq), None)
        super()._on_acknowledged(event)
        if sent is not None and sent.last_seq > self._cursor.seq:
            row = self._stream._reader.record(sent.last_seq)
            if row is not None:
                self._deliver(Cursor(row.epoch, row.seq, row.hash), self._clock())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], DeliversOnPuback))
