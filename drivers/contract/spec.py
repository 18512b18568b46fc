"""What the catalog says of one kind of device."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from drivers.contract.driver import Driver
from drivers.contract.quantities import Millis
from drivers.contract.readings import CodeScanned, IdentityRead, IdentityRefused
from drivers.contract.tools import Tools

Maturity = Literal["bronze", "silver", "gold"]
"""bronze: codec, peer and the contract suite. silver: with a flight recorder and a degraded journey.
gold: with a recorded fixture of real hardware and 72 h of soak; only gold may be AUTOMATIC by default."""

Wire = Literal["serial", "modbus", "tcp", "http", "rtsp", "folder", "audio"]
"""What connects the device; "modbus" is TCP or a serial bus, "tcp" a stream of bytes."""


@dataclass(frozen=True, kw_only=True)
class DriverSpec:
    """One kind of device.

    `settings` is a frozen dataclass whose first field is `kind`. `build` makes a driver from device id, settings
    and tools, and opens nothing. `peer` is "module:Class" of the simulated far end, "" if there is none.
    `readings` and `orders` are all that it can report and obey. `slowest_answer` bounds one call of the driver.
    `protocol` names device and protocol for a technician. `tier` 1 is built out, 2 is codec, peer and contract suite.
    `fixture` is the recorded stream of real hardware among the tests, "" while nobody has brought one: UNVERIFIED.
    `speaks` says whether the driver ever transmits: "never", "asks" (requests only), "acts" (moves or changes things).
    `is_personal`: what it reads identifies a person; its bytes are never recorded nor shown.
    """

    kind: str
    protocol: str
    wire: Wire
    tier: Literal[1, 2]
    speaks: Literal["never", "asks", "acts"]
    settings: type
    build: Callable[[str, Any, Tools], Driver]
    peer: str
    readings: tuple[type, ...]
    orders: tuple[type, ...]
    slowest_answer: Millis
    maturity: Maturity = "bronze"
    fixture: str = ""
    is_personal: bool = False

    @property
    def is_recordable(self) -> bool:
        """Whether the bytes of its wire may be kept. Never those of a reader that a person may show a document to,
        also if it is meant for other codes.
        """
        return not self.is_personal and not {CodeScanned, IdentityRead, IdentityRefused} & set(self.readings)

    def peer_class(self) -> type | None:
        """The class that `peer` names, imported now; None if there is none."""
        if not self.peer:
            return None
        module, name = self.peer.split(":")
        found: type = getattr(importlib.import_module(module), name)
        return found
