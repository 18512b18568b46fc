"""An UHFReader18 or UHFReader288: asked for the tags in its field again and again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval, Len

from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.links.recorded_link import recorded
from drivers.scanner import reader18_codec as codec
from drivers.scanner.length_frames import BadBytes
from drivers.scanner.reader18_codec import Answer18, Info, Inventory, Model, Reader18Decoder, Refused
from drivers.scanner.stays import StayRule
from drivers.scanner.tag_reader import TagReader, link_to
from drivers.scanner.tag_voice import Alive, Heard, Trouble

# A 288 is told to look for 300 ms; an 18 looks as long as it is set to, a second as delivered.
_GIVE_UP_AFTER: dict[Model, Millis] = {"uhfreader18": Millis(1500), "uhfreader288": Millis(600)}
_REST = Millis(1000)
_KNOWN_TROUBLE = {0xF8: "check the antenna and its cable", 0xF9: "the reader failed to carry it out: look at its power"}


@dataclass(frozen=True, slots=True)
class Reader18Settings:
    """An UHF tag reader of the UHFReader18 family (Chafon and many others).

    kind: "uhf-reader18".
    port: the serial port, 8N1; or tcp://host:6000 for a reader in the network.
    model: what its answers look like: "uhfreader18" (no antenna, no strength) or "uhfreader288"; never guessed.
    baud: as set in the reader.
    address: the reader's own address; 255 means whichever is there.
    antennas: the antennas of this lane; a tag that only others see is not told.
    rssi_least: the least strength that counts, 0 to 255 in the reader's own figures; 0 counts all.
    away: milliseconds without a read after which a tag counts as gone, so that it is told again when it comes back.
    period: milliseconds from one question to the next.
    silence: milliseconds without an answer after which the reader counts as silent or garbled.
    """

    kind: Literal["uhf-reader18"]
    port: str
    model: Model
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 57600
    address: Annotated[int, Interval(ge=0, le=255)] = codec.BROADCAST
    antennas: Annotated[tuple[Annotated[int, Interval(ge=1, le=4)], ...], Len(1, 4)] = (1,)
    rssi_least: Annotated[int, Interval(ge=0, le=255)] = 0
    away: Annotated[Millis, Interval(ge=500, le=600_000)] = Millis(60_000)
    period: Annotated[Millis, Interval(ge=20, le=5000)] = Millis(100)
    silence: Annotated[Millis, Interval(ge=2000, le=60_000)] = Millis(5000)

    def __post_init__(self) -> None:
        link_to(self.port, self.baud)


class Reader18Driver(TagReader):
    """Driver of one reader."""

    def __init__(self, device: str, settings: Reader18Settings, tools: Tools) -> None:
        link = recorded(tools.link or link_to(settings.port, settings.baud), tools.record)
        voice = Reader18Voice(settings.model, settings.antennas, settings.address, settings.period)
        rule = StayRule(settings.away, settings.rssi_least, settings.antennas)
        super().__init__(device, settings.kind, link, voice, rule, settings.silence, tools.clock)


class Reader18Voice:
    """A TagVoice. One question at a time; while it rests, the reader is only asked who it is."""

    def __init__(self, model: Model, antennas: tuple[int, ...], address: int, period: Millis) -> None:
        self._model = model
        self._antennas = antennas
        self._address = address
        self._period = period
        self.restart()

    def restart(self) -> None:
        self._decoder = Reader18Decoder(self._model)
        self._left: list[Answer18 | BadBytes] = []
        self._asked: Tick | None = None
        self._due = Tick(0)
        self._turn = 0
        self._is_known = False

    def say(self, now: Tick, *, is_on: bool) -> bytes:
        if now < self.next_word():
            return b""
        self._left += self._decoder.flush()
        self._asked = now
        if not (self._is_known and is_on):
            self._due = Tick(now + (_REST if self._is_known else 0))
            return codec.command(codec.INFO, address=self._address)
        self._due = Tick(now + self._period)
        self._turn += 1
        return codec.inventory(self._model, self._antennas[self._turn % len(self._antennas)], address=self._address)

    def next_word(self) -> Tick:
        return self._due if self._asked is None else Tick(self._asked + _GIVE_UP_AFTER[self._model])

    def hear(self, data: bytes, now: Tick) -> Sequence[Heard]:
        answers, self._left = [*self._left, *self._decoder.feed(data)], []
        heard: list[Heard] = []
        for answer in answers:
            match answer:
                case BadBytes():
                    heard.append(answer)
                case Inventory(tags=tags, is_last=is_last):
                    self._asked = None if is_last else now
                    heard += [*tags, Alive()]
                case Info(version=version, type=kind):
                    self._asked, self._is_known = None, True
                    heard.append(Alive(f"firmware {version}, type {kind:02X}"))
                case Refused(command=command, status=status):
                    self._asked = None
                    next_step = _KNOWN_TROUBLE.get(status, "look the status up in the reader's manual")
                    heard.append(Trouble(f"command {command:02X} ended with status {status:02X}", next_step))
        return heard

    def farewell(self) -> bytes:
        return b""  # it looks only when it is asked
