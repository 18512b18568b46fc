"""The one table of device kinds: what each needs, gives and obeys. Adding a device means adding a row to its family.

Importing this table is cheap: a driver imports its libraries when it opens, and a peer is imported
only when it is asked for.
"""

from collections.abc import Mapping
from types import MappingProxyType

from drivers.barrier import kinds as barrier
from drivers.camera import kinds as camera
from drivers.contract.spec import DriverSpec
from drivers.kiosk import kinds as kiosk
from drivers.portal import kinds as portal
from drivers.scanner import kinds as scanner
from drivers.sign import kinds as sign
from drivers.weighbridge import kinds as weighbridge
from drivers.xray import kinds as xray


class UnknownKind(LookupError):
    """No such kind of device; the message lists those that exist."""


_SPECS: tuple[DriverSpec, ...] = (
    *weighbridge.SPECS,
    *barrier.SPECS,
    *scanner.SPECS,
    *camera.SPECS,
    *xray.SPECS,
    *portal.SPECS,
    *sign.SPECS,
    *kiosk.SPECS,
)

DRIVERS: Mapping[str, DriverSpec] = MappingProxyType({spec.kind: spec for spec in _SPECS})
"""Every kind, by its name."""


def find(kind: str) -> DriverSpec:
    """The spec of `kind`. Raises UnknownKind."""
    try:
        return DRIVERS[kind]
    except KeyError:
        raise UnknownKind(f"unknown device kind {kind!r}; known: {', '.join(sorted(DRIVERS))}") from None
