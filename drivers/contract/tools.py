"""What a driver is given besides its settings: the clock, the evidence folder and, in tests, another wire."""

from dataclasses import dataclass
from pathlib import Path

from drivers.contract.clips import RingSettings
from drivers.contract.driver import Clock
from drivers.contract.link import Link
from drivers.contract.recording import Recorder


@dataclass(frozen=True, slots=True)
class Tools:
    """The surroundings of one driver.

    `clock` gives every time the driver uses. `evidence` is the folder for durable pictures.
    `link`, if given, replaces the wire that the settings name (a loopback link to a peer, a bus, a played recording).
    `record`, if given, takes note of every byte on the wire; `drivers.links.wires` sees to it.
    `ring`, if given, is where a camera keeps its newest frames, out of which clips are kept.
    """

    clock: Clock
    evidence: Path
    link: Link | None = None
    record: Recorder | None = None
    ring: RingSettings | None = None
