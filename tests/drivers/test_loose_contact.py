"""A loose contact, such as a door that rattles, does not fill the journal; what guards the boom stays quick."""

from drivers.barrier.io_signals import Signals
from drivers.barrier.modbus_io import ModbusIoSettings
from drivers.contract.quantities import Tick
from drivers.contract.readings import ContactEdge, LoopEdge, Reading

DOOR = 6
UNDER_BOOM = 1
SETTINGS = ModbusIoSettings("modbus-io", host="192.0.2.7", cabinet_door_open=DOOR)


def looked(signals: Signals, since: int, until: int, *, on: int, every: int = 0) -> list[tuple[int, Reading]]:
    """What looks each 40 ms tell, while input `on` is on, or changes each `every` ms."""
    told: list[tuple[int, Reading]] = []
    for now in range(since, until, 40):
        level = not every or now // every % 2 == 0
        inputs = tuple(number == on and level for number in range(8))
        told += [(now, reading) for reading in signals.look(inputs, Tick(now))]
    return told


def test_a_contact_that_rattles_for_an_hour_is_told_once_when_it_rests() -> None:
    signals = Signals(SETTINGS)
    signals.look((False,) * 8, Tick(0))
    assert looked(signals, 40, 3_600_000, on=DOOR, every=80) == []
    ((at, told),) = looked(signals, 3_600_000, 3_610_000, on=DOOR)
    assert told == ContactEdge("cabinet-door-open", active=True)
    assert at <= 3_602_000


def test_a_loop_is_told_at_the_second_look() -> None:
    signals = Signals(SETTINGS)
    signals.look((False,) * 8, Tick(0))
    assert looked(signals, 40, 400, on=UNDER_BOOM) == [(80, LoopEdge("under-boom-loop", occupied=True))]
