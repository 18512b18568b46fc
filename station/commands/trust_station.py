"""`station trust` at the station: accept a root, take in a statement, show and renew the station's own key."""

import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson, SettingsFile
from station.commands.output import put_json, say, utc
from station.commands.passwords import typed_password, written_password
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from station.settings.tables import StationSettings
    from station.trust.ceremony import Accepted, Opened
    from station.trust.chain import Trusted
    from station.trust.keys import PrivateKey, PublicKey

HIDDEN = 3
"""Words that the screen leaves out for each person; only the letter has them: 48 bits that nobody can guess."""


def accept(
    file: Annotated[Path, typer.Argument(help=helped("trust-accept-file"), show_default=False)],
    folder: Annotated[Path, typer.Option("--folder", help=helped("trust-accept-folder"), show_default=False)],
    key: Annotated[list[Path], typer.Option("--key", help=helped("trust-accept-key"), show_default=False)],
    password_file: Annotated[list[Path] | None, typer.Option("--password-file", help=helped("password-file"))] = None,
    as_json: AsJson = False,
) -> None:
    from station.trust import ceremony
    from station.trust.refusal import Untrusted

    opened = ceremony.open_provision(file.read_bytes(), _now_ms())
    if len(key) != ceremony.PERSONS or len({path.resolve() for path in key}) < ceremony.PERSONS:
        raise Untrusted("same-person", f"--key: {len(key)}")
    if (folder / "root.pub").exists():
        raise exits.Refused(exits.IO, "file-exists", str(folder / "root.pub"))
    passwords = password_file or []
    confirmations = []
    for at, path in enumerate(key):
        officer = _unsealed(path, passwords[at] if at < len(passwords) else None)
        _compare(opened, officer)
        confirmations.append(ceremony.confirm(opened, officer, _now_ms()))
    kept = ceremony.accept(opened, confirmations)
    _write(folder, opened, kept)
    persons = ceremony.check(kept, opened.trusted, opened.provision.station)
    if as_json:
        put_json({"root": ceremony.hex_of(opened.trusted.root_key), "persons": [person.actor for person in persons]})
        return
    say(phrase("trust-accepted", station=opened.provision.station, persons=", ".join(one.actor for one in persons)))
    say(phrase("trust-link", host=opened.provision.broker_host, port=opened.provision.broker_port))


def take_in(
    file: Annotated[Path, typer.Argument(help=helped("trust-import-file"), show_default=False)],
    settings: SettingsFile,
    as_json: AsJson = False,
) -> None:
    from station.journal.folder import DataFolder
    from station.settings.load import load
    from station.trust.chain import keep_signed
    from station.trust.refusal import Untrusted
    from station.trust.signed import Signed

    loaded = load(settings)
    arrived = DataFolder(loaded.places.data).statement
    signed = [Signed.from_wire(line) for line in file.read_bytes().splitlines() if line.strip()]
    if len(signed) != 1:
        raise Untrusted("malformed", f"{file}: {len(signed)} statements")
    renewed = trusted_of(loaded).renewed(signed[0])
    arrived.parent.mkdir(parents=True, exist_ok=True)
    keep_signed(signed[0], arrived)
    if as_json:
        put_json({"serial": renewed.serial, "keys": len(renewed.keys), "revoked": sorted(renewed.revoked)})
    else:
        say(phrase("trust-taken-in", serial=renewed.serial, file=arrived))


def show(
    settings: SettingsFile,
    out: Annotated[Path | None, typer.Option("--out", help=helped("trust-show-out"))] = None,
    as_json: AsJson = False,
) -> None:
    from station.commands.trust import key_lines
    from station.settings.load import load
    from station.trust.enrolment import ask
    from station.trust.fingerprints import fingerprint_words, in_lines
    from station.trust.keys import load_key

    loaded = load(settings)
    trusted, own = trusted_of(loaded), load_key(loaded.trust.station_key)
    if out is not None:
        out.write_bytes(ask(loaded.parameters.station, own, _now_ms()))
    if as_json:
        put_json(
            {
                "root": trusted.root_key.fingerprint.replace(" ", ""),
                "demo": trusted.is_demo,
                "serial": trusted.serial,
                "revoked": sorted(trusted.revoked),
                "station_key": own.public.text,
                "fingerprint": own.public.fingerprint,
                "words": list(fingerprint_words(own.public)),
            }
        )
        return
    for title, key in (("trust-root-is", trusted.root_key), ("trust-station-is", own.public)):
        say(phrase(title, key_id=key.key_id))
        for line in in_lines(fingerprint_words(key)):
            say(f"  {line}")
        say(f"  {key.fingerprint}")
    say(phrase("trust-serial", serial=trusted.serial, revoked=", ".join(sorted(trusted.revoked)) or phrase("none")))
    for line in key_lines(trusted.keys):
        say(line)
    if out is not None:
        say(phrase("trust-asked", file=out))


