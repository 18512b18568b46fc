"""Which lanes a station has: some, not thousands. Names that a lying one makes up must not fill memory and tables."""

from collections.abc import Iterable

from station.centre import alarms

Lane = tuple[str, str]


class KnownLanes:
    """At first those that have records here: no made-up name takes the place of one that has long been at work."""

    def __init__(self, stored: Iterable[Lane]) -> None:
        self._of: dict[str, set[str]] = {}
        for station, lane in stored:
            self._of.setdefault(station, set()).add(lane)

    def takes(self, lane: Lane) -> bool:
        """Whether it is known, or becomes so: while its station has fewer than `alarms.MOST_LANES`."""
        known = self._of.setdefault(lane[0], set())
        if lane[1] not in known and len(known) >= alarms.MOST_LANES:
            return False
        known.add(lane[1])
        return True
