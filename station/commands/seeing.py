"""What stands in a running lane: asking it, and telling its view to a person."""

from pathlib import Path
from typing import TYPE_CHECKING

from station.commands import exits
from station.commands.output import kilograms, say
from station.commands.words import phrase
from station.words.meanings import code, coded, next_step

if TYPE_CHECKING:
    from station.lane.act_socket import Act, Ask, Outcome, View
    from station.lane.evidence_keeping import DiskFigures


def view_of(socket: Path) -> "View":
    """The view of the lane behind `socket`. Raises Refused."""
    from station.lane.act_socket import Ask, View

    reply = talk(socket, Ask())
    if not isinstance(reply, View):
        raise exits.Refused(exits.TRY_AGAIN, "not-understood", str(socket), type(reply).__name__)
    return reply


def talk(socket: Path, question: "Ask | Act", patience_s: float = 10.0) -> "View | Outcome":
    """The lane's reply. Raises Refused: no lane there, no answer in time, an answer that is none of ours."""
    from drivers.contract.plain import NotPlain
    from station.lane.act_socket import call

    try:
        return call(socket, question, patience_s)
    except TimeoutError as error:
        raise exits.Refused(exits.TRY_AGAIN, "no-answer", str(socket)) from error
    except PermissionError as error:
        raise exits.Refused(exits.NOT_PERMITTED, "io", str(socket), error.strerror or "") from error
    except OSError as error:
        raise exits.Refused(exits.UNAVAILABLE, "no-lane", str(socket), error.strerror or str(error)) from error
    except NotPlain as error:
        raise exits.Refused(exits.TRY_AGAIN, "not-understood", str(socket), str(error)) from error


def tell_view(view: "View") -> None:
    """The lane as it stands, a line per thing that is known."""
    none = phrase("none")
    lines = {
        "mode": coded(view.mode),
        "phase": coded(view.phase),
        "instruction": coded(view.instruction),
        "light": code(view.light),
        "boom": code(view.boom),
        "link": phrase("up" if view.link_up else "down"),
        "list-number": str(view.list_number) if view.list_number else none,
        "unfit": ", ".join(view.unfit) or none,
        "alarms": "; ".join(alarm_words(alarm) for alarm in view.alarms) or none,
        "disk": _disk(view.disk),
        "held-evidence": ", ".join(view.held_evidence),
        "crossing": view.crossing or none,
    }
    if view.crossing:
        lines |= {
            "plate": view.plate,
            "trailer": view.trailer,
            "container": view.container,
            "scans": "; ".join(map(coded, view.scans)),
            "seal": coded(view.seal) if view.seal else "",
            "declaration": view.declaration,
            "gross": kilograms(view.gross) if view.gross else "",
            "decision": " ".join(coded(part) for part in (view.verdict, view.reason) if part),
            "held-because": coded(view.hold) if view.hold else "",
            "proposed-by": view.proposed_by,
            "evidence": view.digest,
        }
    labels = {phrase(key): value for key, value in lines.items() if value}
    width = max(map(len, labels))
    for label, value in labels.items():
        say(f"{label.ljust(width)}  {value}")


def _disk(disk: "DiskFigures") -> str:
    """Level, room, days left, and from how much growth that follows."""
    from station.commands.telling import free_space

    if not disk.level:
        return ""
    each = ", ".join(phrase("mib-a-day", what=code(evidence), mib=mib) for evidence, mib in disk.mib_a_day)
    measured = f" ({phrase('measured-over', days=disk.days)}: {each})" if disk.days else ""
    return f"{coded(disk.level)}, {free_space(disk.free_mib, disk.days_left)}{measured}"


def alarm_words(alarm: str) -> str:
    """A standing alarm as the lane states it: `CODE thing`, for some with the code of a cause that has a next step."""
    name, thing, cause = (*alarm.split(" ", 2), "", "")[:3]
    told = " ".join(part for part in (coded(name), thing, coded(cause)) if part)
    step = next_step(cause or name)
    return f"{told}: {step}" if step else told
