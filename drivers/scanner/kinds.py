"""The kinds of readers: codes, tags, documents."""

from drivers.contract.orders import TriggerScan
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
        speaks="asks",
        settings=LineScannerSettings,
        build=LineScannerDriver,
        peer="drivers.scanner.line_scanner_peer:LineScannerPeer",
        readings=(CodeScanned, BytesRefused),
        orders=(TriggerScan,),
        slowest_answer=Millis(300),
    ),
)
