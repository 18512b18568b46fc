"""`station trust`: the root and what it states, how that reaches centre and stations, and which stations are known."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits, trust_station
from station.commands.options import AsJson, PasswordFile
from station.commands.output import put_json, say, utc
from station.commands.passwords import typed_password, written_password
from station.commands.trust_phrases import LETTER
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from station.centre.store import CentreStore
    from station.trust.chain import Trusted
    from station.trust.keys import PrivateKey
    from station.trust.statements import CentreKey

DAY_MS = 86_400_000
SCOPES = ("receipt", "list", "suspension", "decision", "officers", "rules", "watchlist", "proposal", "update")

group = typer.Typer(help=helped("trust"), no_args_is_help=True)
for _name, _help, _command in trust_station.COMMANDS:
    group.command(_name, help=_help)(_command)

Folder = Annotated[Path, typer.Argument(help=helped("trust-folder"), show_default=False)]
RootKey = Annotated[Path, typer.Option("--root-key", help=helped("trust-root-key"), show_default=False)]
Database = Annotated[str, typer.Option("--database", help=helped("centre-database"), show_default=False)]
Station = Annotated[str, typer.Option("--station", help=helped("keys-station"), show_default=False)]


@group.command("root", help=helped("trust-root"))
def root(folder: Folder, password_file: PasswordFile = None, as_json: AsJson = False) -> None:
    from station.trust.chain import Trusted, make_root
    from station.trust.keys import PrivateKey
    from station.trust.officers import save_sealed, seal

    key = PrivateKey.make()
    folder.mkdir(parents=True, exist_ok=True)
    password = typed_password(confirm=True) if password_file is None else written_password(password_file)
    try:
        save_sealed(seal(key, password), folder / "root.key")
    except FileExistsError as error:
        raise exits.Refused(exits.IO, "file-exists", str(folder / "root.key")) from error
    Trusted(make_root(key, demo=False)).save(folder / "root.pub", folder / "centre.signed")
    trust_station.tell_key(key.public, folder / "root.key", as_json=as_json)


@group.command("grant", help=helped("trust-grant"))
def grant(
    folder: Folder,
    root_key: RootKey,
    scope: Annotated[list[str], typer.Option("--scope", help=helped("trust-scope"), show_default=False)],
    public: Annotated[str, typer.Option("--public", help=helped("trust-public"))] = "",
    new_key: Annotated[Path | None, typer.Option("--new-key", help=helped("trust-new-key"))] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help=helped("keys-days"))] = 366,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    from station.trust.chain import next_statement
    from station.trust.keys import PrivateKey, PublicKey, save_key
    from station.trust.statements import CentreKey

    if bool(public) == (new_key is not None) or not set(scope) <= set(SCOPES):
        raise typer.BadParameter(phrase("trust-grant-form", scopes=", ".join(SCOPES)))
    signer, trusted = _root(folder, root_key, password_file)
    made = PrivateKey.make()
    key = PublicKey.from_text(public) if public else made.public
    number = trusted.numbers.get(key.key_id, 0) + 1
    scopes = tuple(name for name in SCOPES if name in scope)
    granted = CentreKey(key.text, scopes, _now_ms() + days * DAY_MS, number)  # type: ignore[arg-type] # checked above
    signed = next_statement(trusted, signer, _now_ms(), grant=granted)
    if new_key is not None:
        try:
            save_key(made, new_key)
        except FileExistsError as error:
            raise exits.Refused(exits.IO, "file-exists", str(new_key)) from error
    _save(folder, trusted.renewed(signed), key.key_id, as_json=as_json)


@group.command("revoke", help=helped("trust-revoke"))
def revoke(
    folder: Folder,
    key_id: Annotated[str, typer.Argument(help=helped("trust-key-id"), show_default=False)],
    root_key: RootKey,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    from station.trust.chain import next_statement

    signer, trusted = _root(folder, root_key, password_file)
    renewed = trusted.renewed(next_statement(trusted, signer, _now_ms(), revoke=key_id))
    _save(folder, renewed, key_id, as_json=as_json)


@group.command("publish", help=helped("trust-publish"))
def publish(folder: Folder, database: Database, as_json: AsJson = False) -> None:
    from station.centre import trust_offer
    from station.trust.chain import Trusted
    from station.trust.refusal import Untrusted

    trusted = Trusted.load(folder / "root.pub", folder / "centre.signed")
    if trusted.whole is None:
        raise Untrusted("unsigned", str(folder / "centre.signed"))
    with _store(database) as store:
        serial = trust_offer.publish(store, trusted.alone(), trusted.whole, _now_ms())
    if as_json:
        put_json({"serial": serial})
    else:
        say(phrase("trust-published", serial=serial))


@group.command("publish-officers", help=helped("trust-publish-officers"))
def publish_officers(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help=helped("keys-officers-file"), show_default=False)],
    database: Database,
    as_json: AsJson = False,
) -> None:
    from station.centre import trust_offer
    from station.trust.chain import Trusted

    trusted = Trusted.load(folder / "root.pub", folder / "centre.signed")
    with _store(database) as store:
        station, number = trust_offer.publish_officers(store, trusted, file.read_bytes(), _now_ms())
    if as_json:
        put_json({"station": station, "officers": number})
    else:
        say(phrase("trust-officers-published", station=station, number=number))


@group.command("provision", help=helped("trust-provision"))
def provision(
    folder: Folder,
    root_key: RootKey,
    station: Station,
    officers: Annotated[Path, typer.Option("--officers", help=helped("keys-officers-file"), show_default=False)],
    host: Annotated[str, typer.Option("--host", help=helped("broker-host"), show_default=False)],
    out: Annotated[Path, typer.Option("--out", help=helped("trust-provision-out"))] = Path("provision.toml"),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help=helped("broker-port"))] = 8883,
    ca: Annotated[Path | None, typer.Option("--ca", help=helped("trust-ca"))] = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    from station.trust.ceremony import Provision, open_provision, write_provision
    from station.trust.refusal import Untrusted

    signer, trusted = _root(folder, root_key, password_file)
    if trusted.whole is None:
        raise Untrusted("unsigned", str(folder / "centre.signed"))
    signed = (trusted.root_signed.to_wire().decode(), trusted.whole.to_wire().decode())
    pem = ca.read_text(encoding="ascii") if ca is not None else ""
    text = write_provision(Provision(station, host, port, pem, *signed, officers.read_text().strip()), signer)
    open_provision(text.encode(), _now_ms())  # what a station would refuse is not written
    out.write_text(text, encoding="utf-8")
    if as_json:
        put_json({"file": str(out), "station": station, "serial": trusted.serial})
    else:
        say(phrase("trust-provisioned", file=out, station=station))


@group.command("letter", help=helped("trust-letter"))
def letter(folder: Folder) -> None:
    from station.trust.chain import Trusted
    from station.trust.fingerprints import fingerprint_words, in_lines

    key = Trusted.load(folder / "root.pub").root_key
    for line in LETTER:
        say(line)
    say()
    for line in in_lines(fingerprint_words(key)):
        say(f"    {line}")
    say()
    say(f"    {key.fingerprint}")


@group.command("enrol", help=helped("trust-enrol"))
def enrol(
    file: Annotated[Path, typer.Argument(help=helped("trust-enrol-file"), show_default=False)],
    database: Database,
    station: Station,
    fingerprint: Annotated[str, typer.Option("--fingerprint", help=helped("trust-fingerprint"))] = "",
    as_json: AsJson = False,
) -> None:
    from station.centre import enrolled
    from station.trust.enrolment import read_asked
    from station.trust.fingerprints import says
    from station.trust.refusal import Untrusted

    named, key = read_asked(file.read_bytes())
    if named != station:
        raise Untrusted("wrong-station", f"{file}: {named[:40]}")
    told = fingerprint or typer.prompt(phrase("trust-type-fingerprint", station=station), err=True)
    if not says(key, told):
        raise Untrusted("wrong-fingerprint", f"{file}: key {key.key_id}")
    with _store(database) as store:
        is_new = enrolled.enrol(store, station, key, "fingerprint", _now_ms())
    if as_json:
        put_json({"station": station, "key": key.key_id, "new": is_new})
    else:
        say(phrase("trust-enrolled", station=station, key_id=key.key_id))


@group.command("strike", help=helped("trust-strike"))
def strike(
    database: Database,
    station: Station,
    key_id: Annotated[str, typer.Option("--key-id", help=helped("trust-strike-key"))] = "",
    as_json: AsJson = False,
) -> None:
    from station.centre import enrolled

    with _store(database) as store:
        count = enrolled.strike(store, station, key_id)
    if as_json:
        put_json({"station": station, "struck": count})
    else:
        say(phrase("trust-struck", station=station, count=count))
    if not count:
        raise typer.Exit(exits.FINDING)


def _root(folder: Path, root_key: Path, password_file: Path | None) -> "tuple[PrivateKey, Trusted]":
    """The root's secret and what it has stated until now. Raises Untrusted, also for another root's key."""
    from station.trust.chain import Trusted
    from station.trust.officers import load_sealed, unseal
    from station.trust.refusal import Untrusted

    trusted = Trusted.load(folder / "root.pub", folder / "centre.signed")
    sealed = load_sealed(root_key)
    key = unseal(sealed, typed_password() if password_file is None else written_password(password_file))
    if key.public != trusted.root_key:
        raise Untrusted("unknown-key", f"{root_key} is not the key of {folder / 'root.pub'}")
    return key, trusted


def _save(folder: Path, trusted: "Trusted", key_id: str, *, as_json: bool) -> None:
    from station.trust.chain import keep_signed

    if trusted.whole is not None:
        keep_signed(trusted.whole, folder / "centre.signed")
    if as_json:
        put_json({"serial": trusted.serial, "key": key_id, "keys": len(trusted.keys), "revoked": len(trusted.revoked)})
        return
    say(phrase("trust-stated", serial=trusted.serial, file=folder / "centre.signed"))
    for line in key_lines(trusted.keys):
        say(line)


def key_lines(keys: "tuple[CentreKey, ...]") -> list[str]:
    """Each centre key in a line: id, scopes, end, and the public key that an auditor is given."""
    from station.trust.keys import PublicKey

    ids = [(PublicKey.from_text(key.key).key_id, key) for key in keys]
    return [f"  {key_id}  {', '.join(key.scopes)}  < {utc(key.not_after_ms)}  {key.key}" for key_id, key in ids]


@contextmanager
def _store(database: str) -> "Iterator[CentreStore]":
    from station.centre.store import CentreStore

    store = CentreStore(database)
    try:
        yield store
    finally:
        store.close()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
