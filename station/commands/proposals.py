"""`station settings`: what the centre proposes to change in a lane's settings, and a person's answer to it.

Nothing of a proposal acts by itself. Who takes one up has the new text checked as `station check` does; it is laid down
beside the file, signed for, and written into the record by the lane, and only then is it the file.
"""

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from station.commands import exits, offered
from station.commands.act import REASON_FORM, VALID_MS, Actor, Reason, Yes, enrolled_role, send_act, tell_refusal
from station.commands.options import AsJson, OfficerKey, PasswordFile, SettingsFile, finish
from station.commands.output import put_json, say
from station.commands.passwords import typed_password, written_password
from station.commands.seeing import view_of
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from station.core.facts import OfficerAct
    from station.lane.act_socket import Outcome
    from station.settings.change import Laid
    from station.settings.tables import StationSettings
    from station.trust.keys import PrivateKey

Number = Annotated[int, typer.Argument(min=1, help=helped("settings-number"), show_default=False)]

group = typer.Typer(help=helped("settings-group"), no_args_is_help=True)


@group.command("proposals", help=helped("settings-proposals"))
def proposals(settings: SettingsFile, as_json: AsJson = False) -> None:
    from station.settings.load import load

    checked = load(settings)
    text = settings.read_bytes().decode()
    shown = [
        (one, offered.outlook(settings, text, one.proposed) if one.state == offered.OPEN else None)
        for one in offered.offers(checked)
    ]
    if as_json:
        put_json([offered.plain(one, coming) for one, coming in shown])
        return
    if not shown:
        say(phrase("no-proposals"))
    for one, coming in shown:
        offered.tell(one, coming)


@group.command("accept", help=helped("settings-accept"))
def accept(
    number: Number,
    settings: SettingsFile,
    key: OfficerKey,
    actor: Actor,
    reason: Reason = "PROPOSAL",
    password_file: PasswordFile = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    from station.settings.change import OtherMeanwhile, lay
    from station.settings.load import load, load_text

    _refuse_form(reason, yes=yes, as_json=as_json)
    load(settings)
    before = settings.read_bytes()
    checked = load_text(settings, before.decode())
    one = offered.named(checked, number)
    if one.state != offered.OPEN:
        raise exits.Refused(exits.FINDING, one.state, str(number))
    coming = offered.outlook(settings, before.decode(), one.proposed)
    if as_json and not coming.is_sound:
        put_json(offered.plain(one, coming))
    elif not as_json:
        offered.tell(one, coming)
    if coming.settings is None or not coming.is_sound:
        finish(exits.CONFIGURATION)
        return
    signing = _unsealed(key, password_file, phrase("accept-confirm", number=number, file=settings), yes=yes)
    act = _act(checked, one, "accept-settings", actor, reason, signing, coming.settings.sha256)
    laid = lay(settings, before, coming.text, f"before-{number}")
    try:
        outcome = _taken_up(checked.places.act_socket, act, signing, laid)
    except OtherMeanwhile as error:
        raise exits.Refused(exits.TRY_AGAIN, "changed-meanwhile", str(settings)) from error
    _tell(outcome, phrase("proposal-taken-up", number=number, file=settings, old=laid.old), as_json=as_json)


@group.command("reject", help=helped("settings-reject"))
def reject(
    number: Number,
    settings: SettingsFile,
    key: OfficerKey,
    actor: Actor,
    reason: Reason,
    password_file: PasswordFile = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    from station.settings.load import load

    _refuse_form(reason, yes=yes, as_json=as_json)
    checked = load(settings)
    one = offered.named(checked, number)
    if not as_json:
        offered.tell(one, None)
    signing = _unsealed(key, password_file, phrase("reject-confirm", number=number), yes=yes)
    act = _act(checked, one, "reject-settings", actor, reason, signing, "")
    outcome = send_act(checked.places.act_socket, act, signing)
    _tell(outcome, phrase("proposal-turned-down", number=number), as_json=as_json)


def _refuse_form(reason: str, *, yes: bool, as_json: bool) -> None:
    if not REASON_FORM.fullmatch(reason):
        raise typer.BadParameter(phrase("reason-form"))
    if as_json and not yes:
        raise typer.BadParameter(phrase("act-json-form"))


def _unsealed(key: Path, password_file: Path | None, question: str, *, yes: bool) -> "PrivateKey":
    from station.trust.officers import load_sealed, unseal

    sealed = load_sealed(key)
    if not yes:
        typer.confirm(question, abort=True)
    return unseal(sealed, typed_password() if password_file is None else written_password(password_file))


def _act(
    checked: "StationSettings",
    one: offered.Offered,
    action: Literal["accept-settings", "reject-settings"],
    actor: str,
    reason: str,
    signing: "PrivateKey",
    result_sha256: str,
) -> "OfficerAct":
    from station.core.facts import OfficerAct

    return OfficerAct(
        act_id=secrets.token_hex(16),
        lane=f"{checked.parameters.station}/{checked.parameters.lane}",
        action=action,
        crossing="",
        seen_seq=view_of(checked.places.act_socket).seen_seq,
        digest=one.proposed.sha256,
        actor=actor,
        role=enrolled_role(checked, signing),
        reason=reason,
        text=result_sha256,
        not_after_ms=time.time_ns() // 1_000_000 + VALID_MS,
    )


def _taken_up(socket: Path, act: "OfficerAct", signing: "PrivateKey", laid: "Laid") -> "Outcome":
    """The file is the new one once the lane has the act in its record, and else the old one with nothing beside it."""
    try:
        outcome = send_act(socket, act, signing)
        if outcome.outcome == "effective":
            laid.put()
        else:
            laid.drop()
    except BaseException:
        laid.drop()
        raise
    return outcome


def _tell(outcome: "Outcome", done: str, *, as_json: bool) -> None:
    from drivers.contract.plain import to_plain

    if as_json:
        put_json({"outcome": to_plain(outcome)})
    elif outcome.outcome == "effective":
        say(done)
    else:
        tell_refusal(outcome)
    if outcome.outcome != "effective":
        finish(exits.FINDING)
