"""Radiation portals."""

from tests.drivers.harnesses.base import Harness

HARNESSES: tuple[type[Harness], ...] = ()
