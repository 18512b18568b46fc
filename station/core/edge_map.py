"""Where the edges of a fixed view lie: which of them always come back, what became of the others, has all shifted.

A map is one integer with a bit per cell of the grid, the upper left one highest, so that whole pictures are compared by
a few operations on integers. Exact: the same on every replay.
"""

from dataclasses import dataclass
from functools import cache

from drivers.contract.quantities import Permille
from drivers.contract.readings import EDGE_COLUMNS, EDGE_ROWS

CELLS = EDGE_COLUMNS * EDGE_ROWS
HEX_DIGITS = CELLS // 4

EdgeMap = int

_BLOCK = 4
"""Cells along the side of a block; what covers a view is looked for block by block."""

_FEWEST_IN_BLOCK = 3
"""A block with fewer lasting edges says nothing."""

_FARTHEST_RIGHT, _FARTHEST_DOWN = 12, 7
"""Cells up to which a shift is looked for, a fifth of the picture; one farther away leaves nothing to compare."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of the `judged` blocks with lasting edges, of which three of four are gone: shares of those blocks.

    `covered`: nothing is there instead. `displaced`: other edges are there.
    """

    judged: int
    covered: Permille
    displaced: Permille


def read_map(text: str) -> EdgeMap:
    """The map that a reading or a reference carries in hex; a text that is no map is an empty one."""
    return int(text, 16) if len(text) == HEX_DIGITS and not set(text) - set(_DIGITS) else 0


def write_map(edges: EdgeMap) -> str:
    """As `read_map` reads it."""
    return f"{edges:0{HEX_DIGITS}x}"


def counted(counts: str, seen: EdgeMap) -> str:
    """One hex digit per cell: 1 more, up to 15, where the new picture has an edge, else 1 less, down to 0."""
    steps = zip(counts or "0" * CELLS, f"{seen:0{CELLS}b}", strict=True)
    return "".join(_MORE[digit] if bit == "1" else _LESS[digit] for digit, bit in steps)


def lasting(counts: str, at_least: int) -> EdgeMap:
    """The cells that were counted so often."""
    bits = {ord(digit): "1" if value >= at_least else "0" for value, digit in enumerate(_DIGITS)}
    return int(counts.translate(bits) or "0", 2)


def gone(known: EdgeMap, seen: EdgeMap) -> Gone:
    """What became of the known edges."""
    judged = covered = displaced = 0
    for block in _blocks():
        expected = (known & block).bit_count()
        if expected < _FEWEST_IN_BLOCK:
            continue
        judged += 1
        if 4 * (known & seen & block).bit_count() <= expected:
            is_empty = 4 * (seen & block).bit_count() <= expected
            covered += is_empty
            displaced += not is_empty
    share = max(judged, 1)
    return Gone(judged, Permille(covered * 1000 // share), Permille(displaced * 1000 // share))


def agreement(known: EdgeMap, seen: EdgeMap, right: int = 0, down: int = 0) -> Permille:
    """The share of known edges that are seen so many cells to the right and down, of those that are still in view."""
    expected = known & _window(right, down)
    by = right + down * EDGE_COLUMNS
    there = expected & (seen << by if by >= 0 else seen >> -by)  # what came round the rim, the window leaves out
    return Permille(there.bit_count() * 1000 // expected.bit_count()) if expected else Permille(0)


def agreements(known: EdgeMap, seen: EdgeMap) -> tuple[Permille, Permille]:
    """The best agreement in place, one cell of sway allowed, and the best one farther away."""
    here = there = Permille(0)
    for right in range(-_FARTHEST_RIGHT, _FARTHEST_RIGHT + 1):
        for down in range(-_FARTHEST_DOWN, _FARTHEST_DOWN + 1):
            found = agreement(known, seen, right, down)
            if max(abs(right), abs(down)) <= 1:
                here = max(here, found)
            else:
                there = max(there, found)
    return here, there


_DIGITS = "0123456789abcdef"
_MORE = dict(zip(_DIGITS, _DIGITS[1:] + _DIGITS[-1], strict=True))
_LESS = dict(zip(_DIGITS, _DIGITS[0] + _DIGITS[:-1], strict=True))


@cache
def _blocks() -> tuple[EdgeMap, ...]:
    return tuple(
        _cells(range(top, top + _BLOCK), range(left, left + _BLOCK))
        for top in range(0, EDGE_ROWS, _BLOCK)
        for left in range(0, EDGE_COLUMNS, _BLOCK)
    )


@cache
def _window(right: int, down: int) -> EdgeMap:
    """The cells for which there is one so many to the right and down."""
    rows = range(max(0, -down), EDGE_ROWS - max(0, down))
    columns = range(max(0, -right), EDGE_COLUMNS - max(0, right))
    return _cells(rows, columns)


def _cells(rows: range, columns: range) -> EdgeMap:
    line = sum(1 << (EDGE_COLUMNS - 1 - column) for column in columns)
    return sum(line << ((EDGE_ROWS - 1 - row) * EDGE_COLUMNS) for row in rows)
