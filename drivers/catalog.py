"""The one table of device kinds: what each needs, gives and obeys. Adding a device means adding a row here.

Settings classes are plain dataclasses and cheap to import; a driver with its libraries is imported only
when it is built, a peer only when it is asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from drivers.contract.driver import Driver
from drivers.contract.quantities import Millis
from drivers.contract.tools import Tools

Maturity = Literal["bronze", "silver", "gold"]
"""bronze: codec, peer and the contract suite. silver: with a flight recorder and a degraded journey.
gold: with a recorded fixture of real hardware and 72 h of soak; only gold may be AUTOMATIC by default."""


@dataclass(frozen=True)
class DriverSpec:
    """One kind of device.

    `settings` is a frozen dataclass whose first field is `kind`. `build` makes a driver from device id, settings
    and tools, and opens nothing. `peer` gives the class of the simulated far end, None if the device has no wire.
    `readings` and `orders` are all that it can report and obey. `slowest_answer` bounds one call of the driver.
    """

    kind: str
    settings: type
    build: Callable[[str, Any, Tools], Driver]
    peer: Callable[[], type] | None
    readings: tuple[type, ...]
    orders: tuple[type, ...]
    slowest_answer: Millis
    maturity: Maturity


class UnknownKind(LookupError):
    """No such kind of device; the message lists those that exist."""


_SPECS: tuple[DriverSpec, ...] = ()

DRIVERS: Mapping[str, DriverSpec] = MappingProxyType({spec.kind: spec for spec in _SPECS})
"""Every kind, by its name."""


def find(kind: str) -> DriverSpec:
    """The spec of `kind`. Raises UnknownKind."""
    try:
        return DRIVERS[kind]
    except KeyError:
        raise UnknownKind(f"unknown device kind {kind!r}; known: {', '.join(sorted(DRIVERS))}") from None
