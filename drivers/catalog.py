"""The one table of device kinds: what each needs, gives and obeys. Adding a device means adding a row here.

Importing this table is cheap: a driver imports its libraries when it opens, and a peer is imported
only when it is asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from drivers.barrier.adam6060_driver import Adam6060Driver, Adam6060Settings
from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.camera.rtsp_driver import RtspCameraDriver, RtspCameraSettings
from drivers.contract.driver import Driver
from drivers.contract.orders import DropMotion, LowerBoom, RaiseBoom, ShowLight, SoundSiren, TakePicture, TakeWeight
from drivers.contract.quantities import Millis
from drivers.contract.readings import (
    BoomMoved,
    BytesRefused,
    CodeScanned,
    DeckSample,
    LoopEdge,
    OutputsRead,
    PictureFailed,
    PictureTaken,
    WeighingFailed,
    WeighingWindow,
)
from drivers.contract.tools import Tools
from drivers.scanner.line_scanner import LineScannerDriver, LineScannerSettings
from drivers.weighbridge.ascii_driver import AsciiDriver, AsciiSettings
from drivers.weighbridge.toledo_driver import ToledoDriver, ToledoSettings
from drivers.weighbridge.yaohua_driver import YaohuaDriver, YaohuaSettings

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


def _toledo_peer() -> type:
    from drivers.weighbridge.toledo_peer import ToledoPeer

    return ToledoPeer


def _yaohua_peer() -> type:
    from drivers.weighbridge.yaohua_peer import YaohuaPeer

    return YaohuaPeer


def _ascii_peer() -> type:
    from drivers.weighbridge.ascii_peer import AsciiPeer

    return AsciiPeer


def _line_scanner_peer() -> type:
    from drivers.scanner.line_scanner_peer import LineScannerPeer

    return LineScannerPeer


def _adam6060_peer() -> type:
    from drivers.barrier.adam6060_peer import Adam6060Peer

    return Adam6060Peer


def _rtsp_peer() -> type:
    from drivers.camera.rtsp_peer import RtspPeer

    return RtspPeer


_SCALE_READINGS = (DeckSample, WeighingWindow, WeighingFailed, BytesRefused)
_SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="toledo-continuous",
        settings=ToledoSettings,
        build=ToledoDriver,
        peer=_toledo_peer,
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(100),
        maturity="bronze",
    ),
    DriverSpec(
        kind="yaohua-xk3190",
        settings=YaohuaSettings,
        build=YaohuaDriver,
        peer=_yaohua_peer,
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(100),
        maturity="bronze",
    ),
    DriverSpec(
        kind="ascii-indicator",
        settings=AsciiSettings,
        build=AsciiDriver,
        peer=_ascii_peer,
        readings=_SCALE_READINGS,
        orders=(TakeWeight,),
        slowest_answer=Millis(100),
        maturity="bronze",
    ),
    DriverSpec(
        kind="line-scanner",
        settings=LineScannerSettings,
        build=LineScannerDriver,
        peer=_line_scanner_peer,
        readings=(CodeScanned, BytesRefused),
        orders=(),
        slowest_answer=Millis(100),
        maturity="bronze",
    ),
    DriverSpec(
        kind="adam-6060",
        settings=Adam6060Settings,
        build=Adam6060Driver,
        peer=_adam6060_peer,
        readings=(LoopEdge, BoomMoved, OutputsRead),
        orders=(RaiseBoom, LowerBoom, ShowLight, SoundSiren, DropMotion),
        slowest_answer=Millis(500),
        maturity="bronze",
    ),
    DriverSpec(
        kind="rtsp-camera",
        settings=RtspCameraSettings,
        build=RtspCameraDriver,
        peer=_rtsp_peer,
        readings=(PictureTaken, PictureFailed),
        orders=(TakePicture,),
        slowest_answer=Millis(3_500),
        maturity="bronze",
    ),
    DriverSpec(
        kind="picture-folder",
        settings=PictureFolderSettings,
        build=PictureFolderDriver,
        peer=None,
        readings=(PictureTaken, PictureFailed, BytesRefused),
        orders=(TakePicture,),
        slowest_answer=Millis(500),
        maturity="bronze",
    ),
)

DRIVERS: Mapping[str, DriverSpec] = MappingProxyType({spec.kind: spec for spec in _SPECS})
"""Every kind, by its name."""


def find(kind: str) -> DriverSpec:
    """The spec of `kind`. Raises UnknownKind."""
    try:
        return DRIVERS[kind]
    except KeyError:
        raise UnknownKind(f"unknown device kind {kind!r}; known: {', '.join(sorted(DRIVERS))}") from None
