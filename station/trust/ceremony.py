"""How a root enters a station: a signed provisioning file, a printed letter, and two persons who compare them.

Nothing is believed because it came first. What the two persons signed is kept with all that is needed to check it, and
holds for ever: the statement and the officers' file of that day, as they were.
"""

import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from drivers.contract.plain import NotPlain, canonical, decode, encode, read_as
from station.core.facts import Person
from station.trust.chain import Trusted
from station.trust.keys import PrivateKey, PublicKey
from station.trust.officers import Officers, read_officers
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload, sign, unverified, verify

MOST_PROVISION_BYTES = 1024 * 1024
PERSONS = 2


@dataclass(frozen=True, slots=True)
class Provision:
    """All that a new station needs to begin with. `root`, `statement` and `officers` are signed things in wire form;
    `broker_ca` is PEM, "" for a broker without TLS.
    """

    station: str
    broker_host: str
    broker_port: int
    broker_ca: str
    root: str
    statement: str
    officers: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A provisioning file that fits together; whether its root is the right one only a person can say."""

    provision: Provision
    sha256: str
    trusted: Trusted
    officers: Officers


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One person's word: the fingerprint (hex) of the root in this file is the one in the printed letter."""

    station: str
    fingerprint: str
    provision_sha256: str
    actor: str
    utc_ms: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The whole ceremony, as it is kept: `statement` and `officers` of that day, and the signed confirmations."""

    statement: str
    officers: str
    confirmations: tuple[str, ...]


def write_provision(provision: Provision, root: PrivateKey) -> str:
    """The file: TOML that a person can read, its last line the root's signature over all of it."""
    signed = sign("provision", provision, root)
    lines = [f"{field.name} = {json.dumps(getattr(provision, field.name))}" for field in fields(Provision)]
    return "\n".join([*lines, f"signature = {json.dumps(signed.signature)}", ""])


def open_provision(data: bytes, utc_ms: int) -> Opened:
    """Read and check a provisioning file against the root in it. Raises Untrusted."""
    if len(data) > MOST_PROVISION_BYTES:
        raise Untrusted("malformed", f"{len(data)} bytes")
    try:
        body = tomllib.loads(data.decode())
        signature = str(body.pop("signature", ""))
        provision: Provision = read_as(Provision, {**body, "is": "Provision"})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, NotPlain, RecursionError) as error:
        raise Untrusted("malformed", f"provisioning file: {str(error)[:200]}") from error
    bare = Trusted(Signed.from_wire(provision.root.encode()))
    text = canonical(provision).decode()
    key = bare.root_key
    verify(Signed(text, key.key_id, "provision", signature), "provision", {key.key_id: key})
    trusted = bare.renewed(Signed.from_wire(provision.statement.encode()))
    officers = read_officers(provision.officers.encode(), trusted, provision.station, utc_ms)
    return Opened(provision, hashlib.sha256(text.encode()).hexdigest(), trusted, officers)


def confirm(opened: Opened, key: PrivateKey, utc_ms: int) -> Signed:
    """What a person signs who has compared the fingerprint with the letter. Raises Untrusted for a stranger."""
    person = _person(opened.officers, key.key_id, utc_ms)
    root = hex_of(opened.trusted.root_key)
    said = Confirmation(opened.provision.station, root, opened.sha256, person.actor, utc_ms)
    return sign("ceremony", said, key)


def accept(opened: Opened, confirmations: Sequence[Signed]) -> Accepted:
    """The ceremony, if two different persons with two different credentials confirmed this file. Raises Untrusted."""
    kept = Accepted(
        opened.provision.statement,
        opened.provision.officers,
        tuple(signed.to_wire().decode() for signed in confirmations),
    )
    check(kept, opened.trusted, opened.provision.station)
    return kept


def check(kept: Accepted, root: Trusted, station: str) -> tuple[Person, ...]:
    """The persons, if what is kept is a ceremony for this root and station. Raises Untrusted.

    Statement and officers are judged at the time that the confirmations state: a ceremony does not age.
    """
    bare = root.alone()
    trusted = bare.renewed(Signed.from_wire(kept.statement.encode()))
    persons: list[Person] = []
    for text in kept.confirmations:
        signed = Signed.from_wire(text.encode())
        said = read_payload(Confirmation, unverified(signed))
        officers = read_officers(kept.officers.encode(), trusted, station, said.utc_ms)
        person = _person(officers, signed.key, said.utc_ms)
        verify(signed, "ceremony", {signed.key: officers.by_key[signed.key][0]})
        if said.actor != person.actor:
            raise Untrusted("wrong-actor", f"{said.actor[:40]!r} with the key of {person.actor!r}")
        if (said.station, said.fingerprint) != (station, hex_of(root.root_key)):
            raise Untrusted("wrong-station", f"a ceremony of {said.station[:40]!r}, root {said.fingerprint[:16]}")
        persons.append(person)
    if len({person.actor for person in persons}) < PERSONS or len({person.key_id for person in persons}) < PERSONS:
        raise Untrusted("same-person", f"{len(persons)} confirmations, {PERSONS} different persons are needed")
    return tuple(persons)


def save_accepted(kept: Accepted, path: Path) -> None:
    """Keep it beside the root's file. Raises FileExistsError."""
    with path.open("xb") as file:
        file.write(encode(kept) + b"\n")


def load_accepted(path: Path) -> Accepted:
    """Raises Untrusted: missing, or not what `save_accepted` wrote."""
    try:
        accepted: Accepted = decode(Accepted, path.read_bytes())
    except OSError as error:
        raise Untrusted("root-not-accepted", f"{path}: {error.strerror}") from error
    except (NotPlain, ValueError) as error:
        raise Untrusted("root-not-accepted", f"{path}: {str(error)[:200]}") from error
    return accepted


def accepted_file(root_file: Path) -> Path:
    """Where the ceremony of a root lies: beside it."""
    return root_file.with_suffix(".accepted")


def hex_of(key: PublicKey) -> str:
    """The fingerprint as 64 hex digits."""
    return hashlib.sha256(key.raw).hexdigest()


def _person(officers: Officers, key_id: str, utc_ms: int) -> Person:
    found = officers.by_key.get(key_id)
    if found is None:
        raise Untrusted("unknown-key", f"key {key_id[:40]} is in no officers' file")
    officer = found[1]
    if utc_ms > officer.not_after_ms:
        raise Untrusted("key-expired", f"key {key_id} of {officer.actor}")
    return Person(officer.actor, officer.role, key_id)
