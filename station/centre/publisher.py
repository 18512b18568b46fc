"""What lanes should hold: lists, suspensions, watchlists and rules, numbered, of each the newest; and what is meant for
one lane alone until its time is over: decisions and proposals. Nothing is deleted: what was ordered may be asked for.

A command only writes here; the running centre sends to each lane what its state says it lacks.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from sqlalchemy import func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from drivers.contract.plain import NotPlain, encode, from_plain, parse
from drivers.contract.plain import decode as decode_plain
from station.centre import tables
from station.centre.deltas import delta
from station.centre.store import CentreStore
from station.core.acts import LONGEST_VALID
from station.core.facts import EligibleEntry
from station.messages.downlinks import (
    KINDS,
    Decision,
    Downlink,
    DownlinkKind,
    EligibleList,
    Rules,
    SettingsProposal,
    Suspension,
    Watchlist,
)
from station.messages.states import LaneState
from station.settings import proposable

VALID_MS: dict[DownlinkKind, int] = {
    "list": 86_400_000,
    "suspension": 3_600_000,
    "watchlist": 86_400_000,
    "rules": 86_400_000,
}
"""How long after sending the message itself is accepted; it is signed afresh each time it is sent."""

ForOneLane = Decision | SettingsProposal
_OPEN_MS: dict[DownlinkKind, int] = {"decision": LONGEST_VALID, "proposal": proposable.MOST_DAYS * 86_400_000}
"""How far back one of these may have been made that can still be sent; its own end stands in it."""

_TRIES = 5
_WHOLE_NUMBERS = ("goods", "tare", "valid_until_ms")


class ListFaulty(ValueError):
    """A list file that cannot be used; names the line or entry and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A downlink as kept: `thing` has `valid_until_ms` 0, which is set when it is sent."""

    number: int
    thing: Downlink

    @property
    def purpose(self) -> DownlinkKind:
        """What it is signed for."""
        return KINDS[type(self.thing)]


@dataclass(frozen=True, slots=True)
class Holds:
    """The numbers that a lane holds, as its state says; -1 for a kind that it does not take.

    `suspension_number` is the last one before its first gap; what it has beyond it counts as repeated there. With
    `full_list` it takes no delta.
    """

    list_number: int = 0
    suspension_number: int = 0
    watchlist_number: int = -1
    rules_number: int = -1
    full_list: bool = True
    decision_number: int = 0
    proposal_number: int = -1

    def of(self, kind: DownlinkKind) -> int:
        """The number of this kind."""
        number: int = getattr(self, f"{kind}_number")
        return number


def held_by(lane: LaneState) -> Holds:
    """What the lane says it holds."""
    return Holds(
        lane.list_number,
        lane.suspension_number,
        lane.watchlist_number,
        lane.rules_number,
        lane.full_list,
        lane.decision_number,
        lane.proposal_number,
    )


def read_entries(data: bytes, name: str) -> tuple[EligibleEntry, ...]:
    """Entries from a JSON array or, for a name that ends in .csv, a table with a header row. Raises ListFaulty."""
    try:
        rows = _csv_rows(data) if name.lower().endswith(".csv") else parse(data)
    except (NotPlain, ValueError, RecursionError, csv.Error) as error:
        raise ListFaulty(f"{name}: {str(error)[:200]}") from error
    if not isinstance(rows, list):
        raise ListFaulty(f"{name}: expected an array of entries")
    entries: list[EligibleEntry] = []
    for number, row in enumerate(rows, start=1):
        try:
            entries.append(from_plain(EligibleEntry, {**row, "is": "EligibleEntry"}))
        except (NotPlain, TypeError) as error:
            raise ListFaulty(f"{name}: entry {number}: {str(error)[:200]}") from error
    declarations = [entry.declaration for entry in entries]
    doubled = sorted({declaration for declaration in declarations if declarations.count(declaration) > 1})
    if doubled:
        raise ListFaulty(f"{name}: declaration {doubled[0]} stands twice")
    return tuple(entries)


def publish_list(store: CentreStore, station: str, office: str, entries: Sequence[EligibleEntry], now_ms: int) -> int:
    """Make this the station's eligible list; its number. The running centre sends it."""

    def build(number: int) -> EligibleList:
        return EligibleList(station, office, number, now_ms, 0, tuple(entries))

    return _keep(store, station, "list", build, now_ms)


def publish_suspension(store: CentreStore, station: str, declaration: str, now_ms: int, *, lifted: bool = False) -> int:
    """Suspend a declaration at a station, or lift its suspension; its number. The running centre sends it."""

    def build(number: int) -> Suspension:
        return Suspension(station, declaration, lifted, number, now_ms, 0)

    return _keep(store, station, "suspension", build, now_ms)


def publish_decision(store: CentreStore, station: str, lane: str, act: str, until_ms: int, now_ms: int) -> int:
    """Have an officer's signed act reach this lane before `until_ms`; its number. The running centre sends it."""

    def build(number: int) -> Decision:
        return Decision(station, lane, act, number, now_ms, until_ms)

    return _keep(store, station, "decision", build, now_ms)


