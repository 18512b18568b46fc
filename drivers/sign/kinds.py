"""The kinds of signs."""

from drivers.contract.spec import DriverSpec

SPECS: tuple[DriverSpec, ...] = ()
