"""The kinds of cargo X-ray."""

from drivers.contract.spec import DriverSpec

SPECS: tuple[DriverSpec, ...] = ()
