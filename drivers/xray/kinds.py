"""The kinds of cargo X-ray."""

from drivers.contract.quantities import Millis
from drivers.contract.readings import ScanArrived, ScanRefused
from drivers.contract.spec import DriverSpec
from drivers.xray.scan_folder import XrayFolderDriver, XrayFolderSettings

SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="xray-folder",
        protocol="cargo X-ray scanner with a drop folder",
        wire="folder",
        tier=2,
        speaks="never",
        settings=XrayFolderSettings,
        build=XrayFolderDriver,
        peer="drivers.xray.scan_folder_peer:ScanFolderPeer",
        readings=(ScanArrived, ScanRefused),
        orders=(),
        slowest_answer=Millis(500),
    ),
)
