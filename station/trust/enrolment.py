"""A station's own key on its way to the centre, and from one key of the station to the next."""

from dataclasses import dataclass

from drivers.contract.plain import NotPlain, decode, encode
from station.trust.keys import PrivateKey, PublicKey
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, read_payload, sign, unverified, verify


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`station` will sign with `key` (public, hex). Signed by that key: whoever sends it holds it."""

    station: str
    key: str
    utc_ms: int


@dataclass(frozen=True, slots=True)
class KeyChange:
    """`station` signs with `new` instead of `old` (public, hex)."""

    station: str
    old: str
    new: str
    utc_ms: int


@dataclass(frozen=True, slots=True)
class SignedTwice:
    """The same `KeyChange`, signed by the old key and by the new one, in wire form."""

    by_old: str
    by_new: str


def ask(station: str, key: PrivateKey, utc_ms: int) -> bytes:
    """What the station hands to the centre."""
    return sign("enrolment", Enrolment(station, key.public.text, utc_ms), key).to_wire() + b"\n"


def read_asked(data: bytes) -> tuple[str, PublicKey]:
    """Station and key, if that key signed it. Whose key it is, only its fingerprint can tell. Raises Untrusted."""
    signed = Signed.from_wire(data)
    stated = read_payload(Enrolment, unverified(signed))
    key = PublicKey.from_text(stated.key)
    verify(signed, "enrolment", {key.key_id: key})
    return stated.station, key


def change(station: str, old: PrivateKey, new: PrivateKey, utc_ms: int) -> bytes:
    """Both keys' word on the change."""
    said = KeyChange(station, old.public.text, new.public.text, utc_ms)
    twice = (sign("enrolment", said, key).to_wire().decode() for key in (old, new))
    return encode(SignedTwice(*twice))


def read_change(data: bytes) -> tuple[str, PublicKey, PublicKey]:
    """(station, old key, new key), if both have signed the same change. Raises Untrusted."""
    try:
        twice: SignedTwice = decode(SignedTwice, data)
    except (NotPlain, ValueError) as error:
        raise Untrusted("malformed", f"change of a key: {str(error)[:200]}") from error
    by_old, by_new = Signed.from_wire(twice.by_old.encode()), Signed.from_wire(twice.by_new.encode())
    said = read_payload(KeyChange, unverified(by_old))
    old, new = PublicKey.from_text(said.old), PublicKey.from_text(said.new)
    verify(by_old, "enrolment", {old.key_id: old})
    verify(by_new, "enrolment", {new.key_id: new})
    if by_old.payload != by_new.payload or old == new:
        raise Untrusted("malformed", "the two keys have not signed the same change")
    return said.station, old, new
