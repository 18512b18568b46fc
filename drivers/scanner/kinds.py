"""The kinds of readers: codes, tags, documents."""

from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, CodeScanned
from drivers.contract.spec import DriverSpec
from drivers.scanner.line_scanner import LineScannerDriver, LineScannerSettings

SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="line-scanner",
        protocol="barcode and QR reader that sends lines",
        wire="serial",
        tier=1,
        speaks="never",
        settings=LineScannerSettings,
        build=LineScannerDriver,
        peer="drivers.scanner.line_scanner_peer:LineScannerPeer",
        readings=(CodeScanned, BytesRefused),
        orders=(),
        slowest_answer=Millis(100),
    ),
)