def publish_proposal(store: CentreStore, proposal: SettingsProposal) -> int:
    """Have the people at its lane told of it, whatever its number says; its number. The running centre sends it."""

    def build(number: int) -> SettingsProposal:
        return replace(proposal, number=number)

    return _keep(store, proposal.station, "proposal", build, proposal.issued_ms)


def for_one_lane(store: CentreStore, now_ms: int) -> dict[tuple[str, str], list[ForOneLane]]:
    """Decisions and proposals that may still be sent, by (station, lane); of each kind in order, decisions first."""
    table = tables.downlink
    still_open = [(table.c.kind == kind) & (table.c.created_ms > now_ms - most) for kind, most in _OPEN_MS.items()]
    wanted = select(table.c.payload).where(or_(*still_open)).order_by(table.c.kind, table.c.station, table.c.number)
    with store.engine.connect() as connection:
        rows = connection.execute(wanted).all()
    found: dict[tuple[str, str], list[ForOneLane]] = {}
    for row in rows:
        one: ForOneLane = decode_plain(ForOneLane, bytes(row.payload))
        if one.valid_until_ms > now_ms:
            found.setdefault((one.station, one.lane), []).append(one)
    return found


def publish_watchlist(store: CentreStore, station: str, key_id: str, marks: Sequence[str], now_ms: int) -> int:
    """Make this the station's watchlist; its number. The texts behind the marks are kept nowhere."""

    def build(number: int) -> Watchlist:
        return Watchlist(station, number, key_id, tuple(sorted(set(marks))), now_ms, 0)

    return _keep(store, station, "watchlist", build, now_ms)


def publish_rules(store: CentreStore, station: str, values: Sequence[tuple[str, int]], now_ms: int) -> int:
    """Make these the station's rules, instead of the last ones; their number."""

    def build(number: int) -> Rules:
        return Rules(station, number, tuple(values), now_ms, 0)

    return _keep(store, station, "rules", build, now_ms)


def newest_numbers(store: CentreStore) -> dict[tuple[str, str], int]:
    """The newest number by (station, kind)."""
    table = tables.downlink
    with store.engine.connect() as connection:
        rows = connection.execute(
            select(table.c.station, table.c.kind, func.max(table.c.number).label("number")).group_by(
                table.c.station, table.c.kind
            )
        ).all()
    return {(row.station, row.kind): row.number for row in rows}


def lacking(store: CentreStore, station: str, holds: Holds) -> list[Kept]:
    """What a lane that holds this lacks: newer suspensions in order, then the newest of each other kind if it is newer;
    of a list only what has changed, if the lane takes that.
    """
    table = tables.downlink
    here = select(table.c.number, table.c.payload).where(table.c.station == station)
    wanted = [
        here.where(table.c.kind == "suspension", table.c.number > holds.suspension_number).order_by(table.c.number)
    ]
    for kind in ("list", "watchlist", "rules"):
        if holds.of(kind) >= 0:
            newer = here.where(table.c.kind == kind, table.c.number > holds.of(kind))
            wanted.append(newer.order_by(table.c.number.desc()).limit(1))
    with store.engine.connect() as connection:
        rows = [row for query in wanted for row in connection.execute(query).all()]
        base = here.where(table.c.kind == "list", table.c.number == holds.list_number)
        found = None if holds.full_list else connection.execute(base).first()
    kept = [Kept(row.number, decode_plain(Downlink, bytes(row.payload))) for row in rows]
    return kept if found is None else [_shorter(item, bytes(found.payload)) for item in kept]


def _shorter(kept: Kept, base: bytes) -> Kept:
    """A list as a delta on `base`, if that is worth it."""
    if not isinstance(kept.thing, EligibleList):
        return kept
    shorter = delta(decode_plain(EligibleList, base), kept.thing)
    return kept if shorter is None else Kept(kept.number, shorter)


def _keep(store: CentreStore, station: str, kind: DownlinkKind, build: Callable[[int], Downlink], now_ms: int) -> int:
    """The next number of this kind, taken by inserting it: two commands at once get two numbers."""
    table = tables.downlink
    newest = select(func.coalesce(func.max(table.c.number), 0)).where(table.c.station == station, table.c.kind == kind)
    for _ in range(_TRIES):
        try:
            with store.engine.begin() as connection:
                number = int(connection.execute(newest).scalar_one()) + 1
                row = {"station": station, "kind": kind, "number": number, "created_ms": now_ms}
                connection.execute(insert(table).values(**row, payload=encode(build(number))))
        except IntegrityError:  # somebody else took the number
            continue
        return number
    raise RuntimeError(f"no free {kind} number for {station} after {_TRIES} tries; try again")


def _csv_rows(data: bytes) -> list[dict[str, object]]:
    known = {field.name for field in fields(EligibleEntry)}
    rows: list[dict[str, object]] = []
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True):
        cells: dict[str, object] = {name: text for name, text in row.items() if name in known}
        for name in _WHOLE_NUMBERS:
            text = row.get(name) or ""
            if text.isdecimal():
                cells[name] = int(text)
        rows.append(cells)
    return rows
