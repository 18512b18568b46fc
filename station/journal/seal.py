"""The station's signature on the heads of both chains: when one is due, and what the centre has witnessed.

A checkpoint is a row of the turn that made it due, in its transaction: a kill has both or neither. A witness waits for
the next turn; what a kill takes, the courier asks for again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from drivers.contract.quantities import Millis, Tick
from station.core.records import ActRecorded, Stamped
from station.journal import tables
from station.messages.checkpoints import Checkpoint
from station.trust.keys import PrivateKey
from station.trust.signed import sign

EVERY_RECORDS = 100
EVERY = Millis(60_000)


@dataclass(frozen=True, slots=True)
class Head:
    """Where both chains end."""

    epoch: int
    seq: int
    hash: bytes
    fseq: int
    fact_hash: bytes


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The centre's signed word on the checkpoint at record `seq`."""

    epoch: int
    seq: int
    signed: bytes


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the names of station and lane, the station's key, the wall clock."""

    station: str
    lane: str
    key: PrivateKey
    utc_ms: Callable[[], int]


class Seal:
    """Of one open journal. Without a signer nothing is ever due."""

    def __init__(self, signer: Signer | None, connection: Connection) -> None:
        self._signer = signer
        table = tables.checkpoint
        self._sealed = connection.scalar(select(func.max(table.c.seq))) or 0
        self._since: Tick | None = None
        newest = select(table.c.epoch, table.c.seq, table.c.witness).where(func.length(table.c.witness) > 0)
        row = connection.execute(newest.order_by(table.c.seq.desc()).limit(1)).first()
        self.newest = Witnessed(row.epoch, row.seq, bytes(row.witness)) if row is not None else None
        self.waiting: list[Witnessed] = []

    def is_due(self, seq: int, now: Tick, stamped: Iterable[Stamped] = ()) -> bool:
        """Whether the head at record `seq` is to be signed in this turn, whose records are `stamped`.

        At an officer's act, after so many records, and after so long with a record that is under no checkpoint.
        """
        if self._signer is None or seq <= self._sealed:
            return False
        if self._since is None or now < self._since:  # the first since the start, or since the last checkpoint
            self._since = now
        is_act = any(isinstance(item.record, ActRecorded) for item in stamped)
        return is_act or seq - self._sealed >= EVERY_RECORDS or now - self._since >= EVERY

    def sign(self, head: Head) -> tuple[int, int, bytes, bytes]:
        """The row of a checkpoint at this head."""
        if self._signer is None:
            raise ValueError("nobody signs here")
        who = self._signer
        hashes = head.hash.hex(), head.fact_hash.hex()
        stated = Checkpoint(who.station, who.lane, head.epoch, head.seq, hashes[0], head.fseq, hashes[1], who.utc_ms())
        return head.seq, head.epoch, sign("checkpoint", stated, who.key).to_wire(), b""

    def put_off(self, now: Tick) -> None:
        """A checkpoint was tried for at `now`: if that fails, the next try comes only after the same time again."""
        self._since = now

    def keep(self, witnessed: Witnessed) -> None:
        """The centre has witnessed a checkpoint: to be stored with the next turn."""
        if self.newest is None or (witnessed.epoch, witnessed.seq) > (self.newest.epoch, self.newest.seq):
            self.newest = witnessed
        self.waiting.append(witnessed)

    def stored(self, row: tuple[int, int, bytes, bytes] | None, witnessed: int) -> None:
        """The transaction with this row, and so many of the witnesses that waited, is on the disk."""
        del self.waiting[:witnessed]
        if row is not None:
            self._sealed, self._since = row[0], None
