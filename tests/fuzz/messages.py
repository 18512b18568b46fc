"""MQTT messages as no peer of ours would send them: seeded, from good ones, for both ends of the link."""

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from drivers.contract.plain import canonical, encode
from station.courier.downlink import MOST_BYTES
from station.courier.mqtt_link import Arrived
from station.messages.downlinks import (
    Decision,
    EligibleList,
    ListDelta,
    Rules,
    SettingsProposal,
    Suspension,
    Watchlist,
    entries_sha256,
)
from station.messages.envelope import encode_batch, encode_event
from station.messages.evidence_files import FileChunk, FileGone
from station.messages.receipts import FileReceipt, Receipt, ReplayRequest
from station.messages.states import DownlinkReport, LaneState
from station.messages.topics import LaneTopics
from station.trust.keys import PrivateKey
from station.trust.signed import Purpose, sign
from tests.courier.bench import FAR_MS, LANE, STATION, entry
from tests.messages.chains import chain, event

TOPICS = LaneTopics(STATION, LANE)
PICTURE = b"the bytes of a picture"
_ONE_OF_BIG = 2_000
_STRANGE_TEXTS = ("", "\0", "\ud800", "é" * 300, "D1' OR '1'='1", "../../etc/passwd", "+", "#", "𝟙", "\u202e")
_STRANGE_NUMBERS = (0, -1, 1, 2**31, 2**63, -(2**63) - 1, 2**70, 10**400)
_RAW = (
    b"[" * 50_000,
    b'{"a":' * 30_000,
    b"9" * 5_000,
    b"NaN",
    b"-Infinity",
    b"1e999",
    b'"\\ud800"',
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
    b"\x00" * 64,
    b'{"a":1,"a":2}',
    b"",
    b"null",
)


@dataclass(frozen=True, slots=True)
class Good:
    """A message that is in order: its topic and its body; `purpose` if it travels signed."""

    topic: str
    payload: bytes
    purpose: Purpose | None = None
    body: object = None


def downlinks(key: PrivateKey, utc_ms: int) -> list[Good]:
    """One of each that a lane may get. Their numbers are small: whatever is applied, a later one can follow it."""
    until = utc_ms + 3_600_000
    things: list[tuple[str, Purpose, object]] = [
        (TOPICS.list, "list", EligibleList(STATION, "15BB", 1, utc_ms, until, (entry("D1"), entry("D2")))),
        (TOPICS.list, "list", _delta(utc_ms, until)),
        (TOPICS.watchlist, "watchlist", Watchlist(STATION, 1, "", ("0a" * 32,), utc_ms, until)),
        (TOPICS.rules, "rules", Rules(STATION, 1, (("weight_refer", 40),), utc_ms, until)),
        (TOPICS.suspension, "suspension", Suspension(STATION, "D1", False, 1, utc_ms, until)),
        (TOPICS.decision, "decision", Decision(STATION, LANE, "{}", 1, utc_ms, FAR_MS)),
        (
            TOPICS.proposal,
            "proposal",
            SettingsProposal(STATION, LANE, 1, "", (("vision.view_epoch", "3"),), "why", utc_ms, FAR_MS),
        ),
        (TOPICS.receipt, "receipt", Receipt(STATION, LANE, 1, 900, "0a" * 32, utc_ms)),
        (TOPICS.receipt, "receipt", ReplayRequest(STATION, LANE, 3, utc_ms)),
        (TOPICS.receipt, "receipt", FileReceipt(STATION, LANE, "0a" * 32, 9, 0, 4, "", utc_ms)),
    ]
    signed = [(topic, sign(kind, thing, key)) for topic, kind, thing in things]
    return [Good(topic, one.to_wire(), one.purpose, json.loads(one.payload)) for topic, one in signed]


def _delta(utc_ms: int, until: int) -> ListDelta:
    """From list 1 to list 2."""
    before, after = (entry("D1"), entry("D2")), (entry("D1"),)
    hashes = entries_sha256(before), entries_sha256(after)
    return ListDelta(STATION, "15BB", 2, 1, hashes[0], utc_ms, until, (), ("D2",), hashes[1])


def uplinks() -> list[Good]:
    """One of each that a centre may get."""
    made = chain(4)
    picture = hashlib.sha256(PICTURE).hexdigest()
    naming = event(5, made[-1].hash, body=canonical({"is": "PlateIdentified", "pictures": [picture]}))
    events = [encode_event(one) for one in (*made, naming)]
    named = (STATION, LANE, 1, 5, "", picture)
    data = base64.b64encode(PICTURE).decode()
    return [
        Good(TOPICS.evidence, encode(FileChunk(*named, ".jpg", len(PICTURE), 0, data))),
        Good(TOPICS.evidence, encode(FileGone(*named, "damaged"))),
        Good(TOPICS.records, encode_batch(events)),
        Good(TOPICS.notice, events[0]),
        Good(TOPICS.state, encode(LaneState(STATION, LANE, True, "b1", 3, 4))),
        Good(TOPICS.report, encode(DownlinkReport(STATION, LANE, "list 4", "expired", "sign it again", 1))),
    ]


