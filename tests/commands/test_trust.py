"""From a root made offline to a station that believes it, by commands alone; and what must not get through."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import typer

from station.centre import enrolled, trust_offer
from station.centre.store import CentreStore
from station.trust.chain import Trusted
from station.trust.fingerprints import fingerprint_words
from station.trust.keys import PrivateKey, load_key
from tests.commands.premises import STATION, Premises, Told

Command = Callable[..., Told]
DATABASE = "centre.db"


@dataclass
class Office:
    """The root's room: its folder, two officers, a provisioning file."""

    folder: Path
    command: Command
    officers: dict[str, Path] = field(default_factory=dict)

    def run(self, *arguments: object) -> Told:
        told = self.command("trust", *arguments)
        assert told.status == 0, told.err
        return told

    @property
    def password(self) -> Path:
        return self.folder / "password"

    @property
    def provision(self) -> Path:
        return self.folder / "provision.toml"

    @property
    def root(self) -> tuple[object, ...]:
        return ("--root-key", self.folder / "root.key", "--password-file", self.password)

    def accept(self, at: Path, *people: str) -> Told:
        keys = [part for person in people for part in ("--key", self.officers[person])]
        passwords = [part for _ in people for part in ("--password-file", self.password)]
        return self.command("trust", "accept", self.provision, "--folder", at, *keys, *passwords)


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture
def office(room: Path, command: Command) -> Office:
    """Made once: sealing is slow on purpose."""
    made = Office(room, command, {name: room / f"{name}.officer" for name in ("1001", "2001")})
    if made.provision.exists():
        return made
    made.password.write_text("a long password\n")
    made.password.chmod(0o600)
    made.run("root", room, "--password-file", made.password)
    every = [part for name in ("receipt", "list", "suspension", "officers") for part in ("--scope", name)]
    made.run("grant", room, *made.root, *every, "--new-key", room / "centre.key")
    listed = []
    for name, file in made.officers.items():
        told = command("keys", "officer", file, "--password-file", made.password, "--json")
        listed += ["--officer", f"{name}:head-of-unit:{json.loads(told.out)['public']}"]
    signed = command(
        *("keys", "officers", room / "officers.signed", "--station", STATION, "--number", 1),
        *("--centre-key", room / "centre.key", *listed),
    )
    assert signed.status == 0, signed.err
    made.run(
        *("provision", room, *made.root, "--station", STATION, "--host", "10.0.0.9"),
        *("--officers", room / "officers.signed", "--out", made.provision),
    )
    return made


