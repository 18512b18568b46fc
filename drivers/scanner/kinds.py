"""The kinds of readers: codes, tags, documents."""

from drivers.contract.orders import TriggerScan
from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, CodeScanned, IdentityRead, IdentityRefused, TagSeen
from drivers.contract.spec import DriverSpec
from drivers.scanner.bb7e_driver import Bb7eDriver, Bb7eSettings
from drivers.scanner.cccd_reader import CccdReaderDriver, CccdReaderSettings
from drivers.scanner.line_scanner import LineScannerDriver, LineScannerSettings
from drivers.scanner.mrz_reader import MrzReaderDriver, MrzReaderSettings
from drivers.scanner.reader18_driver import Reader18Driver, Reader18Settings
from drivers.scanner.thingmagic_driver import ThingMagicDriver, ThingMagicSettings

SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="line-scanner",
        protocol="barcode and QR reader that sends lines",
        wire="serial",
        tier=1,
        speaks="asks",
        settings=LineScannerSettings,
        build=LineScannerDriver,
        peer="drivers.scanner.line_scanner_peer:LineScannerPeer",
        readings=(CodeScanned, BytesRefused),
        orders=(TriggerScan,),
        slowest_answer=Millis(300),
    ),
    DriverSpec(
        kind="cccd-reader",
        protocol="QR reader for Vietnamese chip identity cards (CCCD)",
        wire="serial",
        tier=1,
        speaks="asks",
        settings=CccdReaderSettings,
        build=CccdReaderDriver,
        peer="drivers.scanner.line_scanner_peer:LineScannerPeer",
        readings=(IdentityRead, IdentityRefused, BytesRefused),
        orders=(TriggerScan,),
        slowest_answer=Millis(300),
        is_personal=True,
    ),
    DriverSpec(
        kind="uhf-reader18",
        protocol="UHF tag reader of the UHFReader18 and 288 family (Chafon)",
        wire="serial",
        tier=1,
        speaks="asks",
        settings=Reader18Settings,
        build=Reader18Driver,
        peer="drivers.scanner.reader18_peer:Reader18Peer",
        readings=(TagSeen, BytesRefused),
        orders=(TriggerScan,),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="uhf-bb7e",
        protocol="UHF tag reader with BB..7E frames (M100, QM100)",
        wire="serial",
        tier=1,
        speaks="asks",
        settings=Bb7eSettings,
        build=Bb7eDriver,
        peer="drivers.scanner.bb7e_peer:Bb7ePeer",
        readings=(TagSeen, BytesRefused),
        orders=(TriggerScan,),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="uhf-thingmagic",
        protocol="UHF tag reader with a ThingMagic module that reads by itself",
        wire="serial",
        tier=2,
        speaks="never",
        settings=ThingMagicSettings,
        build=ThingMagicDriver,
        peer="drivers.scanner.thingmagic_peer:ThingMagicPeer",
        readings=(TagSeen, BytesRefused),
        orders=(TriggerScan,),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="mrz-reader",
        protocol="passport and card reader for machine-readable zones (3M RTE6701, swipe)",
        wire="serial",
        tier=2,
        speaks="never",
        settings=MrzReaderSettings,
        build=MrzReaderDriver,
        peer="drivers.scanner.mrz_peer:MrzPeer",
        readings=(IdentityRead, IdentityRefused, BytesRefused),
        orders=(),
        slowest_answer=Millis(100),
        is_personal=True,
    ),
)
