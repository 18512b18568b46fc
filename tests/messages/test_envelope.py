import base64
import contextlib
import json
from collections.abc import Callable

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.plain import canonical
from station.journal import chain as journal_chain
from station.messages import envelope
from station.messages.envelope import (
    NO_HASH,
    BadEnvelope,
    RecordEvent,
    decode_batch,
    decode_event,
    encode_batch,
    encode_event,
    record_hash,
    rfc3339,
    type_and_version,
)
from tests.messages.chains import chain, event

# The required attributes and the naming rule of CloudEvents 1.0, section "Context Attributes".
_CLOUD_EVENT = {
    "type": "object",
    "required": ["id", "source", "specversion", "type"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1},
        "specversion": {"const": "1.0"},
        "type": {"type": "string", "minLength": 1},
        "time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
        "data": {},
        "data_base64": {"type": "string"},
    },
    "additionalProperties": False,
    "patternProperties": {"^[a-z0-9]{1,20}$": {"type": "string"}},
}


@pytest.mark.parametrize(
    ("utc_ms", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_790_000_000_482, "2026-09-21T14:13:20.482Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        (253_402_300_800_000, "1970-01-01T00:00:00.000Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        (2**62, "1970-01-01T00:00:00.000Z"),
    ],
)
def test_time_is_told_as_the_internet_writes_it(utc_ms: int, text: str) -> None:
    assert rfc3339(utc_ms) == text


def test_an_event_is_a_cloud_event_with_our_attributes() -> None:
    record = chain(2)[1]
    body = json.loads(encode_event(record))
    jsonschema.validate(body, {**_CLOUD_EVENT, "patternProperties": {"^[a-z0-9]{1,20}$": {}}})
    assert body["id"] == "VNHUN1/L1/1/2"
    assert body["source"] == "urn:border-gate:VNHUN1:L1"
    assert body["type"] == "vn.bordergate.crossing.opened.v1"
    assert body["subject"] == "c2"
    assert body["time"] == rfc3339(record.utc_ms) == "2023-11-14T22:13:20.002Z"
    assert body["sequence"] == "2"
    assert body["previoushash"] == record.previous.hex()
    assert canonical(body["data"]) == record.body


def test_a_batch_comes_back_as_it_went() -> None:
    events = chain(10)
    assert decode_batch(encode_batch(map(encode_event, events))) == events


def test_two_independent_hash_functions_agree() -> None:
    for record in chain(3):
        assert record.has_true_hash
        assert record_hash(record) == journal_chain.record_hash(
            record.previous,
            record.epoch,
            record.seq,
            record.facts_to,
            record.facts_hash,
            record.type,
            record.tick,
            record.utc_ms,
            record.quality,
            record.body,
        )


@pytest.mark.parametrize(
    "body",
    [
        b"\x00\xff not JSON at all",
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b"[1,2]",
        b'{"a":1.5}',
        '{"tên":"Cửa khẩu"}'.encode(),
        b'{"deep":' + b"[" * 3000 + b"]" * 3000 + b"}",
        b'{"n":' + b"9" * 6000 + b"}",
        b'{"deep":' + b"[" * 62 + b"]" * 62 + b"}",
        b'{"deep":' + b"[" * 63 + b"]" * 63 + b"}",
        b'1},{"data":2',
    ],
    ids=[
        "binary",
        "unsorted",
        "spaced",
        "array",
        "float",
        "vietnamese",
        "too-deep",
        "huge-number",
        "deep",
        "deepest",
        "injection",
    ],
)
def test_any_body_arrives_byte_for_byte(body: bytes) -> None:
    record = event(1, NO_HASH, body=body, type_="future.thing")
    (back,) = decode_batch(encode_batch([encode_event(record)]))
    assert back.body == body
    assert back.has_true_hash


def test_an_unknown_type_and_version_arrive() -> None:
    record = event(1, NO_HASH, type_="wagon.shunted.v7")._replace(type="wagon.shunted", version=7)
    back = decode_event(encode_event(record))
    assert (back.type, back.version, back.has_true_hash) == ("wagon.shunted", 7, True)
    assert type_and_version(back.hashed_type) == (back.type, back.version)


def test_a_changed_version_shows_in_the_hash() -> None:
    record = event(1, NO_HASH)
    assert record.has_true_hash and not record._replace(version=2).has_true_hash
    two_names = record._replace(type="crossing.opened.v2")
    with pytest.raises(BadEnvelope, match="two versions"):
        decode_event(encode_event(two_names))


