"""Live copies of records (notices) until the centre says that it has them; each new connection sends them again.

Only the newest are kept: what falls out arrives with the stream.
"""

from collections.abc import Callable, Iterator

from station.messages.receipts import Held

MOST = 32


class LiveCopies:
    """By record number."""

    def __init__(self) -> None:
        self._encoded: dict[int, bytes] = {}

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._encoded.values())

    def keep(self, seq: int, encoded: bytes) -> None:
        """Until it is answered or receipted."""
        self._encoded[seq] = encoded
        if len(self._encoded) > MOST:
            del self._encoded[min(self._encoded)]

    def answered(self, held: Held, hash_at: Callable[[int], bytes]) -> bool:
        """The centre names a copy that it holds; False if it is none of a record of ours."""
        if hash_at(held.seq).hex() != held.hash:
            return False
        self._encoded.pop(held.seq, None)
        return True

    def receipted(self, seq: int) -> None:
        """The stream has come so far."""
        self._encoded = {at: encoded for at, encoded in self._encoded.items() if at > seq}
