"""How often the plate of a stop is read: the newest stops against the long run.

It shows what no measure of a picture shows, and is slow to do so.
"""

from dataclasses import dataclass, replace

WINDOW = 30
"""Stops that are judged together: a quiet lane raises nothing, and five foreign trucks in a row are no fault."""

LONG_RUN = 60
"""Stops before there is a long run to compare with; more than are judged together."""

_MILLION = 1_000_000
_LEAST_SHARE = 300_000
"""A camera that hardly ever read has nothing to fall from."""

_PACE = 512
"""Stops over which the long run follows; of its best it gives up a sixth at most, however slowly reading gets worse."""


@dataclass(frozen=True, slots=True)
class ReadShare:
    """`newest` has 30 bits, one per stop, the newest lowest, below a 1 that keeps its size; `share` is the long run and
    `best` the best it ever was, in millionths.
    """

    newest: int = 1 << WINDOW
    stops: int = 0
    share: int = 0
    best: int = 0
    is_falling: bool = False


def stopped(reads: ReadShare, *, was_read: bool) -> ReadShare:
    """After one more stop whose pictures were looked at. While the share falls, the long run stays as it was."""
    newest = (reads.newest << 1 | was_read) & ((1 << WINDOW) - 1) | 1 << WINDOW
    reads = replace(reads, newest=newest, is_falling=_falls(reads, newest))
    if reads.is_falling:
        return reads
    stops = min(reads.stops + 1, _PACE)
    share = reads.share + (was_read * _MILLION - reads.share) // stops
    return replace(reads, stops=stops, share=share, best=max(reads.best, share) if stops > LONG_RUN else share)


def _falls(reads: ReadShare, newest: int) -> bool:
    """Falling from two thirds of the long run and four deviations below it on, until nine tenths are reached again."""
    usual = max(reads.share, reads.best * 5 // 6)
    if reads.stops < LONG_RUN or usual < _LEAST_SHARE:
        return reads.is_falling
    read, expected = (newest.bit_count() - 1) * _MILLION, usual * WINDOW
    if reads.is_falling:
        return 10 * read < 9 * expected
    variance = WINDOW * usual * (_MILLION - usual)
    return 3 * read <= 2 * expected and (expected - read) ** 2 >= 16 * variance
