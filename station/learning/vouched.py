"""Plates that a person has vouched for, as the journal of a lane tells it.

No act corrects a plate's text today (`station.core.facts.Action`). What persons have done nevertheless says what stood
there: a truck that passed under a declaration whose plate the blind reading named too, and a truck whose reading was
uncertain and that officers released under its declaration after they had looked.
"""

from dataclasses import dataclass, field
from typing import Literal

from drivers.contract.readings import PlateRead
from station.core.facts import DeviceRead, SettingsApplied
from station.core.records import (
    CrossingDecided,
    CrossingHeld,
    CrossingOpened,
    CrossingReleased,
    FiredRule,
    PlateIdentified,
    Record,
)
from station.journal.reader import JournalReader
from station.vision.tensors import Region

Basis = Literal["declaration", "officers"]

_CHUNK = 2_000
_TOLD = {"crossing.opened", "crossing.identified", "crossing.decided", "crossing.held", "crossing.released"}
_PLATE_READ = b'"is":"PlateRead"'


@dataclass(frozen=True, slots=True)
class Vouched:
    """One crossing whose plate is known: normalised text, who vouches for it, the pictures that were read."""

    crossing: str
    text: str
    basis: Basis
    pictures: tuple[str, ...]
    utc_ms: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of one picture, and where in it: the box in which it was found, else the lane's plate region."""

    text: str
    region: Region


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal tells: the plates that are vouched for, and the (crossing, UTC ms) of every picture."""

    vouched: tuple[Vouched, ...]
    pictures: dict[str, tuple[str, int]]


@dataclass(slots=True)
class _Crossing:
    is_test: bool
    identified: PlateIdentified | None = None
    decided: CrossingDecided | None = None
    held: set[str] = field(default_factory=set)


def told_by(reader: JournalReader) -> Told:
    """Every plate that a person vouched for, as the truck was released; none of a crossing of the mode TEST."""
    open_now: dict[str, _Crossing] = {}
    found: list[Vouched] = []
    pictures: dict[str, tuple[str, int]] = {}
    after = 0
    while rows := reader.records(after, _CHUNK):
        after = rows[-1].seq
        for row in rows:
            if row.type not in _TOLD:
                continue
            record = reader.as_record(row)
            if isinstance(record, PlateIdentified):
                pictures |= dict.fromkeys(record.pictures, (record.crossing, row.utc_ms))
            known = _take(record, open_now)
            if known is not None:
                found.append(Vouched(*known, row.utc_ms))
    return Told(tuple(found), pictures)


def seen_pictures(reader: JournalReader, wanted: set[str]) -> dict[str, Seen]:
    """What the reader of plates saw in the `wanted` pictures (sha256), the last reading of each. Walks all facts."""
    found: dict[str, Seen] = {}
    region: Region = (0, 0, 0, 0)
    after = 0
    while rows := reader.facts(after, _CHUNK):
        after = rows[-1].fseq
        for row in rows:
            if row.kind == "SettingsApplied":
                applied = reader.as_fact(row)
                region = applied.parameters.plate_region if isinstance(applied, SettingsApplied) else region
            elif row.kind == "DeviceRead" and _PLATE_READ in row.body:
                fact = reader.as_fact(row)
                if isinstance(fact, DeviceRead) and isinstance(fact.reading, PlateRead):
                    read = fact.reading
                    if read.sha256 in wanted:
                        found[read.sha256] = Seen(read.text, read.box if 0 not in read.box[2:] else region)
    return found


def _take(record: Record, open_now: dict[str, _Crossing]) -> tuple[str, str, Basis, tuple[str, ...]] | None:
    """Follow the story by one record; (crossing, text, basis, pictures) where it ends with a plate vouched for."""
    match record:
        case CrossingOpened(crossing=crossing, test=is_test):
            open_now.clear()  # a lane holds one; what did not end before a restart never will
            open_now[crossing] = _Crossing(is_test)
        case PlateIdentified(crossing=crossing) if crossing in open_now:
            open_now[crossing].identified = record
        case CrossingDecided(crossing=crossing) if crossing in open_now:
            open_now[crossing].decided = record
        case CrossingHeld(crossing=crossing, reason=reason) if crossing in open_now:
            open_now[crossing].held.add(reason)
        case CrossingReleased(crossing=crossing, basis=basis) if crossing in open_now:
            story = open_now.pop(crossing)
            known = None if story.is_test else _known(story, by_acts=basis == "ACTS")
            if known is not None and story.identified is not None:
                return (crossing, *known, story.identified.pictures)
        case _:
            pass
    return None


def _known(story: _Crossing, *, by_acts: bool) -> tuple[str, Basis] | None:
    """The text that is vouched for, and by what; None where nobody has said what stood there."""
    if story.identified is None or story.decided is None:
        return None
    rules = {fired.rule: fired for fired in story.decided.rules}
    if "R04b" in rules or "R04c" in rules:  # another camera saw another plate, or the camera itself is in doubt
        return None
    identity = rules.get("R04")
    if story.decided.verdict in ("PASS", "PASS_FLAG"):
        return (story.identified.plate, "declaration") if _is_declared(identity, story.identified) else None
    uncertain = identity is not None and identity.reason == "IDENTITY_UNCERTAIN"
    if identity is not None and uncertain and by_acts and identity.reason in story.held:
        return identity.expected, "officers"
    return None


def _is_declared(identity: FiredRule | None, identified: PlateIdentified) -> bool:
    """Whether the blind reading was the declared plate: certain, or flagged for review and equal all the same."""
    if identity is None:
        return identified.verdict == "ACCEPTED"
    return identity.reason == "PLATE_REVIEW"
