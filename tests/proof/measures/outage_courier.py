"""Mutant: notices wait behind the backlog. `python -m tests.proof.measures.outage_courier SETTINGS FD`."""

import sys

from station.courier.courier import main
from station.courier.loop import Courier


class BehindTheBacklog(Courier):
    """Sends a live copy only when everything before it has been sent: by then the stream brings it anyway."""

    def _notify(self, seq: int) -> None:
        if self._box.receipted >= seq - 1:
            super()._notify(seq)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], BehindTheBacklog))
