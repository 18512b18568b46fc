"""The subject of a row is the crossing that the body names, whichever way it is found."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.contract.plain import canonical_of_plain
from station.centre.rows import row_of, storable
from station.messages.envelope import NO_HASH
from tests.messages.chains import event

_TEXT = st.lists(st.sampled_from(['"', "\\", "{", "}", "[", "]", ",", ":", "é", "crossing"]), max_size=8).map("".join)
_LEAF = st.none() | st.integers() | _TEXT
_INNER = st.dictionaries(st.sampled_from(["crossing", "a", "z"]), _LEAF, max_size=3) | st.lists(_LEAF, max_size=3)
_BODY = st.dictionaries(st.sampled_from(["crossing", "a", "b", "is", "z"]), _LEAF | _INNER, max_size=4)


def subject(body: bytes) -> object:
    return row_of(event(1, NO_HASH, body=body), 1)["subject"]


@given(_BODY)
@example({"a": {"crossing": "inner"}, "crossing": "outer"})
@example({"a": {"crossing": "inner"}})
@example({"a": ',"crossing":"in a text"', "crossing": "true"})
@example({"a": "\\", "crossing": "é"})
def test_the_subject_is_the_crossing_of_the_body(body: dict[str, object]) -> None:
    crossing = body.get("crossing")
    assert subject(canonical_of_plain(body)) == (storable(crossing) if isinstance(crossing, str) else "")


@pytest.mark.parametrize(
    "body", [b"\xff", b'{"crossing":"\xff"}', b'["crossing"]', b'"crossing"', b'{"crossing":', json.dumps("x").encode()]
)
def test_bytes_that_are_no_object_have_no_subject(body: bytes) -> None:
    assert subject(body) == ""
