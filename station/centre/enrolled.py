"""Which stations are enrolled and with which keys. Nobody else's records are stored, and no one else gets a receipt.

A key comes in by its fingerprint, which a person compared, or by the word of the station's key before it. An older key
of a station stays: what it signed before the change may still be on its way.
"""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from station.centre import tables
from station.centre.store import CentreStore
from station.trust.enrolment import read_change
from station.trust.keys import PublicKey
from station.trust.refusal import Untrusted


class Enrolled:
    """Those of the settings and those of the database; `look` reads the database again."""

    def __init__(self, store: CentreStore, stations: Iterable[str], keys: Iterable[tuple[str, str]]) -> None:
        """`stations` are enrolled by name alone, `keys` are (station, public key in hex). Raises Untrusted."""
        self._store = store
        self._named = frozenset(stations)
        self._stated = [(station, PublicKey.from_text(text)) for station, text in keys]
        self._keys: dict[str, dict[str, PublicKey]] = {}
        self.look()

    def look(self) -> None:
        """As the database has it now."""
        keys: dict[str, dict[str, PublicKey]] = {}
        for station, key in [*self._stated, *listed(self._store)]:
            keys.setdefault(station, {})[key.key_id] = key
        self._keys = keys

    def __contains__(self, station: str) -> bool:
        return station in self._named or station in self._keys

    def keys_of(self, station: str) -> dict[str, PublicKey]:
        """The station's keys by id; none for a station that is enrolled by name alone."""
        return self._keys.get(station, {})

    def change(self, station: str, signed: str, now_ms: int) -> PublicKey | None:
        """Enrol the station's next key by the word of both; None if it is enrolled. Raises Untrusted."""
        named, old, new = read_change(signed.encode())
        if named != station:
            raise Untrusted("wrong-station", f"a change of {named[:40]}")
        if new.key_id in self.keys_of(station):
            return None
        if old.key_id not in self.keys_of(station):
            raise Untrusted("unknown-key", f"key {old.key_id} of {station} is not enrolled")
        enrol(self._store, station, new, "change", now_ms)
        self.look()
        return new


def listed(store: CentreStore) -> list[tuple[str, PublicKey]]:
    """Every station and key in the database."""
    table = tables.enrolment
    with store.engine.connect() as connection:
        rows = connection.execute(
            select(table.c.station, table.c.key).order_by(table.c.station, table.c.since_ms)
        ).all()
    return [(row.station, PublicKey.from_text(row.key)) for row in rows]


def enrol(store: CentreStore, station: str, key: PublicKey, basis: str, now_ms: int) -> bool:
    """Enrol a key; False if it is enrolled already."""
    row = {"station": station, "key": key.text, "basis": basis, "since_ms": now_ms}
    try:
        with store.engine.begin() as connection:
            connection.execute(insert(tables.enrolment).values(**row))
    except IntegrityError:
        return False
    return True


def strike(store: CentreStore, station: str, key_id: str = "") -> int:
    """Take a key of a station, or all of them, from the roll; how many."""
    table = tables.enrolment
    gone = [key.text for name, key in listed(store) if name == station and key_id in ("", key.key_id)]
    with store.engine.begin() as connection:
        connection.execute(delete(table).where(table.c.station == station, table.c.key.in_(gone)))
    return len(gone)
