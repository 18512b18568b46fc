"""The kinds of kiosk devices: tickets, announcements, buttons."""

from drivers.contract.spec import DriverSpec

SPECS: tuple[DriverSpec, ...] = ()
