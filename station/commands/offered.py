"""What the centre has proposed to a lane: read from the lane's record, and seen against its settings file."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from station.commands import exits
from station.commands.check import findings
from station.commands.output import complain, say, utc
from station.commands.refusing import as_line, as_place, as_plain
from station.commands.words import phrase
from station.words import language
from station.words.meanings import code

if TYPE_CHECKING:
    from station.core.instructed_records import SettingsProposed
    from station.journal.chain import RecordRow
    from station.journal.reader import JournalReader
    from station.settings.faults import SettingsFault
    from station.settings.tables import StationSettings

OPEN = "OPEN"


@dataclass(frozen=True, slots=True)
class Offered:
    """A proposal as it stands in the record; `state` is OPEN, or the code of why it can no longer be taken up."""

    proposed: "SettingsProposed"
    came_ms: int
    state: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would come of it: the file's new text, each (key, value now, value then), and what `station check` says."""

    text: str
    changes: tuple[tuple[str, str, str], ...]
    settings: "StationSettings | None"
    faults: "tuple[SettingsFault, ...]"
    refused: tuple[exits.Refused, ...]

    @property
    def is_sound(self) -> bool:
        """`station check` lets it pass."""
        return self.settings is not None and not self.faults and not self.refused


def offers(settings: "StationSettings") -> list[Offered]:
    """The newest proposals, newest first. `settings` are what the file says now. Raises Unreadable."""
    from station.core.instructed_records import SettingsProposed
    from station.core.proposing import MOST_PROPOSALS
    from station.journal.reader import JournalReader

    found: list[Offered] = []
    with JournalReader(settings.places.data) as reader:
        end = reader.newest()[1] + 1
        for row in _newest(reader, "settings.proposed", end):
            proposed = reader.as_record(row)
            if isinstance(proposed, SettingsProposed):
                found.append(Offered(proposed, row.utc_ms, _state(reader, proposed, settings, end)))
            if len(found) == MOST_PROPOSALS:
                break
    return found


def named(settings: "StationSettings", number: int) -> Offered:
    """The proposal of this number. Raises Refused."""
    one = next((one for one in offers(settings) if one.proposed.number == number), None)
    if one is None:
        raise exits.Refused(exits.FINDING, "NO_SUCH_PROPOSAL", str(number))
    return one


def outlook(file: Path, text: str, proposed: "SettingsProposed") -> Outlook:
    """What the file, whose text is this now, would become. Raises Refused."""
    from station.settings.change import ChangeImpossible, changed, values_in
    from station.settings.faults import SettingsFaulty
    from station.settings.load import load_text, open_passwords

    try:
        made = changed(text, proposed.changes)
    except ChangeImpossible as error:
        raise exits.Refused(exits.CONFIGURATION, "change-impossible", str(file), str(error)) from error
    keys = [key for key, _ in proposed.changes]
    now = values_in(text, keys)
    try:
        settings = load_text(file, made)
    except SettingsFaulty as faulty:
        asked = [value for _, value in proposed.changes]
        return Outlook(made, tuple(zip(keys, now, asked, strict=True)), None, faulty.faults, ())
    changes = tuple(zip(keys, now, values_in(made, keys), strict=True))
    return Outlook(made, changes, settings, tuple(open_passwords(file)), tuple(findings(file, settings)))


def tell(one: Offered, coming: Outlook | None) -> None:
    """The proposal for a person: from when, why, what changes, and whether `station check` would let it pass."""
    proposed = one.proposed
    state = phrase("proposal-open") if one.state == OPEN else code(one.state)
    until = utc(proposed.valid_until_ms)
    say(phrase("proposal", number=proposed.number, came=utc(one.came_ms), until=until, state=state))
    say("  " + phrase("proposal-why", why=proposed.reason))
    if coming is None:
        for key, value in proposed.changes:
            say(f"  {key} = {value}")
        return
    for key, now, then in coming.changes:
        say(f"  {key}: {now or '-'} -> {then}")
    for fault in coming.faults:
        complain("  " + fault.text(language.language()))
    for refused in coming.refused:
        complain("  " + as_line(refused))
    say("  " + phrase("proposal-sound" if coming.is_sound else "proposal-faulty"))


def plain(one: Offered, coming: Outlook | None) -> dict[str, Any]:
    """The same for programs."""
    proposed = one.proposed
    told: dict[str, Any] = {
        "number": proposed.number,
        "sha256": proposed.sha256,
        "state": one.state,
        "came_ms": one.came_ms,
        "valid_until_ms": proposed.valid_until_ms,
        "why": proposed.reason,
        "changes": [{"key": key, "proposed": value} for key, value in proposed.changes],
    }
    if coming is not None:
        told["changes"] = [{"key": key, "now": now, "proposed": then} for key, now, then in coming.changes]
        told["faults"] = [as_place(fault) for fault in coming.faults]
        told["refused"] = [as_plain(refused) for refused in coming.refused]
        told["settings_sha256"] = coming.settings.sha256 if coming.settings is not None else ""
    return told


def _newest(reader: "JournalReader", type_: str, before_seq: int) -> "Iterator[RecordRow]":
    while (row := reader.newest_of(type_, before_seq)) is not None:
        yield row
        before_seq = row.seq


def _state(reader: "JournalReader", proposed: "SettingsProposed", settings: "StationSettings", end: int) -> str:
    """As the lane itself would judge it; and the file must be the one that the proposal stands on."""
    from station.core.instructed_records import ProposalAnswered
    from station.core.records import SettingsInForce

    row = reader.newest_of("settings.answered", end, f'"sha256":"{proposed.sha256}"'.encode())
    answered = reader.as_record(row) if row is not None else None
    applied = reader.newest_of("settings.applied", end)
    runs = reader.as_record(applied) if applied is not None else None
    is_run = isinstance(runs, SettingsInForce) and runs.settings_sha256 == proposed.settings_sha256
    if isinstance(answered, ProposalAnswered) and answered.answer == "TURNED_DOWN":
        return answered.answer
    if is_run and settings.sha256 == proposed.settings_sha256:
        return OPEN if time.time_ns() // 1_000_000 <= proposed.valid_until_ms else "PROPOSAL_EXPIRED"
    is_written = isinstance(answered, ProposalAnswered) and settings.sha256 == answered.result_sha256
    return "TAKEN_UP" if is_written else "OTHER_SETTINGS"
