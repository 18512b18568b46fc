"""The text in a ticket's QR code: what the lane's record was when the ticket was ordered, and what the centre had seen.

Fifteen fields between semicolons (docs/audit.md), hashes and signatures in base64url without padding; without a witness
five of them are empty. The station signs the fields before its own two for the purpose "ticket". The centre's
signature is the one of its `Witness`, so a ticket proves by itself what the centre once had. The driver takes it away:
a copy that nobody at the gate or at the centre can change.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.contract.plain import NotPlain, decode, encode
from station.messages.receipts import Witness
from station.trust.keys import PrivateKey, PublicKey
from station.trust.signed import Signed, sign, verify

FORM = "BGT1"
_FIELDS = 15
_UNSIGNED = 13
_HASH_BYTES, _SIGNATURE_BYTES = 32, 64
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


class BadTicket(ValueError):
    """The text is no ticket of ours; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Record `seq` of `epoch` with this hash was the lane's newest when the ticket of a crossing was ordered.

    The crossing is named `<station>-<lane>-<number>`, as everywhere.
    """

    station: str
    lane: str
    number: str
    epoch: int
    seq: int
    hash: bytes
    utc_ms: int

    @property
    def crossing(self) -> str:
        """The name of the crossing."""
        return f"{self.station}-{self.lane}-{self.number}"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it was read; nothing of it is verified yet. `witness` is None if the centre had seen nothing."""

    printed: Printed
    witness: Signed | None
    signed: Signed

    def refuse_forged(self, keys: Mapping[str, PublicKey]) -> None:
        """Raises Untrusted if the station of none of these keys signed it."""
        verify(self.signed, "ticket", keys)

    def witnessed(self, keys: Mapping[str, PublicKey]) -> Witness | None:
        """What the centre had seen. Raises Untrusted if the centre of none of these keys signed it; without keys that
        is not checked.
        """
        if self.witness is None:
            return None
        if keys:
            verify(self.witness, "receipt", keys)
        return read_witness(self.witness)


def ticket_text(printed: Printed, witness: Signed | None, key: PrivateKey) -> str:
    """The QR's text. `witness` is the newest `Witness`, as the centre signed it."""
    fields = [FORM, printed.station, printed.lane, printed.number, str(printed.epoch), str(printed.seq)]
    fields += [_packed(printed.hash), str(printed.utc_ms)]
    if witness is None:
        fields += [""] * 5
    else:
        seen = read_witness(witness)
        fields += [f"{seen.epoch}.{seen.seq}", _packed(bytes.fromhex(seen.hash)), str(seen.utc_ms)]
        fields += [witness.key, _packed(base64.b64decode(witness.signature))]
    signed = sign("ticket", ";".join(fields), key)
    return ";".join([*fields, signed.key, _packed(base64.b64decode(signed.signature))])


def read_ticket(text: str) -> Ticket:
    """The ticket in a QR's text. Raises BadTicket, and nothing else."""
    fields = text.strip().split(";")
    if fields[0] != FORM or len(fields) != _FIELDS:
        raise BadTicket(f"expected {FORM} and {_FIELDS} fields, got {fields[0][:20]!r} and {len(fields)}")
    if not all(_WORD.fullmatch(word) for word in fields[1:4]):
        raise BadTicket("station, lane and crossing are not plain words")
    station, lane, number, epoch, seq, hash_, utc_ms = fields[1:8]
    digest = _unpacked(hash_, _HASH_BYTES)
    printed = Printed(station, lane, number, _number(epoch), _number(seq), digest, _number(utc_ms))
    seen = fields[8:_UNSIGNED]
    witness = _witness(printed, *seen) if any(seen) else None
    stated = ";".join(fields[:_UNSIGNED])
    return Ticket(printed, witness, Signed(f'"{stated}"', fields[13], "ticket", _signature(fields[14])))


def read_witness(signed: Signed) -> Witness:
    """What a signed witness says; its signature is the caller's. Raises ValueError for anything else."""
    try:
        found: Witness = decode(Witness, signed.payload.encode())
    except NotPlain as error:
        raise ValueError(f"no witness: {error}") from error
    return found


def _witness(printed: Printed, at: str, hash_: str, utc_ms: str, key: str, signature: str) -> Signed:
    """The very text that the centre signed, put together again."""
    epoch, _, seq = at.partition(".")
    digest = _unpacked(hash_, _HASH_BYTES).hex()
    stated = Witness(printed.station, printed.lane, _number(epoch), _number(seq), digest, _number(utc_ms))
    return Signed(encode(stated).decode(), key, "receipt", _signature(signature))


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise BadTicket(f"{text[:20]!r} is no number")
    return int(text)


def _signature(text: str) -> str:
    return base64.b64encode(_unpacked(text, _SIGNATURE_BYTES)).decode()


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str, size: int) -> bytes:
    try:
        data = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadTicket(f"{text[:20]!r} is no base64url") from error
    if len(data) != size or _packed(data) != text:
        raise BadTicket(f"{text[:20]!r} is not {size} bytes in base64url")
    return data
