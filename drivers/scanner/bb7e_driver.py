"""An UHF reader that speaks BB..7E frames: it reports by itself from the opening until it is told to stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.links.recorded_link import recorded
from drivers.scanner.bb7e_codec import ERROR, NO_SUCH_COMMAND, START, STOP, STOPPED, Bb7eDecoder, Reply
from drivers.scanner.length_frames import BadBytes
from drivers.scanner.stays import Sighting, StayRule
from drivers.scanner.tag_reader import TagReader, link_to
from drivers.scanner.tag_voice import Alive, Heard, Trouble

_ANSWER_WITHIN = Millis(300)
_STALLED_AFTER = Millis(1000)  # its reads are counted: when they are used up it falls silent
_REST = Millis(2000)


@dataclass(frozen=True, slots=True)
class Bb7eSettings:
    """An UHF tag reader that speaks BB..7E frames (M100, QM100 and their relatives).

    kind: "uhf-bb7e".
    port: the serial port, 8N1; or tcp://host:port behind a serial server.
    baud: as set in the reader.
    rssi_least: the least strength that counts, in dBm; -128 counts all.
    away: milliseconds without a read after which a tag counts as gone, so that it is told again when it comes back.
    silence: milliseconds without a frame after which the reader counts as silent or garbled.
    """

    kind: Literal["uhf-bb7e"]
    port: str
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200
    rssi_least: Annotated[int, Interval(ge=-128, le=0)] = -128
    away: Annotated[Millis, Interval(ge=500, le=600_000)] = Millis(60_000)
    silence: Annotated[Millis, Interval(ge=2000, le=60_000)] = Millis(5000)

    def __post_init__(self) -> None:
        link_to(self.port, self.baud)


class Bb7eDriver(TagReader):
    """Driver of one reader."""

    def __init__(self, device: str, settings: Bb7eSettings, tools: Tools) -> None:
        link = recorded(tools.link or link_to(settings.port, settings.baud), tools.record)
        rule = StayRule(settings.away, settings.rssi_least, ())
        super().__init__(device, settings.kind, link, Bb7eVoice(), rule, settings.silence, tools.clock)


class Bb7eVoice:
    """A TagVoice. Begins with a stop, since the reader may have been left reading."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._decoder = Bb7eDecoder()
        self._is_on = True
        self._is_reading: bool | None = None
        self._awaits_stop = False
        self._said = Tick(0)
        self._heard = Tick(0)

    def say(self, now: Tick, *, is_on: bool) -> bytes:
        self._is_on = is_on
        if self._is_reading is not None and now < self.next_word():
            return b""
        if is_on and self._is_reading is not None:
            self._is_reading, self._awaits_stop, self._said, self._heard = True, False, now, now
            return START
        self._is_reading, self._awaits_stop, self._said = False, True, now
        return STOP

    def next_word(self) -> Tick:
        if self._awaits_stop:
            return Tick(self._said + _ANSWER_WITHIN)
        if self._is_reading != self._is_on:
            return self._said
        return Tick(self._heard + _STALLED_AFTER) if self._is_on else Tick(self._said + _REST)

    def hear(self, data: bytes, now: Tick) -> Sequence[Heard]:
        heard: list[Heard] = []
        for found in self._decoder.feed(data):
            if isinstance(found, BadBytes):
                heard.append(found)
                continue
            self._heard = now
            if isinstance(found, Sighting):
                self._is_reading = self._is_reading or not self._awaits_stop  # it reads although it was stopped
                heard.append(found)
            else:
                heard.append(self._answer(found))
        return heard

    def farewell(self) -> bytes:
        return STOP

    def _answer(self, reply: Reply) -> Heard:
        if reply.command == STOPPED:
            self._awaits_stop = False
        if reply.command == ERROR and reply.parameters[:1] == NO_SUCH_COMMAND:
            return Trouble("the reader does not know the command", "compare the model: it must speak BB..7E frames")
        return Alive()
