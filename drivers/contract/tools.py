"""What a driver is given besides its settings: the clock, the evidence folder and, in tests, another wire."""

from dataclasses import dataclass
from pathlib import Path

from drivers.contract.driver import Clock
from drivers.contract.link import Link


@dataclass(frozen=True, slots=True)
class Tools:
    """The surroundings of one driver.

    `clock` gives every time the driver uses. `evidence` is the folder for durable pictures.
    `link`, if given, replaces the wire that the settings name (a loopback link to a peer, a recorded link).
    """

    clock: Clock
    evidence: Path
    link: Link | None = None
