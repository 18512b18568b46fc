"""What the lane does with personal data: seal it on arrival, erase it when ordered or when its term has passed.

The act that orders an erasure is recorded before it is carried out, so that a kill between the two leaves it undone:
the next start finds the act without its `personal.erased` and makes it good.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from drivers.contract.plain import NotPlain, canonical
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, CodeScanned, IdentityRead, Reading
from station.core.facts import Fact
from station.core.gathering import DECLARATION
from station.core.keeping_facts import PersonalErased
from station.core.state import LaneState, parts, utc_at
from station.journal.personal import PersonalData
from station.journal.reader import JournalReader
from station.journal.refusals import JournalUnwritable, Unreadable

DAY_MS = 86_400_000
LOOK_EVERY = Millis(3_600_000)

log = logging.getLogger("station.lane")


def ordered_before(root: Path) -> dict[str, str]:
    """Erasures in this data folder that an act has ordered and no record confirms: crossing -> act id."""
    try:
        with JournalReader(root) as reader:
            return reader.unerased()
    except (Unreadable, NotPlain) as error:
        log.warning("whether an erasure is still to be carried out cannot be read from the records: %s", error)
        return {}


class PersonalKeeping:
    """personal.db as the lane uses it. Never raises for the disk: what cannot be sealed is dropped, what cannot be
    erased is told.
    """

    def __init__(self, data: PersonalData, term_days: int, ordered: Mapping[str, str] | None = None) -> None:
        """`ordered`: crossing -> act id of erasures that the run before this one may not have carried out."""
        self._data = data
        self._ordered = dict(ordered or {})
        self._term_ms = term_days * DAY_MS
        self._look_at = Tick(0)

    def seal(self, text: str, state: LaneState) -> str:
        """The text goes to personal.db; the fact carries where it lies there and its HMAC."""
        crossing = state.crossing.crossing if state.crossing is not None else ""
        try:
            # By a clock that nobody keeps the term might seem over at once: it begins when the clock is sure.
            sealed = self._data.seal(text, crossing, 0 if state.quality == "unsynced" else utc_at(state, state.tick))
        except JournalUnwritable as unwritable:
            log.warning("what was read could not be sealed and is dropped: %s", unwritable)
            return "sealed:none"
        return f"sealed:{sealed.reference}:{sealed.hmac}"

    def without_person(self, device: str, reading: Reading, state: LaneState) -> Reading:
        """What may enter the journal: no document, and a code that is no declaration number may be one."""
        match reading:
            case CodeScanned(text=text) if not DECLARATION.fullmatch(text):
                return CodeScanned(self.seal(text, state), reading.symbology, "")
            case IdentityRead(document=document, fields=fields):
                body = canonical({"document": document, "fields": dict(fields)})
                return IdentityRead(document, (), self.seal(body.decode(), state))
            case BytesRefused() if device == parts(state).scanner:
                return replace(reading, sample="")
            case _:
                return reading

    def erase(self, crossing: str, act_id: str, now: Tick) -> PersonalErased:
        """All that was sealed while this crossing stood in the lane."""
        try:
            return PersonalErased(now, crossing, act_id, self._data.erase_crossing(crossing))
        except JournalUnwritable as unwritable:
            log.warning("the personal data of %s are not erased: %s", crossing, unwritable)
            return PersonalErased(now, crossing, act_id, 0, "not-erased")

    def finish(self, now: Tick) -> list[Fact]:
        """At the start: carry out what was ordered. An erasure that only lacks its record has no text left to count."""
        ordered, self._ordered = self._ordered, {}
        return [self.erase(crossing, act_id, now) for crossing, act_id in ordered.items()]

    def look(self, now: Tick, state: LaneState) -> list[Fact]:
        """Once an hour, while no truck is here and the clock is sure: erase that whose term has passed, unless its
        crossing is under legal hold.
        """
        if now < self._look_at or state.phase != "IDLE" or state.quality != "synced":
            return []
        self._look_at = Tick(now + LOOK_EVERY)
        utc_ms = utc_at(state, now)
        try:
            erased = self._data.erase_older(utc_ms - self._term_ms, utc_ms, state.held_evidence)
        except JournalUnwritable as unwritable:
            log.warning("personal data whose term has passed are not erased: %s", unwritable)
            return [PersonalErased(now, "", "", 0, "not-erased")]
        return [PersonalErased(now, "", "", erased)] if erased else []
