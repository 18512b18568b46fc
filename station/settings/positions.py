"""Where each key and value stands in a TOML text, which `tomllib` does not tell.

Reads only texts that `tomllib` has accepted, so it checks nothing.
"""

import re
import tomllib
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys from the root down; a number is an index into an array."""


class Position(NamedTuple):
    """Line and column, both from 1."""

    line: int
    column: int


class Positions:
    """The places of a document's keys and values, by path."""

    def __init__(self, text: str) -> None:
        scanner = _Scanner(text)
        scanner.document()
        self.keys: dict[Path, Position] = scanner.keys
        self.values: dict[Path, Position] = scanner.values

    def of_value(self, path: Path) -> Position:
        """Where the value of `path` begins; for a table its name; for what is missing, the nearest thing above."""
        while path:
            position = self.values.get(path) or self.keys.get(path)
            if position is not None:
                return position
            path = path[:-1]
        return Position(1, 1)

    def of_key(self, path: Path) -> Position:
        """Where the key of `path` stands."""
        return self.keys.get(path) or self.of_value(path)


_SPACE = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


class _Scanner:
    def __init__(self, text: str) -> None:
        self.keys: dict[Path, Position] = {}
        self.values: dict[Path, Position] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._line_start = 0
        self._seen = 0
        self._table_counts: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self._skip(_BETWEEN) < len(self._text):
            table = self._header() if self._text[self._at] == "[" else self._pair(table)

    def _header(self) -> Path:
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        segments = self._key()
        path: Path = ()
        for n, (segment, position) in enumerate(segments):
            path = (*path, segment)
            self.keys.setdefault(path, position)
            if is_array and n == len(segments) - 1:
                self._table_counts[path] = self._table_counts.get(path, 0) + 1
                self.values[(*path, self._table_counts[path] - 1)] = position
            if path in self._table_counts:
                path = (*path, self._table_counts[path] - 1)
        self._at += 2 if is_array else 1
        return path

    def _pair(self, table: Path) -> Path:
        """One `key = value`; gives `table` back."""
        path = table
        for segment, position in self._key():
            path = (*path, segment)
            self.keys.setdefault(path, position)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)
        return table

    def _key(self) -> list[tuple[str, Position]]:
        segments: list[tuple[str, Position]] = []
        while True:
            self._skip(_SPACE)
            position = self._position()
            segments.append((self._key_segment(), position))
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return segments
            self._at += 1

    def _key_segment(self) -> str:
        bare = _BARE_KEY.match(self._text, self._at)
        if bare is not None:
            self._at = bare.end()
            return bare.group()
        start = self._at
        self._skip(_STRING)
        segment: str = tomllib.loads(f"key = {self._text[start : self._at]}")["key"]
        return segment

    def _value(self, path: Path) -> None:
        self.values[path] = self._position()
        match self._text[self._at]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        while self._text[self._skip(_BETWEEN)] != "]":
            self._value((*path, index))
            index += 1
            if self._text[self._skip(_BETWEEN)] == ",":
                self._at += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._text[self._skip(_BETWEEN)] != "}":
            self._pair(path)
            if self._text[self._skip(_BETWEEN)] == ",":
                self._at += 1
        self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return self._at

    def _position(self) -> Position:
        self._line += self._text.count("\n", self._seen, self._at)
        self._line_start = self._text.rfind("\n", 0, self._at) + 1
        self._seen = self._at
        return Position(self._line, self._at - self._line_start + 1)
