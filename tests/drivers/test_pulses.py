"""The proof that a module ends a pulse by itself, in virtual time: seen at any step, and over before a host worries."""

import pytest

from drivers.barrier.pulses import TimedCoil, is_seen_to_end
from drivers.contract.quantities import Millis
from drivers.links.modbus_link import ModbusLink
from tests.drivers.rtu_wire import VirtualWire, framed

SPARE, PULSES_AT = 7, 0x200
SLOW = Millis(40)
"""Before each answer of a slow module; its octets at 9600 come on top."""
SILENT_TOO_LONG = 2_000
"""A worker that gives no sign for so long counts as hung, and takes the other units of its bus with it."""


def proven(step: Millis, *, ends: bool) -> tuple[bool, int]:
    """Whether a module's pulse is seen to end, and how many ms the proof took."""
    is_over_at = 0

    def answer(request: bytes) -> tuple[Millis, bytes]:
        nonlocal is_over_at
        if request[1] == 5:
            is_over_at = wire.now_ms + step * int.from_bytes(request[4:6])
            return SLOW, request
        return SLOW, framed(1, bytes([1, 1, not ends or wire.now_ms < is_over_at]))

    wire = VirtualWire(answer)
    link = ModbusLink(wire, 1, Millis(140), wire.clock, "rtu")
    link.open()
    start = wire.now_ms
    return is_seen_to_end(link, TimedCoil(PULSES_AT, step), SPARE, 0, Millis(140), wire.clock), wire.now_ms - start


@pytest.mark.parametrize("step", [1, 20, 100, 300, 1000])
def test_a_module_that_ends_its_pulse_is_believed_whatever_its_step(step: int) -> None:
    is_proven, took = proven(Millis(step), ends=True)
    assert is_proven
    assert took < SILENT_TOO_LONG


@pytest.mark.parametrize("step", [1, 100, 1000])
def test_a_module_that_never_ends_it_is_not_and_that_is_known_in_time(step: int) -> None:
    is_proven, took = proven(Millis(step), ends=False)
    assert not is_proven
    assert took < SILENT_TOO_LONG
