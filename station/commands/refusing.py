"""Turns what went wrong into words and an exit status; the one place where a command's errors end."""

import json
import sys
from typing import TYPE_CHECKING

from station.commands import exits
from station.commands.exits import Refused
from station.commands.words import phrase
from station.words import language
from station.words.meanings import cause, next_step

if TYPE_CHECKING:  # commands that read no settings load none of it
    from station.settings.faults import SettingsFault, SettingsFaulty

_STORE_STATUS = {"locked": exits.TRY_AGAIN, "missing": exits.UNAVAILABLE, "second-writer": exits.TRY_AGAIN}

_MIGRATION_STATUS = {
    "other-account": exits.NOT_PERMITTED,
    "centre-database": exits.UNAVAILABLE,
    "centre-busy": exits.TRY_AGAIN,
}

_LEARNING_STATUS = {
    "no-consent": exits.NOT_PERMITTED,
    "key-in-collection": exits.NOT_PERMITTED,
    "collection-other-key": exits.NOT_PERMITTED,
    "candidate-elsewhere": exits.NOT_PERMITTED,
    "crop-damaged": exits.IO,
    "collection-not-ours": exits.IO,
    "bad-labels": exits.IO,
    "training-failed": exits.IO,
}


def refuse(error: Exception, *, as_json: bool) -> int:
    """Say what went wrong and return the exit status. Raises `error` again if it is none of ours."""
    from station.settings.faults import SettingsFaulty

    if isinstance(error, SettingsFaulty):
        tell_faults(error, as_json=as_json)
        return exits.CONFIGURATION
    refused = _as_refused(error)
    if refused is None:
        raise error
    if as_json:
        print(json.dumps({"refused": as_plain(refused)}, ensure_ascii=False))
    else:
        print(as_line(refused), file=sys.stderr)
    return refused.status


def tell_faults(faulty: "SettingsFaulty", *, as_json: bool) -> None:
    """Every fault of a settings file, one line each, or one JSON object."""
    if as_json:
        print(json.dumps({"faults": [as_place(fault) for fault in faulty.faults]}, ensure_ascii=False))
    else:
        for fault in faulty.faults:
            print(fault.text(language.language()), file=sys.stderr)
        print(phrase("faults", count=len(faulty.faults)), file=sys.stderr)


def as_place(fault: "SettingsFault") -> dict[str, object]:
    """A fault or a caution of a settings file as JSON has it."""
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "where": fault.where,
        "code": fault.message_code,
        "message": fault.message_vi if language.language() == "vi" else fault.message_en,
        "hint": fault.hint,
    }


def _as_refused(error: Exception) -> Refused | None:
    from drivers.contract.faults import DeviceFault
    from station.centre.refusal import DatabaseWeak
    from station.journal.refusals import StoreFault
    from station.learning.refusal import LearningRefused
    from station.migration.refusal import MigrationRefused
    from station.trust.refusal import Untrusted

    match error:
        case Refused():
            return error
        case Untrusted():
            return Refused(exits.NOT_PERMITTED, error.reason, error.seen)
        case StoreFault():
            return Refused(_STORE_STATUS.get(error.cause, exits.IO), error.cause, str(error.thing), error.seen)
        case LearningRefused():
            return Refused(_LEARNING_STATUS.get(error.cause, exits.UNAVAILABLE), error.cause, error.thing, error.seen)
        case MigrationRefused():
            status = _MIGRATION_STATUS.get(error.cause, exits.FINDING)
            return Refused(status, error.cause, error.thing, error.seen)
        case DatabaseWeak():
            return Refused(exits.CONFIGURATION, "database-weak", error.thing, error.seen)
        case DeviceFault():
            fault = error.fault
            status = exits.CONFIGURATION if fault.code == "bad-model" else exits.UNAVAILABLE
            return Refused(status, fault.code, fault.thing, fault.seen, fault.next_step)
        case _ if type(error).__module__.startswith("sqlalchemy."):
            return Refused(exits.UNAVAILABLE, "database-error", "", str(error).splitlines()[0])
        case OSError():
            return Refused(exits.IO, "io", str(error.filename or ""), error.strerror or str(error))
        case _:
            return None


def as_plain(refused: Refused) -> dict[str, str]:
    """A refusal for programs: the cause as a code, the next step in the person's language."""
    return {
        "thing": refused.thing,
        "cause": refused.cause,
        "seen": refused.seen,
        "next_step": next_step(refused.cause, refused.next_step),
    }


def as_line(refused: Refused) -> str:
    """A refusal for a person: the thing, the cause, what was seen, the next step."""
    what = ": ".join(part for part in (refused.thing, cause(refused.cause), refused.seen) if part)
    step = next_step(refused.cause, refused.next_step)
    return phrase("refused", what=what) + (phrase("next", step=step) if step else "")
