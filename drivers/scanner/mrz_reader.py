"""A reader of passports and identity cards by their machine-readable zone. Listens only; bytes are never shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer, Identity
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.contract.tools import Tools
from drivers.links.refused_bytes import RefusedBytes
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.scanner.mrz_codec import BadPage, Frame, MrzDecoder, Page
from drivers.scanner.mrz_document import read_zone

_REPORT_EVERY = Millis(10_000)


@dataclass(frozen=True, slots=True)
class MrzReaderSettings:
    """A page reader or swipe reader for passports and identity cards on a serial line.

    kind: "mrz-reader".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    frame: "rte" (3M RTE6701 and relatives) or "swipe" (lines between STX and ETX).
    bcc: a checksum byte follows each frame and must be right.
    baud, data_bits, parity, stop_bits: as set in the reader.
    quiet: milliseconds of silence after which a frame without an end is given up.
    """

    kind: Literal["mrz-reader"]
    port: str
    frame: Frame
    bcc: bool = False
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    quiet: Annotated[Millis, Interval(ge=50, le=5000)] = Millis(500)


class MrzReaderDriver:
    """Driver of one document reader. Gives IdentityRead, IdentityRefused and BytesRefused; obeys nothing."""

    def __init__(self, device: str, settings: MrzReaderSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._link = serial_wire(settings, tools)
        self._refused = RefusedBytes(_REPORT_EVERY, is_personal=True)
        self._decoder = self._new_decoder()

    def open(self) -> Identity:
        self._link.open()
        self._decoder = self._new_decoder()
        return Identity(self._settings.kind, f"listening on {self._link}, frames {self._settings.frame}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Read until a document is complete or `patience` is over."""
        ends = Tick(self._clock() + patience)
        while True:
            before = self._clock()
            due = self._decoder.due()
            data = self._link.read(Millis(max(0, (ends if due is None else min(ends, due)) - before)))
            now = self._clock()
            readings = self._readings(self._decoder.feed(data, now) if data else self._decoder.wait(now), now)
            if readings or now >= ends or (not data and now == before):
                return readings

    def obey(self, order: Order, patience: Millis) -> Answer:
        return Answer("refused", f"{self._device} is a document reader and does not obey {type(order).__name__}")

    def close(self) -> None:
        self._link.close()

    def _new_decoder(self) -> MrzDecoder:
        return MrzDecoder(self._settings.frame, self._settings.quiet, bcc=self._settings.bcc)

    def _readings(self, found: list[Page | BadPage], now: Tick) -> list[Reading]:
        readings: list[Reading] = []
        for page in found:
            if isinstance(page, BadPage):
                self._refused.add(page.raw)
            else:
                readings.append(read_zone(page.lines))
        refused = self._refused.report(now)
        return [*readings, refused] if refused else readings
