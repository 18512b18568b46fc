"""A record on the wire: a CloudEvents 1.0 event in structured JSON, single or in a batch, and back.

Extension attributes carry every hashed column of the record row, so the receiver recomputes the hash from what it
stores. `data` is the record's body; a body that is not canonical JSON travels as `data_base64`, so that a record of a
type or version the receiver does not know arrives byte for byte.
"""

import base64
import binascii
import hashlib
import re
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from drivers.contract.plain import canonical_of_plain, parse

HASH_BYTES = 32
NO_HASH = bytes(HASH_BYTES)
"""Stands before the first record of the first epoch."""

_TYPE = re.compile(r"vn\.bordergate\.([a-z0-9-]+(?:\.[a-z0-9-]+)*)\.v([1-9][0-9]{0,3})")
_VERSION = re.compile(r"(.*)\.v([0-9]+)")
_INT = re.compile(r"0|[1-9][0-9]{0,18}")
_MOST = 2**63 - 1
_YEAR_1, _YEAR_10000 = -62_135_596_800, 253_402_300_800
_MOST_BODY = 64 * 1024
_WORDS = re.compile(r"[A-Za-z0-9_.:/-]{0,200}")

_NAME, _NUMBER, _HASH = r"([A-Za-z0-9_.:-]{0,60})", r"(0|[1-9][0-9]{0,17})", r"([0-9a-f]{64})"
_FORMS = {
    "id": rf"{_NAME}/{_NAME}/{_NUMBER}/{_NUMBER}",
    "specversion": r"1\.0",
    "epoch": r"\3",
    "sequence": r"\4",
    "factsto": _NUMBER,
    "factshash": r"((?:[0-9a-f]{64})?)",
    "type": r"([A-Za-z0-9.-]{1,120})",
    "tick": _NUMBER,
    "utcms": _NUMBER,
    "clockquality": r"([A-Za-z0-9_.:/-]{0,60})",
    "recordhash": _HASH,
    "previoushash": _HASH,
    "epochbase": _NUMBER,
}
_attributes = itemgetter(*_FORMS)
_AS_WE_WRITE = re.compile("\n".join(_FORMS.values()))
"""All attributes of an event, a line each, in the form that every station of ours gives them."""


class BadEnvelope(ValueError):
    """These bytes are no record of ours; the message names the attribute and what is wrong with it."""


class RecordEvent(NamedTuple):
    """One record row. `previous` is the hash before it in the chain, `epoch_base` the first seq of its epoch."""

    station: str
    lane: str
    epoch: int
    seq: int
    facts_to: int
    facts_hash: bytes
    type: str
    tick: int
    utc_ms: int
    quality: str
    body: bytes
    hash: bytes
    previous: bytes
    epoch_base: int
    version: int = 1

    @property
    def hashed_type(self) -> str:
        """The type as it stands under the hash, and in the journal: from version 2 on with its version behind it."""
        return self.type if self.version == 1 else f"{self.type}.v{self.version}"

    @property
    def has_true_hash(self) -> bool:
        """Whether `hash` is what the columns and `previous` give."""
        return self.hash == record_hash(self)


def record_hash(event: RecordEvent) -> bytes:
    """SHA-256 over 0x01, the previous hash and each column with its length (8 bytes, big-endian) before it.

    Written apart from the journal's own function: a receiver checks the chain with code that did not make it.
    """
    digest = hashlib.sha256(b"\x01" + event.previous)
    for column in (
        str(event.epoch).encode(),
        str(event.seq).encode(),
        str(event.facts_to).encode(),
        event.facts_hash,
        event.hashed_type.encode(),
        str(event.tick).encode(),
        str(event.utc_ms).encode(),
        event.quality.encode(),
        event.body,
    ):
        digest.update(len(column).to_bytes(8, "big") + column)
    return digest.digest()


def type_and_version(hashed_type: str) -> tuple[str, int]:
    """The inverse of `hashed_type`."""
    found = _VERSION.fullmatch(hashed_type)
    return (found[1], int(found[2])) if found else (hashed_type, 1)


def encode_event(event: RecordEvent) -> bytes:
    """One event, application/cloudevents+json."""
    data = _canonical_object(event.body)
    attributes: dict[str, object] = {
        "specversion": "1.0",
        "id": f"{event.station}/{event.lane}/{event.epoch}/{event.seq}",
        "source": f"urn:border-gate:{event.station}:{event.lane}",
        "type": f"vn.bordergate.{event.type}.v{event.version}",
        "subject": _crossing(data),
        "time": rfc3339(event.utc_ms),
        "datacontenttype": "application/json",
        "sequence": str(event.seq),
        "epoch": str(event.epoch),
        "epochbase": str(event.epoch_base),
        "factsto": str(event.facts_to),
        "factshash": event.facts_hash.hex(),
        "tick": str(event.tick),
        "utcms": str(event.utc_ms),
        "clockquality": event.quality,
        "recordhash": event.hash.hex(),
        "previoushash": event.previous.hex(),
    }
    if data is None:
        return canonical_of_plain({**attributes, "data_base64": base64.b64encode(event.body).decode()})
    return canonical_of_plain(attributes)[:-1] + b',"data":' + event.body + b"}"


def encode_batch(encoded: Iterable[bytes]) -> bytes:
    """Encoded events as one application/cloudevents-batch+json."""
    return b"[" + b",".join(encoded) + b"]"


def decode_batch(payload: bytes) -> list[RecordEvent]:
    """The events of a batch; all or none. Raises BadEnvelope, and nothing else, for anything that is not one."""
    body = _parse(payload)
    if not isinstance(body, list) or not body:
        raise BadEnvelope("expected a JSON array of events")
    return [_decode(item) for item in body]


