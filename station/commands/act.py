"""`station act`: an officer looks at what stands in the lane, signs an act with their own key, hears the outcome."""

import re
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from station.commands import exits
from station.commands.options import AsJson, OfficerKey, PasswordFile, SettingsFile, finish
from station.commands.output import put_json, say
from station.commands.passwords import typed_password, written_password
from station.commands.words import helped, phrase
from station.words.meanings import cause, code, coded, next_step
from station.words.next_steps import NEXT_STEPS

if TYPE_CHECKING:
    from station.core.facts import OfficerAct, Role
    from station.lane.act_socket import Outcome, View
    from station.settings.tables import StationSettings
    from station.trust.keys import PrivateKey

VALID_MS = 60_000
"""An act that the lane has not judged after so long is void."""

REASON_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
MOST_TEXT = 300
ON_PAST_CROSSINGS = ("erase", "hold-evidence", "free-evidence")

Doing = Annotated[
    Literal[
        "release",
        "return",
        "acknowledge",
        "set-mode",
        "erase",
        "hold-evidence",
        "free-evidence",
        "allow-learning",
        "forbid-learning",
    ],
    typer.Argument(help=helped("act-action")),
]
Actor = Annotated[str, typer.Option("--actor", help=helped("act-actor"), show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help=helped("act-reason"), show_default=False)]
Text = Annotated[str, typer.Option("--text", help=helped("act-text"))]
CrossingName = Annotated[str, typer.Option("--crossing", help=helped("act-crossing"))]
NewMode = Annotated[
    Literal["AUTOMATIC", "ASSISTED", "CLOSED", "TEST"] | None, typer.Option("--mode", help=helped("act-mode"))
]
OfficerRole = Annotated[
    Literal["officer", "head-of-unit", "technician"] | None, typer.Option("--role", help=helped("act-role"))
]
Yes = Annotated[bool, typer.Option("--yes", help=helped("yes"))]


def act(
    action: Doing,
    settings: SettingsFile,
    key: OfficerKey,
    actor: Actor,
    reason: Reason,
    password_file: PasswordFile = None,
    text: Text = "",
    crossing: CrossingName = "",
    mode: NewMode = None,
    role: OfficerRole = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    from station.commands.seeing import tell_view, view_of
    from station.core.facts import OfficerAct
    from station.settings.load import load
    from station.trust.officers import load_sealed, unseal

    if not REASON_FORM.fullmatch(reason) or len(text) > MOST_TEXT:
        raise typer.BadParameter(phrase("act-reason-form", most=MOST_TEXT))
    if (action == "set-mode") != (mode is not None):
        raise typer.BadParameter(phrase("act-mode-form"))
    if action in ON_PAST_CROSSINGS and not crossing:
        raise typer.BadParameter(phrase("act-crossing-form", action=action))
    if as_json and not yes:
        raise typer.BadParameter(phrase("act-json-form"))
    checked = load(settings)
    socket = checked.places.act_socket
    sealed = load_sealed(key)
    view = view_of(socket)
    if not as_json:
        tell_view(view)
    concerns = _concerned(action, crossing, view.crossing)
    if not yes:
        typer.confirm(phrase("act-confirm", action=code(action), crossing=concerns or phrase("the-lane")), abort=True)
    signing = unseal(sealed, typed_password() if password_file is None else written_password(password_file))
    signed = OfficerAct(
        act_id=secrets.token_hex(16),
        lane=f"{checked.parameters.station}/{checked.parameters.lane}",
        action=action,
        crossing=concerns,
        seen_seq=view.seen_seq,
        digest=view.digest if concerns == view.crossing else "",
        actor=actor,
        role=role or enrolled_role(checked, signing),
        reason=reason,
        text=text,
        not_after_ms=time.time_ns() // 1_000_000 + VALID_MS,
        mode=mode or "",
    )
    outcome = send_act(socket, signed, signing)
    _tell(view, outcome, as_json=as_json)
    if outcome.outcome == "refused":
        finish(exits.FINDING)


def _concerned(action: str, named: str, in_lane: str) -> str:
    """The crossing that an act is about; none for those on the lane itself."""
    if action in ON_PAST_CROSSINGS:
        return named
    return (named or in_lane) if action in ("release", "return") else ""


def enrolled_role(settings: "StationSettings", key: "PrivateKey") -> "Role":
    """The role that the officers file gives this key. Raises Untrusted."""
    from station.commands.trust_station import trusted_of
    from station.lane.assembly import read_current_officers
    from station.trust.refusal import Untrusted

    officers = read_current_officers(settings, trusted_of(settings))
    if key.key_id not in officers.by_key:
        raise Untrusted("unknown-key", f"key {key.key_id}")
    return officers.by_key[key.key_id][1].role


def send_act(socket: Path, signed: "OfficerAct", key: "PrivateKey", patience_s: float = 10.0) -> "Outcome":
    """Sign the act, send it, and wait for what comes of it. Raises Refused."""
    from station.commands.seeing import talk
    from station.lane.act_socket import Act, Outcome
    from station.trust.acts import sign_act

    reply = talk(socket, Act(sign_act(signed, key).to_wire().decode()), patience_s)
    if not isinstance(reply, Outcome):
        raise exits.Refused(exits.TRY_AGAIN, "not-understood", str(socket), type(reply).__name__)
    return reply


def _tell(view: "View", outcome: "Outcome", *, as_json: bool) -> None:
    from drivers.contract.plain import to_plain

    if as_json:
        put_json({"seen": to_plain(view), "outcome": to_plain(outcome)})
        return
    say(phrase("act-outcome", outcome=code(outcome.outcome)))
    if outcome.outcome == "refused":
        tell_refusal(outcome)


def tell_refusal(outcome: "Outcome") -> None:
    """Why an act was refused, and what to do now."""
    code_of, _, seen = outcome.refusal.partition(": ")
    meaning = coded(code_of) if code_of.isupper() else cause(code_of)
    say(phrase("refused", what=": ".join(part for part in (meaning, seen) if part)))
    of_a_crossing = code_of.isupper() and code_of not in NEXT_STEPS
    say(phrase("next-line", step=next_step("stale" if of_a_crossing else code_of, outcome.next_step)))
