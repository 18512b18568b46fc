"""Live copies of records (notices) until the centre says that it has them: sent again from time to time till then.

The centre may be away while the broker is there, and a broker forgets. Only the newest are kept: what falls out arrives
with the stream.
"""

from collections.abc import Callable

from drivers.contract.quantities import Millis, Tick
from station.messages.receipts import Held

MOST = 32
AGAIN = Millis(5_000)


class LiveCopies:
    """By record number: the copy, and when it is to be sent (again)."""

    def __init__(self) -> None:
        self._copies: dict[int, tuple[bytes, Tick]] = {}

    @property
    def wait(self) -> bool:
        """A copy is neither answered nor receipted."""
        return bool(self._copies)

    def keep(self, seq: int, encoded: bytes, now: Tick) -> None:
        """Until it is answered or receipted; due at once."""
        self._copies[seq] = (encoded, now)
        if len(self._copies) > MOST:
            del self._copies[min(self._copies)]

    def due(self, now: Tick) -> list[bytes]:
        """What is to be sent now, oldest first; the same again only after a while."""
        due = [seq for seq, (_, tick) in self._copies.items() if tick <= now]
        for seq in due:
            self._copies[seq] = (self._copies[seq][0], Tick(now + AGAIN))
        return [self._copies[seq][0] for seq in due]

    def connected(self, now: Tick) -> None:
        """What the last connection carried is due again."""
        self._copies = {seq: (encoded, now) for seq, (encoded, _) in self._copies.items()}

    def answered(self, held: Held, hash_at: Callable[[int], bytes]) -> bool:
        """The centre names a copy that it holds; False if it is none of a record of ours."""
        if hash_at(held.seq).hex() != held.hash:
            return False
        self._copies.pop(held.seq, None)
        return True

    def receipted(self, seq: int) -> None:
        """The stream has come so far."""
        self._copies = {at: copy for at, copy in self._copies.items() if at > seq}
