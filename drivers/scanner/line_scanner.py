"""A barcode or QR reader that sends each code as a line of text. Listens only; the reader triggers itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.driver import Answer, Identity
from drivers.contract.link import Link
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import CodeScanned, Reading
from drivers.contract.tools import Tools
from drivers.links.refused_bytes import RefusedBytes
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.scanner.line_codec import BadScan, LineDecoder, Scan, Suffix

_REPORT_EVERY = Millis(10_000)


@dataclass(frozen=True, slots=True)
class LineScannerSettings:
    """A barcode or QR reader on a serial line (or a USB reader that shows itself as one).

    kind: "line-scanner".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud, data_bits, parity, stop_bits: as set in the reader; 8 data bits, or Vietnamese letters are lost.
    suffix: what the reader sends after each code: "cr", "lf", "crlf" or "etx". ETX is the safest: no code holds it.
    quiet: milliseconds of silence that end a code after its suffix.
    aim: the reader sends the AIM identifier (such as ]Q1) before each code.
    repeat: milliseconds within which the same code again is the same reading.
    """

    kind: Literal["line-scanner"]
    port: str
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    suffix: Suffix = "cr"
    quiet: Annotated[Millis, Interval(ge=20, le=1000)] = Millis(80)
    aim: bool = False
    repeat: Annotated[Millis, Interval(ge=0, le=60_000)] = Millis(1500)


class LineScannerDriver:
    """Driver of one line reader. Obeys nothing; gives CodeScanned and BytesRefused. A quiet reader is no fault."""

    def __init__(self, device: str, settings: LineScannerSettings, tools: Tools) -> None:
        self._device = device
        self._settings = settings
        self._clock = tools.clock
        self._link: Link = serial_wire(settings, tools)
        self._refused = RefusedBytes(_REPORT_EVERY)
        self._decoder = self._new_decoder()
        self._last: tuple[bytes, Tick] | None = None

    def open(self) -> Identity:
        self._link.open()
        self._decoder = self._new_decoder()
        return Identity(self._settings.kind, f"listening on {self._link}, suffix {self._settings.suffix}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Read until a code is complete or `patience` is over."""
        ends = Tick(self._clock() + patience)
        while True:
            before = self._clock()
            data = self._link.read(self._wait(before, ends))
            now = self._clock()
            found = self._decoder.feed(data, now) if data else self._decoder.wait(now)
            readings = self._readings(found, now)
            if readings or now >= ends or (not data and now == before):
                return readings

    def obey(self, order: Order, patience: Millis) -> Answer:
        return Answer("refused", f"{self._device} is a code reader and does not obey {type(order).__name__}")

    def close(self) -> None:
        self._link.close()

    def _new_decoder(self) -> LineDecoder:
        return LineDecoder(self._settings.suffix, self._settings.quiet, aim=self._settings.aim)

    def _wait(self, now: Tick, ends: Tick) -> Millis:
        due = self._decoder.due()
        return Millis(max(0, (ends if due is None else min(ends, due)) - now))

    def _readings(self, found: list[Scan | BadScan], now: Tick) -> list[Reading]:
        readings: list[Reading] = []
        for scan in found:
            if isinstance(scan, BadScan):
                self._refused.add(scan.raw)
            elif not self._is_repeated(scan, now):
                readings.append(CodeScanned(scan.text, scan.symbology, scan.raw.hex()))
        refused = self._refused.report(now)
        return [*readings, refused] if refused else readings

    def _is_repeated(self, scan: Scan, now: Tick) -> bool:
        """Whether a reader that keeps seeing the same code has sent it again."""
        last, self._last = self._last, (scan.raw, now)
        return last is not None and last[0] == scan.raw and now - last[1] < self._settings.repeat
