"""A truck scale whose indicator speaks Modbus, by declared profile. Only reads: it never writes a register."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Clock
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis
from drivers.contract.tools import Tools
from drivers.links.modbus_address import LAST_UNIT, check_address, modbus_link, shown_address
from drivers.links.modbus_link import ModbusLink
from drivers.weighbridge.heartbeat import Heartbeat
from drivers.weighbridge.modbus_profiles import MAPS, Manner, Profile, Told, WordOrder, Words
from drivers.weighbridge.polled_scale import AskEvery, PolledScale
from drivers.weighbridge.weigher import Advice, Heard
from drivers.weighbridge.window import UnfitFrame, WeighedFrame

_STANDS_AT_MOST = Millis(1000)  # the counters of all profiles move on ten times a second
_ADVICE = Advice(
    unfit=(
        "the indicator shows another unit, other decimals than declared, or no valid weight",
        "set it to kilograms and compare `decimals` with its display",
    ),
    compare="profile, unit id, baud rate and parity",
    silent="check power and cable of the indicator, its unit id, baud rate and parity",
)


@dataclass(frozen=True, slots=True)
class ModbusIndicatorSettings:
    """A weighbridge whose indicator is read over Modbus.

    kind: "modbus-indicator".
    profile: the maker's register map: "laumas", "dini-argeo", "flintec-ft11", "flintec-ft111" or "hbm-wtx".
    host: name or address of an indicator on the network (Modbus TCP); "" if it is on a bus.
    port: its TCP port.
    bus: the id of the serial bus that it is on; "" if it has a host.
    unit: its Modbus unit id.
    words: the order of the two registers of a long number, as set in the indicator: "high-first" or "low-first".
    decimals: how many decimals the indicator shows, in kilograms; hbm-wtx states its own.
    ask_every: milliseconds between two questions.
    slowest_answer: the longest time that the indicator takes to answer, in ms.
    silence: milliseconds without a valid answer after which the scale counts as silent or garbled.
    """

    kind: Literal["modbus-indicator"]
    profile: Profile
    host: str = ""
    port: Annotated[int, Interval(ge=1, le=65535)] = 502
    bus: str = ""
    unit: Annotated[int, Interval(ge=1, le=LAST_UNIT)] = 1
    words: WordOrder = "high-first"
    decimals: Annotated[int, Interval(ge=0, le=3)] = 0
    ask_every: AskEvery = Millis(200)
    slowest_answer: Annotated[Millis, Interval(ge=20, le=200)] = Millis(80)
    silence: Annotated[Millis, Interval(ge=500, le=60_000)] = Millis(2000)

    def __post_init__(self) -> None:
        check_address(self)


class ModbusIndicatorDriver(PolledScale):
    """Driver of one such scale."""

    def __init__(self, device: str, settings: ModbusIndicatorSettings, tools: Tools) -> None:
        question = _Registers(device, settings, modbus_link(settings, tools, settings.slowest_answer), tools.clock)
        super().__init__(device, settings.kind, question, _ADVICE, settings.ask_every, settings.silence, tools.clock)


class _Registers:
    """One read of the profile's registers, which brings its answer within the call."""

    def __init__(self, device: str, settings: ModbusIndicatorSettings, link: ModbusLink, clock: Clock) -> None:
        self._device = device
        self._settings = settings
        self._map = MAPS[settings.profile]
        self._manner = Manner(settings.words, settings.decimals)
        self._link = link
        self._clock = clock
        self._heartbeat = Heartbeat(device, _STANDS_AT_MOST)
        self._answer: Words | None = None

    def __str__(self) -> str:
        return shown_address(self._settings)

    def open(self) -> str:
        """Connect and read once, so that a wrong address or map is told at once."""
        self._heartbeat.start_afresh()
        self._answer = None
        try:
            self._link.open()
            self._link.ready(self._settings.slowest_answer)
            self._read()
        except DeviceFault:
            self._link.close()
            raise
        return f"profile {self._settings.profile}"

    def ask(self, patience: Millis) -> None:
        """An answer that does not come or makes no sense is missed; what the indicator refuses is a fault."""
        self._answer = None
        try:
            self._link.ready(patience)
            self._answer = self._read()
        except DeviceFault as error:
            if error.fault.code not in ("silent", "garbled"):
                raise

    def hear(self, patience: Millis) -> Sequence[Heard]:
        """The answer to the last question; without one, what is left of `patience` passes on the wire."""
        words, self._answer = self._answer, None
        if words is None:
            if patience > 0:
                self._link.pause(patience)
            return ()
        return (self._heard(words),)

    def forget(self) -> None:
        """Every answer belongs to its request: the link sees to that."""
        self._answer = None

    def close(self) -> None:
        self._link.close()

    def _read(self) -> Words:
        read = self._link.read_registers if self._map.function == 3 else self._link.read_input_registers
        return read(self._map.first, self._map.count, self._settings.slowest_answer)

    def _heard(self, words: Words) -> Heard:
        told = self._map.read(words, self._manner)
        raw = b"".join(word.to_bytes(2, "big") for word in words)
        if told.broken:
            raise DeviceFault("refused", self._device, told.broken, "look at the indicator's display and load cells")
        if told.beat is not None:
            self._heartbeat.see(told.beat, self._clock())
        if told.gross is None:
            return UnfitFrame(raw)
        return WeighedFrame(told.gross, told.moving, _doubt(told), raw)


def _doubt(told: Told) -> Literal["", "out-of-range", "not-zeroed"]:
    if told.out_of_range:
        return "out-of-range"
    return "not-zeroed" if told.not_zeroed else ""