def hostile(good: Sequence[Good], count: int, seed: int, key: PrivateKey | None = None) -> Iterator[Arrived]:
    """`count` messages: a fifth on a strange topic, the rest where the good ones come. With `key` some are signed."""
    chance = random.Random(f"messages {seed}")
    for _ in range(count):
        pattern = chance.choice(good)
        topic = pattern.topic if chance.random() < 0.8 else _topic(pattern.topic, chance)
        yield Arrived(topic, _payload(pattern, chance, key), chance.random() < 0.03)


def _payload(good: Good, chance: random.Random, key: PrivateKey | None) -> bytes:
    if chance.randrange(_ONE_OF_BIG) == 0:
        filler, size = chance.choice((b"[", b" ", b"{}", good.payload)), MOST_BYTES // chance.randint(1, 8) + 1
        return filler * (size // len(filler) + 1)
    if key is not None and good.purpose is not None and chance.random() < 0.35:
        return sign(good.purpose, _changed(good.body, chance), key).to_wire()  # who holds the key may still err
    return good.payload if chance.random() < 0.02 else chance.choice(_WAYS)(good.payload, chance)


def _topic(topic: str, chance: random.Random) -> str:
    parts = topic.split("/")
    match chance.randrange(6):
        case 0:
            parts[chance.randrange(len(parts))] = chance.choice(_STRANGE_TEXTS)
        case 1:
            parts.insert(chance.randrange(len(parts)), chance.choice(("", "more", "x" * 200)))
        case 2:
            del parts[chance.randrange(len(parts))]
        case 3:
            return "/".join(chance.choice(parts) for _ in range(chance.randint(0, 9)))
        case 4:
            return "".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(chance.randint(0, 80)))
        case _:
            return topic + "/" * chance.randint(1, 30_000)
    return "/".join(parts)


def _noise(_: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randint(0, 400))


def _raw(_: bytes, chance: random.Random) -> bytes:
    return chance.choice(_RAW)


def _bits(good: bytes, chance: random.Random) -> bytes:
    changed = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(good: bytes, chance: random.Random) -> bytes:
    return good[: chance.randrange(len(good))]


def _spliced(good: bytes, chance: random.Random) -> bytes:
    at, start = chance.randrange(len(good)), chance.randrange(len(good))
    return good[:at] + good[start : start + chance.randint(1, 60)] * chance.randint(1, 20) + good[at:]


def _inserted(good: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(good))
    return good[:at] + chance.choice(_RAW)[: chance.randint(1, 200)] + good[at:]


def _rewritten(good: bytes, chance: random.Random) -> bytes:
    """Good JSON of another meaning."""
    return json.dumps(_changed(json.loads(good), chance)).encode()


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _noise,
    _raw,
    _bits,
    _cut,
    _spliced,
    _inserted,
    _rewritten,
    _rewritten,
)


def _changed(body: Any, chance: random.Random) -> Any:  # noqa: ANN401 - JSON
    """`body` with one to three of its places changed, wherever they are."""
    body = json.loads(json.dumps(body))
    for _ in range(chance.randint(1, 3)):
        place = body
        while isinstance(place, dict | list) and place:
            at = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
            if isinstance(place[at], dict | list) and place[at] and chance.random() < 0.7:
                place = place[at]
                continue
            _change(place, at, chance)
            break
    return body


def _change(place: Any, at: Any, chance: random.Random) -> None:  # noqa: ANN401 - JSON
    match chance.randrange(4):
        case 0 if isinstance(place, dict):
            del place[at]
        case 1 if isinstance(place, dict):
            place[chance.choice(("extra", "is", "", "number"))] = _value(chance, 2)
        case 2 if isinstance(place[at], str) and place[at]:
            text = list(place[at])
            text[chance.randrange(len(text))] = chr(chance.randrange(0x20, 0x2000))
            place[at] = "".join(text)
        case _:
            place[at] = _value(chance, 3)


def _value(chance: random.Random, deep: int) -> Any:  # noqa: ANN401 - JSON
    match chance.randrange(8 if deep else 6):
        case 0:
            return None
        case 1:
            return chance.random() < 0.5
        case 2:
            return chance.choice(_STRANGE_NUMBERS)
        case 3:
            return str(chance.choice(_STRANGE_NUMBERS))
        case 4 | 5:
            return chance.choice(_STRANGE_TEXTS)
        case 6:
            return [_value(chance, deep - 1) for _ in range(chance.randint(0, 4))]
        case _:
            return {chance.choice(("is", "a", "number")): _value(chance, deep - 1) for _ in range(chance.randint(0, 3))}