@pytest.mark.parametrize("field", ["epoch", "seq", "facts_to", "tick", "utc_ms"])
def test_any_changed_number_shows_in_the_hash(field: str) -> None:
    record = event(5, NO_HASH)
    assert not record._replace(**{field: getattr(record, field) + 1}).has_true_hash


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("specversion", "0.3"),
        ("id", "VNHUN1/L1/1"),
        ("id", "VNHUN1/L1/1/2"),
        ("type", "com.example.thing"),
        ("sequence", "01"),
        ("sequence", "-1"),
        ("sequence", 1),
        ("sequence", str(2**63)),
        ("epochbase", "2"),
        ("epoch", "0"),
        ("recordhash", "ab"),
        ("recordhash", "zz" * 32),
        ("previoushash", ""),
        ("clockquality", "a\u0000b"),
        ("data_base64", ""),
    ],
)
def test_a_wrong_attribute_is_refused_by_name(name: str, value: object) -> None:
    body = json.loads(encode_event(event(1, NO_HASH)))
    body[name] = value
    with pytest.raises(BadEnvelope, match=r"id|data|" + name):
        decode_event(json.dumps(body).encode())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_GOOD = json.loads(encode_event(event(1, NO_HASH)))


@settings(max_examples=150)
@given(
    st.binary(max_size=200)
    | _JSON.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.sampled_from(sorted(_GOOD)), _JSON, max_size=4).map(
        lambda changes: json.dumps([{**_GOOD, **changes}]).encode()
    )
)
def test_no_bytes_raise_anything_but_a_refusal(payload: bytes) -> None:
    for decode in (decode_batch, decode_event):
        with contextlib.suppress(BadEnvelope):
            decode(payload)


_IDS = ["", "VNHUN1/L1/1/1", "V/L/1/3", "//1/1", "V/L/1/1/1"]
_NUMBERS = ["0", "1", "3", "01", "9" * 18, "9" * 19, str(2**63 - 1)]
_OTHERS = ["00" * 32, "AB" * 32, "a.b", "a\n1", "1\n", "x" * 61, "é", "1.0", "1x0"]
_TYPES = ["vn.bordergate.a.v1", "vn.bordergate.a.v1.v2"]
_VALUES = st.sampled_from([*_IDS, *_NUMBERS, *_OTHERS, *_TYPES])


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(sorted(_GOOD)), _VALUES | st.none() | st.integers(), max_size=3))
def test_the_short_look_at_an_event_agrees_with_the_long_one(changes: dict[str, object]) -> None:
    item = {**_GOOD, **changes}

    def judged(decode: Callable[[object], RecordEvent | None]) -> object:
        try:
            return decode(item)
        except BadEnvelope as refusal:
            return str(refusal)

    short = judged(envelope._as_we_write)
    assert short in (None, judged(envelope._checked))


def test_our_own_events_take_the_short_look() -> None:
    for record in (event(1, NO_HASH), event(9, bytes(32), epoch=3, base=4, body=b"\xff")):
        item = json.loads(encode_event(record))
        assert envelope._as_we_write(item) == envelope._checked(item) == record


@pytest.mark.parametrize(
    "payload",
    [b"[" * 100_000, b'[{"id":1,"id":2}]', b"\xff", b"", b"[]", b'"' + b"x" * 100, b"9" * 5000, b'["\\ud800"]'],
)
def test_hostile_json_is_refused(payload: bytes) -> None:
    with pytest.raises(BadEnvelope):
        decode_batch(payload)


def test_a_lone_surrogate_in_data_is_refused() -> None:
    body = {**_GOOD, "data": {"x": "?"}}
    payload = json.dumps(body).replace("?", "\\ud800").encode()
    with pytest.raises(BadEnvelope, match="surrogates"):
        decode_event(payload)


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=300), st.integers(1, 2**62), st.integers(0, 2**62))
def test_every_event_survives_the_way(body: bytes, seq: int, utc_ms: int) -> None:
    record = RecordEvent("S", "L", 3, seq, 1, bytes(32), "a.b", 0, utc_ms, "", body, bytes(32), bytes(32), 1)
    assert decode_event(encode_event(record)) == record


def test_base64_is_only_used_where_it_must_be() -> None:
    body = json.loads(encode_event(event(1, NO_HASH, body=b"\xff")))
    assert base64.b64decode(body["data_base64"]) == b"\xff"
    assert "data" not in body
    assert "data_base64" not in _GOOD
