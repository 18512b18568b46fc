"""Messages that are none of ours, on every topic that a receiver hears."""

import json
from collections.abc import Iterator

from station.messages.envelope import RecordEvent, encode_event
from station.messages.topics import LaneTopics

_GARBAGE = (
    b"",
    b"no json",
    b"null",
    b"{}",
    b"[]",
    b"[[]]",
    b'"text"',
    b"[1,2,3]",
    b"\xff\xfe\x00",
    b"[" * 50_000,
    b'{"a":' * 5_000,
    b"9" * 5_000,
    b'["\\ud800"]',
    b'[{"id":1,"id":2}]',
    b"NaN",
    "đây không phải là một thông điệp".encode(),
)
_WRONG: tuple[dict[str, object], ...] = (
    {"specversion": "0.3"},
    {"id": "elsewhere"},
    {"id": "a/b/1/999"},
    {"sequence": -4},
    {"sequence": "9" * 30},
    {"epoch": "0"},
    {"epoch": None},
    {"epochbase": "99"},
    {"recordhash": "zz"},
    {"recordhash": "00"},
    {"previoushash": ""},
    {"type": "com.example.order"},
    {"type": ["vn.bordergate"]},
    {"tick": "yesterday"},
    {"data": 1.5, "recordhash": None},
)


def messages(topics: LaneTopics, event: RecordEvent) -> Iterator[tuple[str, bytes]]:
    """(topic, payload) of each. Those made from `event` lack or contradict what makes it that record."""
    for payload in _GARBAGE:
        for topic in (topics.records, topics.notice, topics.state, topics.report):
            yield topic, payload
    good = json.loads(encode_event(event))
    for changes in _WRONG:
        bad = json.dumps({**good, **changes}).encode()
        yield topics.records, b"[" + bad + b"]"
        yield topics.notice, bad
    for gone in ("sequence", "epoch", "recordhash", "previoushash", "factsto", "tick", "utcms", "type", "data"):
        bad = json.dumps({name: value for name, value in good.items() if name != gone}).encode()
        yield topics.records, b"[" + bad + b"]"
    yield topics.records.replace("records", "sausages"), b"\x00"
