"""One harness per kind of the catalog."""

from collections.abc import Callable
from pathlib import Path

from tests.drivers.harnesses import barrier, camera, kiosk, modbus_scale, portal, scanner, sign, weighbridge, xray
from tests.drivers.harnesses.base import Harness

_FAMILIES = (weighbridge, modbus_scale, barrier, scanner, camera, xray, portal, sign, kiosk)

HARNESSES: dict[str, Callable[[Path], Harness]] = {
    harness.kind: harness for family in _FAMILIES for harness in family.HARNESSES
}
