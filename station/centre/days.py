"""What lanes state about their days, as the centre keeps it: only under the key of its station."""

import hashlib
from collections.abc import Callable, Mapping

from sqlalchemy import select

from drivers.contract.plain import NotPlain, parse
from station.centre import tables
from station.centre.store import CentreStore
from station.messages.days import DayStatement
from station.trust.keys import PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload, verify

Lane = tuple[str, str]


class Days:
    """`keys` gives the public keys, by id, of an enrolled station."""

    def __init__(self, store: CentreStore, keys: Callable[[str], Mapping[str, PublicKey]]) -> None:
        self.store = store
        self._keys = keys

    def read(self, payload: bytes) -> DayStatement:
        """The statement, if the key of the station that it names has signed it. Raises Untrusted."""
        signed = Signed.from_wire(payload)
        named = _named(signed)
        statement = read_payload(DayStatement, verify(signed, "day", self._keys(named)))
        if not statement.is_sound:
            raise Untrusted("malformed", "day, runs or hashes of a statement are of no possible form")
        return statement

    def receive(self, payload: bytes, now_ms: int, lane: Lane | None = None) -> DayStatement:
        """Keep a statement, committed on return; the same one again changes nothing, another one about the same day is
        an alarm. Raises Untrusted, also if it came from another `lane` than it names.
        """
        statement = self.read(payload)
        if lane is not None and lane != (statement.station, statement.lane):
            raise Untrusted("wrong-station", f"a day of {statement.station[:40]}/{statement.lane[:40]}")
        if self.store.keep_day(statement, hashlib.sha256(payload).hexdigest(), payload, now_ms) > 1:
            detail = f"the lane has stated its day {statement.day} in another way before"
            at = (statement.station, statement.lane)
            self.store.alarm(*at, "day-restated", detail, now_ms, seq=day_number(statement.day))
        return statement

    def stated(self, day: str) -> dict[Lane, bytes]:
        """The newest statement of each lane about a day, still to be read."""
        table = tables.day
        wanted = select(table).where(table.c.day == day).order_by(table.c.received_ms, table.c.sha256)
        with self.store.engine.connect() as connection:
            return {(row.station, row.lane): as_bytes(row.signed) for row in connection.execute(wanted)}


def _named(signed: Signed) -> str:
    """The station that it is said to come from: only whose keys are to be tried."""
    try:
        body = parse(signed.payload.encode())
    except NotPlain as error:
        raise Untrusted("malformed", str(error)[:200]) from error
    station = body.get("station") if isinstance(body, dict) else None
    return station if isinstance(station, str) else ""


def as_bytes(value: bytes | str | memoryview) -> bytes:
    """A binary column, also where somebody has put text into it."""
    return value.encode() if isinstance(value, str) else bytes(value)


def day_number(day: str) -> int:
    """A day as the number that its alarms stand under: 20261129."""
    return int(day.replace("-", ""))