def renew_key(settings: SettingsFile, as_json: AsJson = False) -> None:
    from station.settings.load import load
    from station.trust.enrolment import change
    from station.trust.keys import PrivateKey, load_key, save_key

    loaded = load(settings)
    file = loaded.trust.station_key
    old, new = load_key(file), PrivateKey.make()
    fresh, kept, word = (file.with_name(f"{file.name}.{end}") for end in ("new", f"{old.key_id}.old", "change"))
    fresh.unlink(missing_ok=True)  # of a try that was cut off before the key was taken
    save_key(new, fresh)
    said = change(loaded.parameters.station, old, new, _now_ms())
    _replace(word, said)
    if not kept.exists():
        os.link(file, kept)
    fresh.replace(file)
    tell_key(new.public, file, as_json=as_json)
    if not as_json:
        say(phrase("trust-renewed"))


COMMANDS: tuple[tuple[str, str, Callable[..., None]], ...] = (
    ("accept", helped("trust-accept"), accept),
    ("import", helped("trust-import"), take_in),
    ("show", helped("trust-show"), show),
    ("renew-key", helped("trust-renew-key"), renew_key),
)
"""Name, help and command."""


def trusted_of(settings: "StationSettings") -> "Trusted":
    """Whom this lane believes by its files: those it was provisioned with and what has come since. Raises Untrusted."""
    from station.journal.folder import DataFolder
    from station.trust.chain import Trusted

    return Trusted.load(settings.trust.root, settings.trust.centre, DataFolder(settings.places.data).statement)


def tell_key(public: "PublicKey", file: Path, *, as_json: bool) -> None:
    """A key that was made: its file, and its fingerprint in words and hex."""
    from station.trust.fingerprints import fingerprint_words, in_lines

    if as_json:
        told = {"file": str(file), "public": public.text, "key": public.key_id, "fingerprint": public.fingerprint}
        put_json({**told, "words": list(fingerprint_words(public))})
        return
    say(phrase("key-written", file=file, key_id=public.key_id, public=public.text))
    for line in in_lines(fingerprint_words(public)):
        say(f"  {line}")
    say(phrase("key-fingerprint", fingerprint=public.fingerprint))


def _unsealed(path: Path, password_file: Path | None) -> "PrivateKey":
    from station.trust.officers import load_sealed, unseal

    sealed = load_sealed(path)
    say(phrase("trust-person", file=path))
    return unseal(sealed, typed_password() if password_file is None else written_password(password_file))


def _compare(opened: "Opened", officer: "PrivateKey") -> None:
    """Show the fingerprint with gaps, and have this person fill them from the letter. Raises Untrusted."""
    from station.trust.fingerprints import WORDS, fingerprint_words, in_lines
    from station.trust.refusal import Untrusted

    words = fingerprint_words(opened.trusted.root_key)
    gaps = sorted(secrets.SystemRandom().sample(range(WORDS), HIDDEN))
    say(phrase("trust-compare", station=opened.provision.station, until=utc(_now_ms())))
    for line in in_lines(["_____" if at in gaps else word for at, word in enumerate(words)]):
        say(f"  {line}")
    for at in gaps:
        told: str = typer.prompt(phrase("trust-gap", number=at + 1), err=True)
        if told.strip().lower() != words[at]:
            raise Untrusted("wrong-fingerprint", f"word {at + 1}, key {officer.key_id}")


def _write(folder: Path, opened: "Opened", kept: "Accepted") -> None:
    """The files that the settings name under [trust], and the broker's authority."""
    from station.trust.ceremony import accepted_file, save_accepted

    folder.mkdir(parents=True, exist_ok=True)
    provision, public = opened.provision, folder / "root.pub"
    try:
        save_accepted(kept, accepted_file(public))
    except FileExistsError as error:
        raise exits.Refused(exits.IO, "file-exists", str(accepted_file(public))) from error
    _replace(folder / "officers.signed", provision.officers.encode() + b"\n")
    if provision.broker_ca:
        _replace(folder / "broker-ca.pem", provision.broker_ca.encode())
    opened.trusted.save(public, folder / "centre.signed")


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(data)
    new.replace(path)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
