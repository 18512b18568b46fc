"""Has the centre witness the lane's checkpoints, and weighs what it says."""

from drivers.contract.quantities import Millis, Tick
from station.courier.downlink import DownlinkUnacceptable
from station.courier.store import Cursor
from station.courier.stream import RecordStream
from station.courier.talk import Witnessed
from station.messages.receipts import Witness
from station.trust.signed import Signed

_AGAIN = Millis(60_000)


class Offering:
    """One checkpoint at a time, the newest that the centre can judge. Both methods raise Unreadable."""

    def __init__(self, stream: RecordStream, now: Tick) -> None:
        self._stream = stream
        self._offered, self._again = 0, now

    def begin_again(self) -> None:
        """Connected anew: what was offered may not have come."""
        self._offered = 0

    def due(self, cursor: Cursor, now: Tick) -> bytes | None:
        """The signed checkpoint to send now; the same one again after a minute without an answer."""
        row = self._stream.unwitnessed(cursor)
        if row is None or (row.seq == self._offered and now < self._again):
            return None
        self._offered, self._again = row.seq, Tick(now + _AGAIN)
        return row.signed

    def weigh(self, witness: Witness, signed: Signed) -> Witnessed:
        """What the lane keeps, if it is of a record of ours. Raises DownlinkUnacceptable: of another chain."""
        if self._stream.hash_at(witness.seq).hex() != witness.hash:
            raise DownlinkUnacceptable(f"witness: record {witness.seq} of epoch {witness.epoch}", "fork")
        return Witnessed(witness.epoch, witness.seq, signed.to_wire().decode())