@pytest.fixture
def letter(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words of the printed letter, typed by whoever is asked for one; a test may change them."""
    words = re.findall(r"\b[a-z]{5}\b", office.run("letter", office.folder).out.split("secret.")[1])
    asked: list[str] = [part for part in words if re.fullmatch("[bdfghjklmnprstvz][aiou][a-z][aiou][a-z]", part)]

    def typed(question: str, **_: object) -> str:
        number = int(re.findall(r"\d+", question)[0])
        return asked[number - 1]

    monkeypatch.setattr(typer, "prompt", typed)
    return asked


def test_two_persons_accept_a_root_that_is_the_one_in_the_letter(
    office: Office, letter: list[str], tmp_path: Path, command: Command
) -> None:
    key = Trusted.load(office.folder / "root.pub").root_key
    assert letter == list(fingerprint_words(key))
    told = office.accept(tmp_path / "keys", "1001", "2001")
    assert told.status == 0, told.err
    assert "1001, 2001" in told.out and told.out.count("_____") == 6
    assert key.fingerprint not in told.out, "what the letter says cannot be copied from the screen"
    trusted = Trusted.load(tmp_path / "keys" / "root.pub", tmp_path / "keys" / "centre.signed")
    assert (trusted.root_key, trusted.serial, trusted.is_demo) == (key, 1, False)
    assert office.accept(tmp_path / "keys", "1001", "2001").status == 74, "a root is never replaced"


def test_one_credential_is_not_two_persons(office: Office, letter: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "copy.officer"
    copy.write_bytes(office.officers["1001"].read_bytes())
    copy.chmod(0o600)
    office.officers["copy"] = copy
    for people in (("1001",), ("1001", "1001"), ("1001", "copy")):
        told = office.accept(tmp_path / "keys", *people)
        assert told.status == 77 and "two persons" in told.err, people
    assert not (tmp_path / "keys").exists() and len(letter) == 16


@pytest.mark.parametrize("number", [0, 9, 15])
def test_another_root_than_the_letters_is_refused(
    office: Office, letter: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Whichever three words a person is asked for, a letter that differs in them is noticed."""
    monkeypatch.setattr(
        "station.commands.trust_station.secrets.SystemRandom.sample", lambda _, __, ___: [number], raising=True
    )
    monkeypatch.setattr("station.commands.trust_station._unsealed", lambda *_: PrivateKey.make())
    letter[number] = "babab" if letter[number] != "babab" else "babad"
    told = office.accept(tmp_path / "keys", "1001", "2001")
    assert told.status == 77 and "fingerprint" in told.err
    assert not (tmp_path / "keys").exists()


def test_a_provisioning_file_with_one_changed_line_is_refused(office: Office, tmp_path: Path, command: Command) -> None:
    text = office.provision.read_text()
    for old, new in (("10.0.0.9", "10.0.0.8"), ("8883", "1883"), (STATION, "VN-XX")):
        changed = tmp_path / "changed.toml"
        changed.write_text(text.replace(old, new))
        keys = [part for path in office.officers.values() for part in ("--key", path)]
        told = command("trust", "accept", changed, "--folder", tmp_path / "keys", *keys)
        assert told.status == 77, old
        assert "signature" in told.err or "another station" in told.err


def test_rotation_and_revocation_go_to_the_centre_and_by_file_to_a_station(
    office: Office, place: Premises, tmp_path: Path, command: Command
) -> None:
    """The station is a demo's: its root is another one, and refuses all of it."""
    folder = tmp_path / "root"
    folder.mkdir()
    for name in ("root.pub", "root.key", "centre.signed"):
        (folder / name).write_bytes((office.folder / name).read_bytes())
    (folder / "root.key").chmod(0o600)
    root = ("--root-key", folder / "root.key", "--password-file", office.password)
    first = load_key(office.folder / "centre.key")
    office.run("grant", folder, *root, "--scope", "list", "--new-key", folder / "list.key", "--days", 30)
    told = json.loads(office.run("revoke", folder, first.key_id, *root, "--json").out)
    assert (told["serial"], told["keys"], told["revoked"]) == (3, 1, 1)
    database = f"sqlite:///{tmp_path}/{DATABASE}"
    office.run("publish", folder, "--database", database)
    with closing(CentreStore(database)) as store:
        assert trust_offer.newest(store).number == 3
    refused = command("trust", "publish", office.folder, "--database", database)
    assert refused.status == 77 and "not newer" in refused.err
    again = command("trust", "grant", folder, *root, "--scope", "list", "--public", first.public.text)
    assert again.status == 77 and "revoked" in again.err
    foreign = command("trust", "import", folder / "centre.signed", "--settings", place.settings)
    assert foreign.status == 77 and "unknown key" in foreign.err
    assert not (folder / "nothing").exists()


def test_a_station_is_enrolled_by_its_fingerprint_and_no_other(
    office: Office, place: Premises, tmp_path: Path, command: Command
) -> None:
    request, database = tmp_path / "enrol", f"sqlite:///{tmp_path}/{DATABASE}"
    shown = json.loads(office.run("show", "--settings", place.settings, "--out", request, "--json").out)
    words = " ".join(shown["words"])
    wrong = command(
        *("trust", "enrol", request, "--database", database, "--station", STATION),
        *("--fingerprint", words.replace(shown["words"][7], "babab")),
    )
    assert wrong.status == 77 and "fingerprint" in wrong.err
    for told in (words.upper(), shown["fingerprint"]):
        office.run("enrol", request, "--database", database, "--station", STATION, "--fingerprint", told)
    with closing(CentreStore(database)) as store:
        ((station, key),) = enrolled.listed(store)
        assert (station, key.text) == (STATION, shown["station_key"])
    office.run("strike", "--database", database, "--station", STATION)
    assert command("trust", "strike", "--database", database, "--station", STATION).status == 1
