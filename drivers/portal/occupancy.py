"""What the lines of a portal mean: when a vehicle is in it, whether it radiates, whether the portal can be believed.

The portal says GA or NA only while counts are above its threshold, so an alarm is latched here for its occupancy.
"""

from drivers.contract.readings import PortalAlarm, PortalOccupied, PortalPassed, PortalTrouble, Reading
from drivers.portal.rpm_codec import ALARMS, SCANS, RpmLine

_TROUBLE: dict[str, PortalTrouble] = {
    "TT": PortalTrouble("tamper"),
    "GH": PortalTrouble("gamma-high"),
    "GL": PortalTrouble("gamma-low"),
    "NH": PortalTrouble("neutron-high"),
}
"""Worst first: only one is told at a time."""

_CURED: dict[str, frozenset[str]] = {
    "TC": frozenset({"TT"}),
    "GB": frozenset({"GH", "GL"}),
    "NB": frozenset({"NH"}),
}
UNKNOWN_NUMBER = -1


class Occupancy:
    """Tell it every line in order. Begins anew with each connection: nothing is known until a line says it."""

    def __init__(self) -> None:
        self._is_occupied = False
        self._alarms: set[str] = set()
        self._samples = 0
        self._troubles: set[str] = set()
        self._told: PortalTrouble | None = None

    def hear(self, line: RpmLine) -> list[Reading]:
        """What `line` changes."""
        readings: list[Reading] = []
        if line.tag in SCANS:
            readings += self._scanned(line)
        elif line.tag == "GX":
            readings += self._left(line.figures[0] if line.figures else UNKNOWN_NUMBER)
        elif line.tag in ("GB", "NB") and self._is_occupied:  # background is measured in an empty portal: GX was lost
            readings += self._left(UNKNOWN_NUMBER)
        return readings + self._trouble(line.tag)

    def _scanned(self, line: RpmLine) -> list[Reading]:
        readings: list[Reading] = []
        if not self._is_occupied:
            self._is_occupied = True
            readings.append(PortalOccupied(occupied=True))
        self._samples += line.tag in ("GS", "GA")
        if line.tag in ALARMS and line.tag not in self._alarms:
            self._alarms.add(line.tag)
            readings.append(PortalAlarm("gamma" if line.tag == "GA" else "neutron", line.figures))
        return readings

    def _left(self, number: int) -> list[Reading]:
        passed = PortalPassed(number, "GA" in self._alarms, "NA" in self._alarms, self._samples)
        freed: list[Reading] = [PortalOccupied(occupied=False)] if self._is_occupied else []
        self._is_occupied, self._samples = False, 0
        self._alarms.clear()
        return [passed, *freed]

    def _trouble(self, tag: str) -> list[Reading]:
        if tag in _TROUBLE:
            self._troubles.add(tag)
        self._troubles -= _CURED.get(tag, frozenset())
        worst = next((_TROUBLE[known] for known in _TROUBLE if known in self._troubles), PortalTrouble("none"))
        if worst == self._told:
            return []
        self._told = worst
        return [worst]
