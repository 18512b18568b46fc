"""Lines of codes in words, in both languages: for a sign, which has no reader of its own choosing, and for tickets."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from station.words.codes import CODES

_LOCAL = timedelta(hours=7)  # Vietnam has one time zone and no summer time


def on_sign(codes: Iterable[str]) -> tuple[str, ...]:
    """Each code as two lines of capitals: Vietnamese, then English."""
    return tuple(line.upper() for code in codes for line in CODES.get(code, (code,)))


def on_ticket(lines: Iterable[str]) -> tuple[str, ...]:
    """`CODE value` as one line, a bare code as two; what is no code stays as it is. TIME is UTC in milliseconds."""
    return tuple(line for said in lines for line in _ticket_lines(said))


def _ticket_lines(said: str) -> tuple[str, ...]:
    code, _, value = said.partition(" ")
    if code not in CODES:
        return (said,)
    vietnamese, english = CODES[code]
    if not value:
        return vietnamese, english
    return (f"{vietnamese} / {english}: {_local(value) if code == 'TIME' else value}",)


def _local(utc_ms: str) -> str:
    if not utc_ms.isdecimal() or len(utc_ms) > 14:
        return utc_ms
    moment = datetime.fromtimestamp(int(utc_ms) // 1000, UTC) + _LOCAL
    return f"{moment:%d-%m-%Y %H:%M:%S} +07"
