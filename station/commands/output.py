"""How answers leave: JSON for programs, plain lines elsewhere, a table with lines only on a terminal."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime


def say(text: str = "") -> None:
    """One line to the person, at once."""
    print(text, flush=True)


def complain(text: str) -> None:
    """One line to the person on standard error."""
    print(text, file=sys.stderr, flush=True)


def put_json(body: object) -> None:
    """One JSON value on one line."""
    print(json.dumps(body, ensure_ascii=False), flush=True)


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table: with lines on a terminal, as columns of plain text elsewhere."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table

        drawn = Table(*headings, title=title, title_justify="left")
        for row in rows:
            drawn.add_row(*row)
        Console(markup=False).print(drawn)
        return
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    say(title)
    for row in [headings, *rows]:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


_YEAR_10000_MS = 253_402_300_800_000


def utc(milliseconds: int) -> str:
    """`2026-11-22 04:00:00.123Z`; "-" if the lane had no clock then, or none that the calendar knows."""
    if not 0 < milliseconds < _YEAR_10000_MS:
        return "-"
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{milliseconds % 1000:03}Z"


def kilograms(grams: int) -> str:
    """Whole kilograms with thin thousands, `42 140 kg`; three places if they are not whole."""
    whole, rest = divmod(grams, 1000)
    return f"{whole:,}".replace(",", " ") + (f".{rest:03}" if rest else "") + " kg"


def seconds(milliseconds: int) -> str:
    """`1.23 s`."""
    return f"{milliseconds / 1000:.2f} s"
