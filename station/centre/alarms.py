"""What a person at the centre must look into: the same thing again is counted, and no station can fill the table.

A station that is enrolled may still lie, about any record number and under any lane's name. So of one code a lane has
the newest rows; older ones are counted in one row without a record number, that says where they began. All kinds stay.
"""

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, not_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Select

from station.centre.rows import storable
from station.centre.tables import alarm

MOST_OF_A_CODE = 32
"""Rows of a lane: a month of days, or more breaks of a chain than anybody looks at one by one."""

MOST_LANES = 64
"""Of a station. Alarms of lanes with names beyond those stand under the station, with lane ""."""

MOST_STRANGERS = 64
STRANGER = "not-enrolled"
"""Of all stations that are not enrolled the newest so many rows; older ones are counted under station ""."""

Where = tuple[str, str, int, int]
"""Station, lane, epoch and number of the record, 0 and 0 for none."""

_KEY = (alarm.c.station, alarm.c.lane, alarm.c.epoch, alarm.c.seq, alarm.c.code)


def count_alarm(connection: Connection, where: Where, code: str, detail: str, now_ms: int, times: int = 1) -> None:
    """Within a transaction: a new row, or so many times more on the one that is there."""
    station, lane, epoch, seq = where
    if code == STRANGER:
        _add(connection, where, code, detail, now_ms, times=times)
        _fold(connection, alarm.c.code == code, ("", "", 0, 0), code, MOST_STRANGERS)
        return
    if not _is_known(connection, station, lane) and _lanes(connection, station) >= MOST_LANES:
        _add(connection, (station, "", 0, 0), code, f"{lane}: {detail}", now_ms, times=times)
        return
    _add(connection, where, code, detail, now_ms, times=times)
    if (epoch, seq) != (0, 0):
        group = and_(alarm.c.station == station, alarm.c.lane == lane, alarm.c.code == code)
        _fold(connection, group, (station, lane, 0, 0), code, MOST_OF_A_CODE)


def _add(
    connection: Connection, where: Where, code: str, detail: str, last_ms: int, *, first_ms: int = 0, times: int = 1
) -> None:
    names = dict(zip(("station", "lane", "epoch", "seq"), where, strict=True))
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(alarm).values(
        **names, code=code, detail=storable(detail), first_ms=first_ms or last_ms, last_ms=last_ms, times=times
    )
    again = {"last_ms": last_ms, "times": alarm.c.times + times}
    if not first_ms:
        again["detail"] = row.excluded.detail
    else:  # of what is only counted the beginning is told
        is_before = row.excluded.first_ms < alarm.c.first_ms
        again["detail"] = case((is_before, row.excluded.detail), else_=alarm.c.detail)
        again["first_ms"] = case((is_before, row.excluded.first_ms), else_=alarm.c.first_ms)
    connection.execute(row.on_conflict_do_update(index_elements=list(_KEY), set_=again))


def _fold(connection: Connection, group: ColumnElement[bool], into: Where, code: str, most: int) -> None:
    """Count the oldest rows of a group beyond the `most` newest in one row."""
    is_sum = and_(*(column == value for column, value in zip(_KEY, into, strict=False)))
    newest_first = (alarm.c.last_ms.desc(), alarm.c.epoch.desc(), alarm.c.seq.desc(), alarm.c.station, alarm.c.lane)
    oldest: Select[tuple[str, str, int, int, str]] = (
        select(*_KEY).where(group, not_(is_sum)).order_by(*newest_first).offset(most)
    )
    for key in reversed(connection.execute(oldest).all()):
        this = and_(*(column == value for column, value in zip(_KEY, key, strict=True)))
        gone = delete(alarm).where(this).returning(alarm.c.first_ms, alarm.c.last_ms, alarm.c.times)
        row = connection.execute(gone).first()
        if row is not None:  # else another receiver was quicker
            what = f"record {key.seq} of epoch {key.epoch}" if into[0] else f"{key.station}/{key.lane}"
            detail = f"earlier ones, only counted, the first of {what}"
            _add(connection, into, code, detail, row.last_ms, first_ms=row.first_ms, times=row.times)


def _is_known(connection: Connection, station: str, lane: str) -> bool:
    here = select(alarm.c.code).where(alarm.c.station == station, alarm.c.lane == lane).limit(1)
    return connection.execute(here).first() is not None


def _lanes(connection: Connection, station: str) -> int:
    lanes = select(func.count(alarm.c.lane.distinct())).where(alarm.c.station == station)
    return connection.execute(lanes).scalar_one()
