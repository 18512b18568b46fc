"""What a ticket's QR code holds beside the crossing: the newest record's hash and the newest witnessed checkpoint."""

from collections.abc import Callable

from station.audit.tickets import Printed, ticket_text
from station.journal.store import Journal
from station.trust.keys import PrivateKey
from station.trust.signed import Signed


class TicketStamp:
    """Made for one lane with a station key. A ticket is ordered after its commit, so the head is its own record."""

    def __init__(self, journal: Journal, station: str, lane: str, key: PrivateKey, utc_ms: Callable[[], int]) -> None:
        self._journal = journal
        self._station = station
        self._lane = lane
        self._key = key
        self._utc_ms = utc_ms

    def __call__(self, crossing: str) -> str:
        """The code for the ticket of `crossing`; what names no crossing of this lane stays as it is."""
        prefix = f"{self._station}-{self._lane}-"
        if not crossing.startswith(prefix):
            return crossing
        head, seen = self._journal.head, self._journal.newest_witness
        number = crossing.removeprefix(prefix)
        printed = Printed(self._station, self._lane, number, head.epoch, head.seq, head.hash, self._utc_ms())
        return ticket_text(printed, Signed.from_wire(seen.signed) if seen is not None else None, self._key)
