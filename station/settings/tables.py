"""Checked settings as the station uses them: frozen, complete, every path absolute."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from drivers.contract.quantities import Millis
from drivers.links.bus_settings import BusSettings
from station.core.parameters import LaneParameters


@dataclass(frozen=True, slots=True)
class Places:
    """Where the lane keeps things: `data` survives a boot, `run` need not, `act_socket` takes officers' acts.

    `ledger` is the file in which the lanes of a station book declarations; all of them name the same one. `second` is
    a folder on another disk or a stick for signed copies of the list and the open cases; None for none.
    """

    data: Path
    run: Path
    act_socket: Path
    ledger: Path
    second: Path | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """Days that evidence of each class is kept, and the bytes of the reserve file.

    Sources: records of goods that left 5 years, video 6 months (domain reference, section on retention).
    """

    customs_record_days: int = 1_827
    video_days: int = 184
    diagnostic_days: int = 30
    reserve_size: int = 16_777_216


@dataclass(frozen=True, slots=True)
class Ring:
    """The rings of the cameras that keep clips: between two frames, how far back they reach, most bytes of each."""

    period: Millis
    span: Millis
    size: int


@dataclass(frozen=True, slots=True)
class Vision:
    """The plate reader: the device id it answers to, the manifest of its models, whether a second reader is heard.

    `ceiling_mib` is the memory of its process (PSS). `xray_template` is the site's template of empty containers.
    """

    device: str
    manifest: Path
    second_reader: bool
    ceiling_mib: int
    xray_template: Path | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The way to the centre's MQTT broker. TLS is on if `ca` is given; `password` is a file. Keepalive in seconds."""

    host: str
    port: int
    version: Literal["5", "3.1.1"]
    keepalive: int
    ca: Path | None
    cert: Path | None
    key: Path | None
    user: str
    password: Path | None


@dataclass(frozen=True, slots=True)
class Trust:
    """Files: the root's public key, this station's private key, the officers' signed keys, the centre's statements, and
    the key of the watchlists, if the station has one.
    """

    root: Path
    station_key: Path
    officers: Path
    centre: Path
    watch_key: Path | None = None


@dataclass(frozen=True, slots=True)
class StationSettings:
    """One lane's settings. `devices` maps a device id to the settings dataclass of its driver, `buses` a bus id to its.

    `personal_days` is how long personal data are kept, `keeping` how long all else; `flight_recorder` is how many bytes
    of each wire, 0 for none.
    `clock` says whose word on synchronisation counts: the kernel's, or, on a bench with a demo root, nobody's.
    `ring` is how the cameras of `parameters.clips` keep their newest frames.
    `sha256` is the hash of the canonical settings as written, defaults filled in; comments do not change it.
    """

    parameters: LaneParameters
    clock: Literal["kernel", "assumed"]
    places: Places
    devices: Mapping[str, object]
    vision: Vision | None
    link: Link | None
    trust: Trust
    sha256: str
    flight_recorder: int = 0
    personal_days: int = 1_096
    keeping: Keeping = field(default_factory=Keeping)
    buses: Mapping[str, BusSettings] = field(default_factory=dict)
    ring: Ring | None = None
