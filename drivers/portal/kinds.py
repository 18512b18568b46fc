"""The kinds of radiation portals."""

from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, PortalAlarm, PortalOccupied, PortalPassed, PortalTrouble
from drivers.contract.spec import DriverSpec
from drivers.portal.rpm_driver import RpmSerialSettings, RpmTcpSettings, serial_portal, tcp_portal

_READINGS = (PortalOccupied, PortalAlarm, PortalPassed, PortalTrouble, BytesRefused)

SPECS: tuple[DriverSpec, ...] = (
    DriverSpec(
        kind="rpm-lines",
        protocol="radiation portal, TSA / Rapiscan VM-250 lines over TCP",
        wire="tcp",
        tier=2,
        speaks="never",
        settings=RpmTcpSettings,
        build=tcp_portal,
        peer="drivers.portal.rpm_peer:RpmPeer",
        readings=_READINGS,
        orders=(),
        slowest_answer=Millis(100),
    ),
    DriverSpec(
        kind="rpm-lines-serial",
        protocol="radiation portal, TSA / Rapiscan VM-250 lines over a serial line",
        wire="serial",
        tier=2,
        speaks="never",
        settings=RpmSerialSettings,
        build=serial_portal,
        peer="drivers.portal.rpm_peer:RpmPeer",
        readings=_READINGS,
        orders=(),
        slowest_answer=Millis(100),
    ),
)
