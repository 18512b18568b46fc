"""Whom every lane should believe, kept in the database and offered before anything else: the root's newest statement,
and the newest officers' file of its station.

The statement needs no word of the centre's: the root has signed it. A station that was away for months gets it first,
so that a key which was revoked meanwhile is refused from there on; and its officers next, signed by a key in force.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from drivers.contract.quantities import Tick
from station.centre import tables
from station.centre.pushes import Pushes
from station.centre.store import CentreStore
from station.messages.states import LaneState
from station.trust.chain import Trusted
from station.trust.officers import read_officers
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload, unverified
from station.trust.statements import OfficersFile

EVERY_STATION = ""
"""Stands for the station in the table: the root speaks to all."""

Kind = Literal["trust", "officers"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement or an officers' file as it was signed; `number` 0 without one."""

    number: int = 0
    payload: bytes = b""


def newest(store: CentreStore, kind: Kind = "trust", station: str = EVERY_STATION) -> Kept:
    """The one with the highest number."""
    return _all_newest(store).get((kind, station), Kept())


def publish(store: CentreStore, root: Trusted, signed: Signed, now_ms: int) -> int:
    """Keep a newer statement of this root for all lanes; its serial. The running centre sends it. Raises Untrusted."""
    kept = newest(store)
    in_force = root.renewed(Signed.from_wire(kept.payload)) if kept.number else root
    renewed = in_force.renewed(signed)
    if renewed.serial != kept.number:
        _keep(store, "trust", EVERY_STATION, Kept(renewed.serial, signed.to_wire()), now_ms)
    return renewed.serial


def publish_officers(store: CentreStore, trusted: Trusted, data: bytes, now_ms: int) -> tuple[str, int]:
    """Keep a newer officers' file for the lanes of its station: (station, number). Raises Untrusted."""
    station = read_payload(OfficersFile, unverified(Signed.from_wire(data))).station
    officers = read_officers(data, trusted, station, now_ms, newest(store, "officers", station).number)
    _keep(store, "officers", station, Kept(officers.number, data.strip()), now_ms)
    return station, officers.number


class TrustOffers:
    """What a lane is to be offered now: at once on its coming, then ever more rarely."""

    def __init__(self, store: CentreStore) -> None:
        self._store = store
        self._pushes = Pushes()
        self._kept = _all_newest(store)

    def look(self) -> None:
        """Read the database again."""
        self._kept = _all_newest(self._store)

    def forget(self, lane: tuple[str, str]) -> None:
        """The lane has just come: whatever was sent before may have been lost."""
        self._pushes.forget(lane)

    def of(self, station: str) -> Iterator[tuple[Kind, Kept]]:
        """What there is for this station, in the order in which it must come."""
        for kind, whose in (("trust", EVERY_STATION), ("officers", station)):
            if (kind, whose) in self._kept:
                yield kind, self._kept[kind, whose]  # type: ignore[misc] # two literals

    def due(self, lane: tuple[str, str], state: LaneState, tick: Tick) -> list[tuple[Kind, Kept]]:
        """What to send to it now; then that is remembered."""
        held: dict[Kind, int] = {"trust": state.trust_serial, "officers": state.officers_number}
        lacking = [(kind, kept) for kind, kept in self.of(lane[0]) if kept.number > held[kind]]
        if not state.online or not lacking:
            return []
        return lacking if self._pushes.is_due(lane, (held["trust"], held["officers"]), tick) else []


def _keep(store: CentreStore, kind: Kind, station: str, kept: Kept, now_ms: int) -> None:
    row = {"station": station, "kind": kind, "number": kept.number, "created_ms": now_ms}
    try:
        with store.engine.begin() as connection:
            connection.execute(insert(tables.downlink).values(**row, payload=kept.payload))
    except IntegrityError as error:  # somebody was quicker with the same number
        raise Untrusted("outdated", f"{kind} {kept.number} is there already") from error


def _all_newest(store: CentreStore) -> dict[tuple[str, str], Kept]:
    table = tables.downlink
    highest = (
        select(table.c.kind, table.c.station, func.max(table.c.number).label("number"))
        .where(table.c.kind.in_(("trust", "officers")))
        .group_by(table.c.kind, table.c.station)
        .subquery()
    )
    this = (table.c.kind == highest.c.kind) & (table.c.station == highest.c.station)
    rows = select(table).join(highest, this & (table.c.number == highest.c.number))
    with store.engine.connect() as connection:
        return {(row.kind, row.station): Kept(row.number, bytes(row.payload)) for row in connection.execute(rows).all()}
