"""A bus of simple meters for tests: a driver on the real link, its far end, and a worker process that serves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.orders import DropMotion, Order, RaiseBoom, ShowLight
from drivers.contract.quantities import Grams, Millis, Tick
from drivers.contract.readings import DeckSample, Reading
from drivers.links.modbus_link import ModbusLink
from drivers.links.modbus_unit_peer import ILLEGAL_ADDRESS, ModbusUnitPeer, Refusal
from station.hosting import child
from station.hosting.wire import Open

PERIOD = Millis(200)
PATIENT = Millis(300)
"""A reply limit for tests: this machine may be too busy to answer in the 80 ms of a real bus."""
VALUES = 4
LIGHT_AT, MOTION_AT = 16, 17
_DEAF_POLLS = 3


@dataclass(frozen=True)
class MeterSettings:
    """`unit` is the meter's address on its bus."""

    kind: Literal["meter"]
    unit: int
    reply_limit: Millis = PATIENT
    poll_period: Millis = PERIOD


class MeterDriver:
    """Reads four registers once a period; the first is its sample. Writes a register for each order."""

    def __init__(self, device: str, settings: MeterSettings, link: Link) -> None:
        self._device = device
        self._settings = settings
        self._limit = settings.reply_limit
        self._link = ModbusLink(link, settings.unit, self._limit, now, "rtu")
        self._next_poll = Tick(0)
        self._failed = 0

    def open(self) -> Identity:
        self._failed = 0
        self._link.open()
        self._link.write_register(MOTION_AT, 0, self._limit)
        return Identity("meter", f"unit {self._settings.unit}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        if now() < self._next_poll:
            return ()
        self._next_poll = Tick(now() + self._settings.poll_period)
        try:
            self._link.ready(self._limit)
            words = self._link.read_registers(0, VALUES, self._limit)
        except DeviceFault as fault:
            self._failed += 1
            if self._failed > _DEAF_POLLS or fault.fault.code not in ("silent", "garbled"):
                raise
            return ()
        self._failed = 0
        return (DeckSample(Grams(words[0]), moving=False, valid=True),)

    def obey(self, order: Order, patience: Millis) -> Answer:
        match order:
            case ShowLight(colour=colour):
                address, word = LIGHT_AT, ord(colour[0])
            case RaiseBoom():
                address, word = MOTION_AT, 1
            case DropMotion():
                address, word = MOTION_AT, 0
            case _:
                return Answer("refused", "a meter has a light and a motion register")
        if now() >= order.not_after:
            return Answer("expired")
        try:
            self._link.ready(self._limit)
            self._link.write_register(address, word, self._limit)
        except DeviceFault as fault:
            return Answer("unknown", str(fault))
        return Answer("accepted")

    def close(self) -> None:
        self._link.close()


class _Steady:
    """A model without physics: it only knows the time."""

    now = Tick(0)

    def start(self, now: Tick) -> None:
        self.now = now

    def advance(self, elapsed: Millis) -> None:
        self.now = Tick(self.now + elapsed)

    def heard(self) -> None:
        pass

    def reboot(self) -> None:
        pass


class MeterPeer(ModbusUnitPeer):
    """A meter on a bus. `value` is its sample, `written` every write, in order; answers begin after `turnaround`."""

    def __init__(self, unit: int, turnaround: Millis = Millis(5)) -> None:
        super().__init__(_Steady(), unit=unit, is_rtu=True)
        self.faults.late_ms = turnaround
        self.value = 1000 * unit
        self.written: list[tuple[int, int]] = []

    def read_bits(self, function: int, first: int, count: int) -> Sequence[bool]:
        raise Refusal(ILLEGAL_ADDRESS)

    def write_bits(self, function: int, first: int, levels: tuple[bool, ...]) -> None:
        raise Refusal(ILLEGAL_ADDRESS)

    def read_words(self, function: int, first: int, count: int) -> Sequence[int]:
        if first + count > VALUES:
            raise Refusal(ILLEGAL_ADDRESS)
        return [self.value + n for n in range(first, first + count)]

    def write_words(self, function: int, first: int, words: tuple[int, ...]) -> None:
        self.written += [(first + n, word) for n, word in enumerate(words)]


def build(opening: Open) -> MeterDriver:
    raise DeviceFault("unfit", opening.device, "a meter is on a bus", "name its bus")


def build_unit(opening: Open, link: Link) -> MeterDriver:
    try:
        settings: MeterSettings = plain.decode(MeterSettings, opening.settings.encode())
    except plain.NotPlain as error:
        raise DeviceFault("unfit", opening.device, str(error), "look at its settings") from error
    return MeterDriver(opening.device, settings, link)


if __name__ == "__main__":
    child.main(build, build_unit)
