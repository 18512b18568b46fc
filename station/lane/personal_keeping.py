"""What the lane does with personal data: seal it on arrival, erase it when ordered or when its term has passed."""

import logging
from dataclasses import replace

from drivers.contract.plain import canonical
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, CodeScanned, IdentityRead, Reading
from station.core.facts import Fact
from station.core.gathering import DECLARATION
from station.core.keeping_facts import PersonalErased
from station.core.state import LaneState, parts, utc_at
from station.journal.personal import PersonalData
from station.journal.refusals import JournalUnwritable

DAY_MS = 86_400_000
LOOK_EVERY = Millis(3_600_000)

log = logging.getLogger("station.lane")


class PersonalKeeping:
    """personal.db as the lane uses it. Never raises for the disk: what cannot be sealed is dropped, what cannot be
    erased is told.
    """

    def __init__(self, data: PersonalData, term_days: int) -> None:
        self._data = data
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
