"""A ThingMagic module that was set to read by itself as soon as it has power. Listens only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval, Len

from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.links.recorded_link import recorded
from drivers.scanner.length_frames import BadBytes
from drivers.scanner.stays import Sighting, StayRule
from drivers.scanner.tag_reader import TagReader, link_to
from drivers.scanner.tag_voice import Alive, Heard, Trouble
from drivers.scanner.thingmagic_codec import REFLECTED, TOO_HOT, Status, ThingMagicDecoder

_ALIVE_WITHIN = Millis(2500)  # it says once a second that it is
_NEVER = Tick(2**62)


@dataclass(frozen=True, slots=True)
class ThingMagicSettings:
    """An UHF tag reader with a ThingMagic (JADAK) module in autonomous mode, with all metadata switched on.

    kind: "uhf-thingmagic".
    port: the serial port, 8N1; or tcp://host:port behind a serial server.
    baud: as set in the module.
    antennas: the antennas of this lane; a tag that only others see is not told.
    rssi_least: the least strength that counts, in dBm; -128 counts all.
    away: milliseconds without a read after which a tag counts as gone, so that it is told again when it comes back.
    silence: milliseconds without a frame after which the reader counts as silent or garbled.
    """

    kind: Literal["uhf-thingmagic"]
    port: str
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200
    antennas: Annotated[tuple[Annotated[int, Interval(ge=1, le=4)], ...], Len(1, 4)] = (1,)
    rssi_least: Annotated[int, Interval(ge=-128, le=0)] = -128
    away: Annotated[Millis, Interval(ge=500, le=600_000)] = Millis(60_000)
    silence: Annotated[Millis, Interval(ge=2000, le=60_000)] = Millis(5000)

    def __post_init__(self) -> None:
        link_to(self.port, self.baud)


class ThingMagicDriver(TagReader):
    """Driver of one reader."""

    def __init__(self, device: str, settings: ThingMagicSettings, tools: Tools) -> None:
        link = recorded(tools.link or link_to(settings.port, settings.baud), tools.record)
        rule = StayRule(settings.away, settings.rssi_least, settings.antennas)
        voice = ThingMagicVoice()
        super().__init__(device, settings.kind, link, voice, rule, settings.silence, tools.clock, _ALIVE_WITHIN)


class ThingMagicVoice:
    """A TagVoice that says nothing."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._decoder = ThingMagicDecoder()

    def say(self, now: Tick, *, is_on: bool) -> bytes:
        return b""

    def next_word(self) -> Tick:
        return _NEVER

    def hear(self, data: bytes, now: Tick) -> Sequence[Heard]:
        return [_meaning(found) for found in self._decoder.feed(data)]

    def farewell(self) -> bytes:
        return b""


def _meaning(found: Sighting | Status | BadBytes) -> Heard:
    match found:
        case Status(code=code) if code == TOO_HOT:
            return Trouble("the module is too hot and reads less", "let it cool; lower its power or its duty")
        case Status(code=code) if code == REFLECTED:
            return Trouble("the antenna reflects too much", "check the antenna and its cable")
        case Status():
            return Alive()
        case _:
            return found
