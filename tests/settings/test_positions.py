"""The position scanner against tomllib: the same keys, and each where it says."""

import tomllib
from typing import Any

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from station.settings.positions import Path, Position, Positions

TRICKY = '''\
# a comment with [brackets] and "quotes"
title = "a \\" quoted # string"   # comment
"odd key" = 'C:\\path'
a.b . c = 1

[table]   # header comment
text = """
line [x]
y = "1" \\\\"""
literal = \'\'\'
[not.a.table] \'\'\'\'
list = [ 1, # one
  [2, "]"], { x = 1, "y z" = [true] },
]
when = 1979-05-27 07:32:00

["quoted.table"."x"]
k=1
[[array]]
n = 1
[array.sub]
m = 2
[[array]]
n = 3
'''


def paths_of(value: object, path: Path = ()) -> set[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path} - {()} | {found for key, child in inner for found in paths_of(child, (*path, key))}


def test_tricky_text_gives_the_same_paths_as_tomllib() -> None:
    positions = Positions(TRICKY)
    assert positions.keys.keys() | positions.values.keys() == paths_of(tomllib.loads(TRICKY))


def test_tricky_text_gives_places() -> None:
    positions = Positions(TRICKY)
    assert positions.of_key(("title",)) == Position(2, 1)
    assert positions.of_value(("title",)) == Position(2, 9)
    assert positions.of_key(("a", "b", "c")) == Position(4, 7)
    assert positions.of_key(("table",)) == Position(6, 2)
    assert positions.of_value(("table", "list", 1, 1)) == Position(13, 7)
    assert positions.of_value(("table", "list", 2, "y z", 0)) == Position(13, 31)
    assert positions.of_key(("array", 1, "n")) == Position(24, 1)
    assert positions.of_key(("array", 0, "sub", "m")) == Position(22, 1)
    assert positions.of_value(("table", "missing")) == Position(6, 2)
    assert positions.of_key(("nowhere",)) == Position(1, 1)


keys = st.text(min_size=1, max_size=6) | st.from_regex(r"[a-z_-]{1,5}", fullmatch=True)
leaves = st.integers(-(10**9), 10**9) | st.booleans() | st.text(max_size=12)
tables = st.recursive(
    leaves | st.lists(leaves, max_size=3),
    lambda inner: st.dictionaries(keys, inner, max_size=4) | st.lists(st.dictionaries(keys, inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(keys, tables, max_size=5))
def test_any_document_gives_the_same_paths_as_tomllib(document: dict[str, Any]) -> None:
    text = tomlkit.dumps(document).replace("\r\n", "\n")
    expected = paths_of(tomllib.loads(text))
    positions = Positions(text)
    found = positions.keys.keys() | positions.values.keys()
    assert found == expected
    lines = text.split("\n")
    for path, (line, column) in positions.keys.items():
        name = path[-1]
        written = lines[line - 1][column - 1 :]
        assert isinstance(name, str)
        assert written.startswith((name, '"', "'"))
