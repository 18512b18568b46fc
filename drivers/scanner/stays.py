"""From dozens of reads a second to one reading per stay of a tag. Pure; the caller says what time it is.

A tag stays from its first read until it has not been read for `away`. It is told once, at once; but of many tags
that are there together only four at first and then one each second, the strongest of those not told yet, so that a
load of tagged goods cannot flood the lane. Tags that left before their turn are counted. A long `away` keeps a tag at
the edge of the field from being told again and again; for a new vehicle the lane asks anew, whoever was told before.
"""

from dataclasses import dataclass

from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import TagSeen

MOST_AT_ONCE = 4
ONE_MORE_EVERY = Millis(1000)
_MOST_KEPT = 256


@dataclass(frozen=True, slots=True)
class Sighting:
    """One read. `strength` compares reads of the same reader; `rssi` in dBm, 0 = unknown; `antenna` 0 = unknown."""

    epc: str
    antenna: int
    strength: int
    rssi: int


@dataclass(frozen=True, slots=True)
class StayRule:
    """Which reads count: of `antennas` (0, unknown, always counts) and at least so strong. `away` ends a stay."""

    away: Millis
    least: int
    antennas: tuple[int, ...]


@dataclass(slots=True)
class _Stay:
    best: Sighting
    last: Tick
    is_told: bool = False


class Stays:
    """The tags in the field of one reader."""

    def __init__(self, rule: StayRule) -> None:
        self._rule = rule
        self._stays: dict[str, _Stay] = {}
        self._left_to_tell = MOST_AT_ONCE
        self._counted_from = Tick(0)
        self._untold = 0

    def saw(self, sighting: Sighting, now: Tick) -> None:
        """Take in one read."""
        if sighting.strength < self._rule.least or sighting.antenna not in (0, *self._rule.antennas):
            return
        stay = self._stays.get(sighting.epc)
        if stay is not None and not self._has_left(stay, now):
            stay.last = now
            if sighting.strength > stay.best.strength:
                stay.best = sighting
        elif len(self._stays) < _MOST_KEPT or self._made_room(sighting):
            self._stays[sighting.epc] = _Stay(sighting, now)

    def tell(self, now: Tick) -> list[TagSeen]:
        """The tags to be told now, the strongest first."""
        self._let_go(now)
        self._allow(now)
        waiting = sorted((stay for stay in self._stays.values() if not stay.is_told), key=_weakness)
        told: list[TagSeen] = []
        for stay in waiting[: self._left_to_tell]:
            stay.is_told = True
            told.append(TagSeen(stay.best.epc, stay.best.antenna, stay.best.rssi, self._untold))
            self._untold = 0
        self._left_to_tell -= len(told)
        return told

    def forget_told(self) -> None:
        """Whoever is still there is told again; for a new vehicle."""
        self._stays.clear()

    def _let_go(self, now: Tick) -> None:
        for stay in [*self._stays.values()]:
            self._has_left(stay, now)

    def _has_left(self, stay: _Stay, now: Tick) -> bool:
        """Whether the stay is over; then it is forgotten."""
        is_over = now - stay.last >= self._rule.away
        if is_over:
            self._untold += not stay.is_told
            del self._stays[stay.best.epc]
        return is_over

    def _allow(self, now: Tick) -> None:
        if self._left_to_tell >= MOST_AT_ONCE:
            self._counted_from = now
            return
        more = (now - self._counted_from) // ONE_MORE_EVERY
        self._left_to_tell = min(MOST_AT_ONCE, self._left_to_tell + more)
        self._counted_from = Tick(self._counted_from + more * ONE_MORE_EVERY)

    def _made_room(self, sighting: Sighting) -> bool:
        """Drop the weakest tag that was not told, if it is weaker than `sighting`."""
        untold = [stay for stay in self._stays.values() if not stay.is_told]
        weakest = max(untold, key=_weakness, default=None)
        if weakest is None or weakest.best.strength >= sighting.strength:
            return False
        del self._stays[weakest.best.epc]
        self._untold += 1
        return True


def _weakness(stay: _Stay) -> tuple[int, str]:
    return -stay.best.strength, stay.best.epc
