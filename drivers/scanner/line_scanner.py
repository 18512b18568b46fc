"""A barcode or QR reader that sends each code as a line of text."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.quantities import Millis
from drivers.contract.readings import CodeScanned
from drivers.contract.tools import Tools
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.scanner.line_codec import Aim, Scan
from drivers.scanner.line_reader import LineReader, Lines
from drivers.scanner.trigger import Trigger


@dataclass(frozen=True, slots=True)
class LineScannerSettings:
    """A barcode or QR reader on a serial line (or a USB reader that shows itself as one).

    kind: "line-scanner".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud, data_bits, parity, stop_bits: as set in the reader; 8 data bits, or Vietnamese letters are lost.
    suffix: what the reader sends after a code: "cr", "lf", "crlf", "etx" or hex. ETX is the safest: no code holds it.
    quiet: milliseconds of silence that end a code after its suffix.
    aim: the AIM identifier (such as ]Q1) before each code: "off", "on" (always sent) or "auto" (taken off if there).
    repeat: milliseconds within which the same code again is the same reading.
    prefix: what the reader sends before each code: "" for nothing, "stx", or up to 8 bytes in hex such as 02.
    trigger: who lets it read: "none" (itself, nothing is ever sent to it), "honeywell" or "newland" commands.
    """

    kind: Literal["line-scanner"]
    port: str
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    suffix: str = "cr"
    quiet: Annotated[Millis, Interval(ge=20, le=1000)] = Millis(80)
    aim: Aim = "off"
    repeat: Annotated[Millis, Interval(ge=0, le=60_000)] = Millis(1500)
    prefix: str = ""
    trigger: Trigger = "none"

    def __post_init__(self) -> None:
        self.lines.decoder()

    @property
    def lines(self) -> Lines:
        """How this reader sends its codes. Raises ValueError for a prefix or suffix that is none."""
        return Lines(self.prefix, self.suffix, self.aim, self.quiet, self.repeat, self.trigger)


class LineScannerDriver(LineReader):
    """Driver of one line reader. Gives CodeScanned and BytesRefused.

    A person may show a card to it, so that bytes that made no code are counted and never shown.
    """

    def __init__(self, device: str, settings: LineScannerSettings, tools: Tools) -> None:
        link = serial_wire(settings, tools)
        super().__init__(device, settings.kind, link, settings.lines, tools.clock, is_personal=True)

    def _meaning(self, scan: Scan) -> CodeScanned:
        return CodeScanned(scan.text, scan.symbology, scan.raw.hex())
