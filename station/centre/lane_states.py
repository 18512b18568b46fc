"""What the lanes say of themselves, kept for people: which are connected, how far they have come, how full they are."""

from dataclasses import dataclass

from sqlalchemy import false, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from drivers.contract.plain import NotPlain, encode, parse
from station.centre.alarms import MOST_LANES
from station.centre.days import as_bytes
from station.centre.joining import Prefix
from station.centre.store import CentreStore
from station.centre.tables import lane_state, prefix
from station.messages.newer import read_known
from station.messages.states import LaneState


@dataclass(frozen=True, slots=True)
class LaneStanding:
    """A lane that has sent something: how far it is stored, and its last state, None if it never told one.

    `changed_ms` is when (by the centre's clock) it last told something new, or was lost. A lane that is not `online`
    has the state that it told when it last was.
    """

    station: str
    lane: str
    online: bool
    changed_ms: int
    stored: Prefix
    state: LaneState | None


def keep_state(store: CentreStore, state: LaneState, now_ms: int) -> None:
    """One row a lane. The last will knows nothing of the disk: it only says that the lane is gone."""
    this = lane_state.c.station == state.station
    dialect = postgresql if store.engine.dialect.name == "postgresql" else sqlite
    row = dialect.insert(lane_state).values(
        station=state.station, lane=state.lane, online=int(state.online), body=encode(state), changed_ms=now_ms
    )
    fresh = {"online": row.excluded.online, "changed_ms": now_ms}
    if state.online:
        fresh["body"] = row.excluded.body
    is_news = lane_state.c.body != row.excluded.body if state.online else false()
    upsert = row.on_conflict_do_update(
        index_elements=[lane_state.c.station, lane_state.c.lane],
        set_=fresh,
        where=or_(lane_state.c.online != row.excluded.online, is_news),
    )
    with store.engine.begin() as connection:
        known = connection.execute(select(lane_state.c.lane).where(this, lane_state.c.lane == state.lane)).first()
        count = connection.execute(select(func.count()).select_from(lane_state).where(this)).scalar_one()
        if known is not None or count < MOST_LANES:  # names that a station makes up are not kept without end
            connection.execute(upsert)


def standings(store: CentreStore) -> list[LaneStanding]:
    """Every lane, by name."""
    with store.engine.connect() as connection:
        told = {(row.station, row.lane): row for row in connection.execute(select(lane_state)).all()}
        stored = {
            (row.station, row.lane): Prefix(row.epoch, row.seq, as_bytes(row.hash))
            for row in connection.execute(select(prefix)).all()
        }
    found = []
    for lane in sorted(told.keys() | stored.keys()):
        row = told.get(lane)
        online, changed_ms = (bool(row.online), row.changed_ms) if row is not None else (False, 0)
        state = _read(as_bytes(row.body)) if row is not None else None
        found.append(LaneStanding(*lane, online, changed_ms, stored.get(lane, Prefix()), state))
    return found


def _read(body: bytes) -> LaneState | None:
    try:
        state: LaneState = read_known(LaneState, parse(body))
    except NotPlain:  # kept by a release that tells it in another way
        return None
    return state
