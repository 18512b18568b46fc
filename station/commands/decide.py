"""`station centre decide`: an officer at the centre looks at a held crossing and signs an act that the lane judges."""

import secrets
import time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from station.commands import exits
from station.commands.act import MOST_TEXT, REASON_FORM, VALID_MS
from station.commands.options import AsJson, OfficerKey, PasswordFile
from station.commands.output import put_json, say, utc
from station.commands.passwords import typed_password, written_password
from station.commands.words import helped, phrase
from station.words.meanings import code, record_type

if TYPE_CHECKING:
    from station.centre.queries import Standing

Crossing = Annotated[str, typer.Argument(help=helped("decide-crossing"), show_default=False)]
Station = Annotated[str, typer.Option("--station", help=helped("centre-station"), show_default=False)]
Lane = Annotated[str, typer.Option("--lane", help=helped("centre-lane"), show_default=False)]
Doing = Annotated[Literal["release", "return"], typer.Option("--action", help=helped("act-action"), show_default=False)]
Actor = Annotated[str, typer.Option("--actor", help=helped("act-actor"), show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help=helped("act-reason"), show_default=False)]
Text = Annotated[str, typer.Option("--text", help=helped("act-text"))]
OfficerRole = Annotated[Literal["officer", "head-of-unit"], typer.Option("--role", help=helped("decide-role"))]
Yes = Annotated[bool, typer.Option("--yes", help=helped("yes"))]


def decide(
    context: typer.Context,
    crossing: Crossing,
    station: Station,
    lane: Lane,
    action: Doing,
    key: OfficerKey,
    actor: Actor,
    reason: Reason,
    role: OfficerRole = "officer",
    text: Text = "",
    password_file: PasswordFile = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    from station.centre import publisher, queries
    from station.centre.store import CentreStore
    from station.core.facts import OfficerAct
    from station.trust.acts import sign_act
    from station.trust.officers import load_sealed, unseal

    if not REASON_FORM.fullmatch(reason) or len(text) > MOST_TEXT:
        raise typer.BadParameter(phrase("act-reason-form", most=MOST_TEXT))
    if as_json and not yes:
        raise typer.BadParameter(phrase("act-json-form"))
    sealed = load_sealed(key)
    store = CentreStore(context.obj)
    try:
        seen = queries.standing(store, station, lane, crossing)
        if seen is None or not seen.evidence:
            raise exits.Refused(exits.FINDING, "not-held-here", f"{station}/{lane}", crossing)
        if not as_json:
            _tell(seen)
        if not yes:
            typer.confirm(phrase("act-confirm", action=code(action), crossing=crossing), abort=True)
        signing = unseal(sealed, typed_password() if password_file is None else written_password(password_file))
        now_ms = time.time_ns() // 1_000_000
        act = OfficerAct(
            act_id=secrets.token_hex(16),
            lane=f"{station}/{lane}",
            action=action,
            crossing=crossing,
            seen_seq=seen.seen_seq,
            digest=seen.evidence,
            actor=actor,
            role=role,
            reason=reason,
            text=text,
            not_after_ms=now_ms + VALID_MS,
        )
        signed = sign_act(act, signing).to_wire().decode()
        number = publisher.publish_decision(store, station, lane, signed, act.not_after_ms, now_ms)
    finally:
        store.close()
    if as_json:
        put_json({"act": act.act_id, "number": number, "seen_seq": act.seen_seq, "evidence": act.digest})
    else:
        say(phrase("decision-published", number=number, act=act.act_id, lane=f"{station}/{lane}"))


def _tell(seen: "Standing") -> None:
    """All that the lane told of the crossing, in order: this is what the act is about."""
    from drivers.contract.plain import NotPlain, from_plain, parse
    from station.commands.telling import sentence
    from station.core.records import Record

    for row in seen.records:
        try:
            said = sentence(from_plain(Record, parse(row.body)))
        except NotPlain:  # of another release: shown as it came
            said = f"{record_type(row.type)}: " + row.body.decode(errors="replace")
        say(f"{row.seq:>6}  {utc(row.utc_ms)}  {said}")
