"""The centre as a witness: a lane's checkpoint is compared with the centre's own records, and only then counter-signed.

What a station's key has signed and our records contradict is a fork: somebody rewrote one of the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from station.centre import tables
from station.centre.store import CentreStore
from station.messages.checkpoints import Checkpoint
from station.messages.receipts import Witness
from station.trust.keys import PrivateKey, PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload, sign, verify

Finding = Literal["witnessed", "not-yet", "fork"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a checkpoint: the signed `Witness`, or why there is none."""

    finding: Finding
    checkpoint: Checkpoint
    witness: bytes = b""


class Witnessing:
    """Judges checkpoints against the store. `keys` gives the public keys, by id, of an enrolled station."""

    def __init__(
        self,
        store: CentreStore,
        keys: Callable[[str], Mapping[str, PublicKey]],
        key: PrivateKey,
        utc_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._keys = keys
        self._key = key
        self._utc_ms = utc_ms

    def judge(self, lane: tuple[str, str], payload: bytes) -> Judged:
        """Witness the checkpoint in `payload`, which came from `lane`; committed on return. The same one again gets the
        same word. Raises Untrusted: not signed with the station's key, or of another lane.
        """
        checkpoint = self._read(lane, payload)
        if not self._has(checkpoint):
            return Judged("not-yet", checkpoint)
        if not self._agrees(checkpoint):
            return Judged("fork", checkpoint)
        return Judged("witnessed", checkpoint, self._keep(checkpoint, payload))

    def _read(self, lane: tuple[str, str], payload: bytes) -> Checkpoint:
        keys = self._keys(lane[0])
        if not keys:
            raise Untrusted("unknown-key", f"no key of station {lane[0]} is enrolled")
        checkpoint = read_payload(Checkpoint, verify(Signed.from_wire(payload), "checkpoint", keys))
        if (checkpoint.station, checkpoint.lane) != lane:
            raise Untrusted("wrong-station", f"a checkpoint of {checkpoint.station[:40]}/{checkpoint.lane[:40]}")
        if not checkpoint.is_sound:
            raise Untrusted("malformed", "numbers or hashes of a checkpoint are of no possible form")
        return checkpoint

    def _has(self, checkpoint: Checkpoint) -> bool:
        """Whether every record up to the checkpoint is stored here, without a hole."""
        table = tables.prefix
        this = (table.c.station == checkpoint.station, table.c.lane == checkpoint.lane)
        with self._store.engine.connect() as connection:
            row = connection.execute(select(table.c.epoch, table.c.seq).where(*this)).first()
        return row is not None and (row.epoch, row.seq) >= (checkpoint.epoch, checkpoint.seq)

    def _agrees(self, checkpoint: Checkpoint) -> bool:
        """Whether our record of that number has that hash, and its fact is not another one than the lane's newest."""
        table = tables.record
        names = ("station", "lane", "epoch", "seq")
        this = [table.c[name] == getattr(checkpoint, name) for name in names]
        with self._store.engine.connect() as connection:
            row = connection.execute(select(table.c.hash, table.c.facts_to, table.c.facts_hash).where(*this)).first()
        if row is None or bytes(row.hash).hex() != checkpoint.hash or row.facts_to > checkpoint.fseq:
            return False
        return row.facts_to != checkpoint.fseq or bytes(row.facts_hash).hex() == checkpoint.fact_hash

    def _keep(self, checkpoint: Checkpoint, payload: bytes) -> bytes:
        now = self._utc_ms()
        at = (checkpoint.station, checkpoint.lane, checkpoint.epoch, checkpoint.seq)
        word = sign("receipt", Witness(*at, checkpoint.hash, now), self._key)
        return self._store.keep_checkpoint(checkpoint, payload, word.to_wire(), now)
