"""The kinds of radiation portals."""

from drivers.contract.spec import DriverSpec

SPECS: tuple[DriverSpec, ...] = ()
