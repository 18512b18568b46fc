"""The root's newest statement, as every lane should hold it: kept in the database, offered before anything else.

The centre cannot make one, and need not: the root has signed it. A station that was away for months gets it first, so
that a key which was revoked meanwhile is refused from there on.
"""

from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from drivers.contract.quantities import Millis, Tick
from station.centre import tables
from station.centre.store import CentreStore
from station.messages.states import LaneState
from station.trust.chain import Trusted
from station.trust.refusal import Untrusted
from station.trust.signed import Signed

EVERY_STATION = ""
"""Stands for the station in the table: the root speaks to all."""

_RESEND = Millis(5_000)
_MOST_RESEND = Millis(300_000)


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement as the root signed it; `serial` 0 without one."""

    serial: int = 0
    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class _Offered:
    serial: int
    tick: Tick
    patience: Millis


def newest(store: CentreStore) -> Kept:
    """The statement with the highest serial."""
    table = tables.downlink
    this = select(table.c.number, table.c.payload).where(table.c.station == EVERY_STATION, table.c.kind == "trust")
    with store.engine.connect() as connection:
        row = connection.execute(this.order_by(table.c.number.desc()).limit(1)).first()
    return Kept() if row is None else Kept(row.number, bytes(row.payload))


def publish(store: CentreStore, root: Trusted, signed: Signed, now_ms: int) -> int:
    """Keep a newer statement of this root for all lanes; its serial. The running centre sends it. Raises Untrusted."""
    kept = newest(store)
    in_force = root.renewed(Signed.from_wire(kept.payload)) if kept.serial else root
    renewed = in_force.renewed(signed)
    if renewed.serial == kept.serial:
        return kept.serial
    row = {"station": EVERY_STATION, "kind": "trust", "number": renewed.serial, "created_ms": now_ms}
    try:
        with store.engine.begin() as connection:
            connection.execute(insert(tables.downlink).values(**row, payload=signed.to_wire()))
    except IntegrityError as error:  # somebody was quicker with the same serial
        raise Untrusted("outdated", f"statement {renewed.serial} is there already") from error
    return renewed.serial


class TrustOffers:
    """Which lane is to be offered the newest statement now: at once on its coming, then ever more rarely."""

    def __init__(self, store: CentreStore) -> None:
        self._store = store
        self._offered: dict[tuple[str, str], _Offered] = {}
        self.kept = newest(store)

    def look(self) -> None:
        """Read the database again."""
        self.kept = newest(self._store)

    def forget(self, lane: tuple[str, str]) -> None:
        """The lane has just come: whatever was sent before may have been lost."""
        self._offered.pop(lane, None)

    def is_due(self, lane: tuple[str, str], state: LaneState, tick: Tick) -> bool:
        """Whether to send it now; then that is remembered."""
        if not state.online or state.trust_serial >= self.kept.serial:
            return False
        last = self._offered.get(lane)
        again = last is not None and last.serial == self.kept.serial
        if last is not None and again and tick - last.tick < last.patience:
            return False
        patience = Millis(min(2 * last.patience, _MOST_RESEND)) if last is not None and again else _RESEND
        self._offered[lane] = _Offered(self.kept.serial, tick, patience)
        return True