def decode_event(payload: bytes) -> RecordEvent:
    """The single event in `payload`. Raises BadEnvelope, and nothing else."""
    return _decode(_parse(payload))


def rfc3339(utc_ms: int) -> str:
    """UTC with milliseconds, for instance 2026-11-22T08:04:31.482Z."""
    seconds, millis = divmod(utc_ms, 1000)
    if not _YEAR_1 <= seconds < _YEAR_10000:  # outside the calendar: the exact figure stands in `utcms`
        seconds = millis = 0
    year, month, day, hour, minute, second = time.gmtime(seconds)[:6]
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"


def _parse(payload: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return parse(payload)
    except (ValueError, RecursionError) as error:  # ValueError: also numbers with thousands of digits
        raise BadEnvelope(f"not JSON: {str(error)[:200]}") from error


def _canonical_object(body: bytes) -> dict[str, Any] | None:
    """The body as an object if its bytes are canonical JSON of one, else None.

    Parsed where it will stand, in an event in a batch: a body at the limit of depth would make its batch unreadable.
    """
    try:
        data = parse(b'[{"data":' + body + b"}]")[0]["data"]
        return data if isinstance(data, dict) and canonical_of_plain(data) == body else None
    except (ValueError, RecursionError):
        return None


def _crossing(data: Mapping[str, Any] | None) -> str:
    crossing = data.get("crossing") if data else None
    return crossing if isinstance(crossing, str) else ""


def _decode(item: object) -> RecordEvent:
    event = _as_we_write(item) or _checked(item)
    if event.epoch < 1 or not 1 <= event.epoch_base <= event.seq:
        raise BadEnvelope("id, epoch, epochbase and sequence do not fit together")
    return event


def _as_we_write(item: Any) -> RecordEvent | None:  # noqa: ANN401 - JSON
    """The event, if its attributes have the form that ours have: at one look, at a third of the cost."""
    try:
        found = _AS_WE_WRITE.fullmatch("\n".join(_attributes(item)))
    except (LookupError, TypeError):  # not all of them, or not all text
        return None
    if found is None:
        return None
    (station, lane, epoch, seq, facts_to, facts_hash, kind, tick, utc_ms, quality, hashed, previous, base) = (
        found.groups()
    )
    name, version = _name_and_version(kind)
    return RecordEvent(
        station,
        lane,
        int(epoch),
        int(seq),
        int(facts_to),
        bytes.fromhex(facts_hash),
        name,
        int(tick),
        int(utc_ms),
        quality,
        _body(item),
        bytes.fromhex(hashed),
        bytes.fromhex(previous),
        int(base),
        version,
    )


def _checked(item: object) -> RecordEvent:
    """The event, attribute by attribute. Raises BadEnvelope, which names the first that is wrong."""
    if not isinstance(item, Mapping):
        raise BadEnvelope("an event is a JSON object")
    if item.get("specversion") != "1.0":
        raise BadEnvelope("specversion is not 1.0")
    identity = _text(item, "id").split("/")
    if len(identity) != 4:
        raise BadEnvelope("id is not station/lane/epoch/sequence")
    name, version = _name_and_version(_text(item, "type"))
    event = RecordEvent(
        station=identity[0],
        lane=identity[1],
        epoch=_whole(item, "epoch"),
        seq=_whole(item, "sequence"),
        facts_to=_whole(item, "factsto"),
        facts_hash=_digest(item, "factshash"),
        type=name,
        tick=_whole(item, "tick"),
        utc_ms=_whole(item, "utcms"),
        quality=_text(item, "clockquality"),
        body=_body(item),
        hash=_digest(item, "recordhash"),
        previous=_digest(item, "previoushash"),
        epoch_base=_whole(item, "epochbase"),
        version=version,
    )
    if identity[2:] != [str(event.epoch), str(event.seq)]:
        raise BadEnvelope("id, epoch and sequence do not fit together")
    return event


@lru_cache(maxsize=256)
def _name_and_version(text: str) -> tuple[str, int]:
    """Of the attribute `type`. Raises BadEnvelope."""
    kind = _TYPE.fullmatch(text)
    if kind is None:
        raise BadEnvelope(f"type {text[:80]!r} is not vn.bordergate.<name>.v<version>")
    if _VERSION.fullmatch(kind[1]):  # it would have the hash of another type and version
        raise BadEnvelope(f"type {kind[0][:80]!r} has two versions")
    return kind[1], int(kind[2])


def _body(item: Mapping[str, Any]) -> bytes:
    if ("data" in item) == ("data_base64" in item):
        raise BadEnvelope("an event has either data or data_base64")
    try:
        if "data" in item:
            body = canonical_of_plain(item["data"])
        else:
            body = base64.b64decode(str(item["data_base64"]).encode(), validate=True)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadEnvelope(f"data: {str(error)[:200]}") from error
    if len(body) > _MOST_BODY:
        raise BadEnvelope(f"data has {len(body)} bytes, more than {_MOST_BODY}")
    return body


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not _WORDS.fullmatch(value):
        raise BadEnvelope(f"{name} is missing or not a short plain text")
    return value


def _whole(item: Mapping[str, Any], name: str) -> int:
    value = item.get(name)
    if isinstance(value, str) and _INT.fullmatch(value) and (number := int(value)) <= _MOST:
        return number
    _text(item, name)
    raise BadEnvelope(f"{name} is no whole number of 63 bits in decimal digits")


def _digest(item: Mapping[str, Any], name: str) -> bytes:
    try:
        value = bytes.fromhex(_text(item, name))
    except ValueError as error:
        raise BadEnvelope(f"{name} is not hexadecimal") from error
    if len(value) not in (0, HASH_BYTES) or (name != "factshash" and not value):
        raise BadEnvelope(f"{name} has {len(value)} bytes instead of {HASH_BYTES}")
    return value
