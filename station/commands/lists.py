"""`station lists`: what the centre sends, at the lane: imported from a file where the link is down."""

import hashlib
import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from station.commands import exits
from station.commands.act import VALID_MS, Actor, Yes, enrolled_role, send_act, tell_refusal
from station.commands.options import AsJson, OfficerKey, PasswordFile, SettingsFile, finish
from station.commands.output import put_json, say, utc
from station.commands.passwords import typed_password, written_password
from station.commands.seeing import view_of
from station.commands.words import helped, phrase

IMPORT_PATIENCE_S = 120.0

group = typer.Typer(help=helped("lists"), no_args_is_help=True)


@group.command("import", help=helped("lists-import"))
def import_file(
    file: Annotated[Path, typer.Argument(help=helped("lists-file"), show_default=False)],
    settings: SettingsFile,
    key: OfficerKey,
    actor: Actor,
    password_file: PasswordFile = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    from drivers.contract.plain import to_plain
    from station.core.facts import OfficerAct
    from station.courier.taking import MOST_FILE
    from station.settings.load import load
    from station.trust.officers import load_sealed, unseal

    if as_json and not yes:
        raise typer.BadParameter(phrase("act-json-form"))
    checked = load(settings)
    sealed = load_sealed(key)
    view = view_of(checked.places.act_socket)
    with file.open("rb") as opened:
        data = opened.read(MOST_FILE + 1)
    if len(data) > MOST_FILE:
        raise exits.Refused(exits.FINDING, "oversize", str(file), f"> {MOST_FILE}")
    sha256 = hashlib.sha256(data).hexdigest()
    if not yes:
        typer.confirm(phrase("import-confirm", file=file, sha256=sha256), abort=True)
    signing = unseal(sealed, typed_password() if password_file is None else written_password(password_file))
    act = OfficerAct(
        act_id=secrets.token_hex(16),
        lane=f"{checked.parameters.station}/{checked.parameters.lane}",
        action="import",
        crossing="",
        seen_seq=view.seen_seq,
        digest=sha256,
        actor=actor,
        role=enrolled_role(checked, signing),
        reason="IMPORT",
        text=file.name[:100],
        not_after_ms=time.time_ns() // 1_000_000 + VALID_MS,
    )
    laid = lay(checked.places.data, sha256, data)
    try:
        outcome = send_act(checked.places.act_socket, act, signing, IMPORT_PATIENCE_S)
    finally:
        laid.unlink(missing_ok=True)
    if as_json:
        put_json({"sha256": sha256, "outcome": to_plain(outcome)})
    elif outcome.outcome == "effective":
        say(phrase("imported", said=outcome.said) if outcome.said else phrase("imported-nothing-new"))
    else:
        if outcome.said:
            say(phrase("imported", said=outcome.said))
        tell_refusal(outcome)
    if outcome.outcome == "refused":
        finish(exits.FINDING)


@group.command("verify", help=helped("lists-verify"))
def verify_copy(
    file: Annotated[Path, typer.Argument(help=helped("lists-copy"), show_default=False)],
    station_key: Annotated[str, typer.Option("--station-key", help=helped("lists-station-key"), show_default=False)],
    as_json: AsJson = False,
) -> None:
    from drivers.contract.plain import to_plain
    from station.lane.second_copy import read_copy
    from station.trust.keys import PublicKey

    copy = read_copy(file.read_bytes(), PublicKey.from_text(station_key))
    if as_json:
        put_json(to_plain(copy))
        return
    counts = {"entries": len(copy.entries), "suspended": len(copy.suspended), "cases": len(copy.cases)}
    made = utc(copy.made_ms)
    say(
        phrase(
            "copy-good",
            station=copy.station,
            lane=copy.lane,
            made=made,
            number=copy.list_number,
            seq=copy.seq,
            **counts,
        )
    )


def lay(data_folder: Path, sha256: str, data: bytes) -> Path:
    """The bytes where the courier looks for them, under their hash, in one step. Raises OSError, Refused."""
    from station.courier.taking import IMPORTS

    folder = data_folder / IMPORTS
    if not folder.exists():
        raise exits.Refused(exits.UNAVAILABLE, "no-courier", str(folder))
    temporary = folder / f"{sha256}.part"
    temporary.write_bytes(data)
    return temporary.rename(folder / sha256)
