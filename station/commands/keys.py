"""`station keys`: the keys of station and officers, and a whole demo set. Root and centre: `station trust`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from station.commands import exits
from station.commands.options import AsJson, PasswordFile
from station.commands.output import put_json, say
from station.commands.passwords import typed_password, written_password
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from station.core.facts import Role
    from station.trust.keys import PublicKey
    from station.trust.statements import Officer

DAY_MS = 86_400_000

T = TypeVar("T")

group = typer.Typer(help=helped("keys"), no_args_is_help=True)

NewFile = Annotated[Path, typer.Argument(help=helped("keys-new-file"), show_default=False)]
CentreKeyFile = Annotated[Path, typer.Option("--centre-key", help=helped("keys-centre-key"), show_default=False)]
Days = Annotated[int, typer.Option("--days", min=1, max=3660, help=helped("keys-days"))]
Folder = Annotated[Path, typer.Argument(help=helped("keys-folder"), show_default=False)]
Station = Annotated[str, typer.Option("--station", help=helped("keys-station"), show_default=False)]


@group.command("station", help=helped("keys-of-station"))
def station(file: NewFile, as_json: AsJson = False) -> None:
    from station.trust.keys import PrivateKey, save_key

    key = PrivateKey.make()
    _new(file, lambda path: save_key(key, path))
    _tell(file, key.public, as_json=as_json)


@group.command("officer", help=helped("keys-officer"))
def officer(file: NewFile, password_file: PasswordFile = None, as_json: AsJson = False) -> None:
    from station.trust.keys import PrivateKey
    from station.trust.officers import save_sealed, seal

    key = PrivateKey.make()
    password = _new_password(password_file)
    _new(file, lambda path: save_sealed(seal(key, password), path))
    _tell(file, key.public, as_json=as_json)


@group.command("officers", help=helped("keys-officers"))
def officers(
    file: Annotated[Path, typer.Argument(help=helped("keys-officers-file"), show_default=False)],
    station: Station,
    centre_key: CentreKeyFile,
    number: Annotated[int, typer.Option("--number", min=1, help=helped("keys-number"), show_default=False)],
    officer: Annotated[list[str], typer.Option("--officer", help=helped("keys-entry"), show_default=False)],
    days: Days = 366,
    as_json: AsJson = False,
) -> None:
    from station.trust.keys import load_key
    from station.trust.signed import sign
    from station.trust.statements import OfficersFile

    until = _now_ms() + days * DAY_MS
    listed = OfficersFile(station, number, tuple(_entry(text, until) for text in officer))
    file.write_bytes(sign("officers", listed, load_key(centre_key)).to_wire() + b"\n")
    if as_json:
        put_json({"file": str(file), "number": number, "officers": len(listed.officers)})
    else:
        say(phrase("officers-written", file=file, number=number, count=len(listed.officers)))


@group.command("make-demo", help=helped("keys-make-demo"))
def make_demo(folder: Folder, station: Station, password_file: PasswordFile = None, as_json: AsJson = False) -> None:
    from station.simulate.demo_keys import OFFICERS, make_demo_keys

    if folder.exists() and any(folder.iterdir()):
        raise exits.Refused(exits.IO, "file-exists", str(folder))
    make_demo_keys(folder, station, _new_password(password_file), _now_ms())
    if as_json:
        put_json({"folder": str(folder), "officers": list(OFFICERS)})
    else:
        say(phrase("demo-keys-written", folder=folder, officers=", ".join(OFFICERS)))


def _entry(text: str, until: int) -> "Officer":
    from station.trust.keys import PublicKey
    from station.trust.statements import Officer

    actor, role, public, *_ = [*text.split(":"), "", ""]
    if role not in ("officer", "head-of-unit", "technician") or not actor:
        raise typer.BadParameter(phrase("keys-entry-form"), param_hint="--officer")
    known: Role = "officer" if role == "officer" else "head-of-unit" if role == "head-of-unit" else "technician"
    return Officer(actor, known, PublicKey.from_text(public).text, until)


def _new(file: Path, write: "Callable[[Path], T]") -> "T":
    """Write a new key file. Raises Refused if there is one already."""
    try:
        return write(file)
    except FileExistsError as error:
        raise exits.Refused(exits.IO, "file-exists", str(file)) from error


def _new_password(file: Path | None) -> str:
    return typed_password(confirm=True) if file is None else written_password(file)


def _tell(file: Path, public: "PublicKey", *, as_json: bool) -> None:
    if as_json:
        put_json({"file": str(file), "public": public.text, "key": public.key_id, "fingerprint": public.fingerprint})
        return
    say(phrase("key-written", file=file, key_id=public.key_id, public=public.text))
    say(phrase("key-fingerprint", fingerprint=public.fingerprint))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
