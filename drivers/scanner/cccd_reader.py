"""A reader of Vietnamese chip identity cards: their QR code, from a code reader that shows each card as a line.

What it reads identifies a person: bytes it refuses are counted and never shown, and a card that fails a check is
named by that check alone.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from drivers.contract.quantities import Millis
from drivers.contract.readings import IdentityRead, IdentityRefused
from drivers.contract.tools import Tools
from drivers.links.serial_link import DataBits, Parity, StopBits
from drivers.links.wires import serial_wire
from drivers.scanner.cccd_codec import Variant, read_card
from drivers.scanner.line_codec import Scan
from drivers.scanner.line_reader import LineReader, Lines
from drivers.scanner.trigger import Trigger


@dataclass(frozen=True, slots=True)
class CccdReaderSettings:
    """A QR reader for identity cards on a serial line (or a USB reader that shows itself as one).

    kind: "cccd-reader".
    port: the serial port; prefer a name under /dev/serial/by-path, which survives replugging.
    baud, data_bits, parity, stop_bits: as set in the reader; 8 data bits and UTF-8, or names lose their letters.
    suffix: what the reader sends after a code: "cr", "lf", "crlf", "etx" or hex.
    quiet: milliseconds of silence that end a code after its suffix.
    repeat: milliseconds within which the same card again is the same reading.
    prefix: what the reader sends before each code: "" for nothing, "stx", or up to 8 bytes in hex such as 02.
    trigger: who lets it read: "none" (itself, nothing is ever sent to it), "honeywell" or "newland" commands.
    slashes: dates come as dd/mm/yyyy and not as the card has them, ddmmyyyy.
    more_fields: cards may have fields after the seventh, which are left out; otherwise such a card is refused.
    """

    kind: Literal["cccd-reader"]
    port: str
    baud: Literal[1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: DataBits = 8
    parity: Parity = "none"
    stop_bits: StopBits = 1
    suffix: str = "cr"
    quiet: Annotated[Millis, Interval(ge=20, le=1000)] = Millis(80)
    repeat: Annotated[Millis, Interval(ge=0, le=60_000)] = Millis(1500)
    prefix: str = ""
    trigger: Trigger = "none"
    slashes: bool = False
    more_fields: bool = False

    def __post_init__(self) -> None:
        self.lines.decoder()

    @property
    def lines(self) -> Lines:
        """How this reader sends its codes. Raises ValueError for a prefix or suffix that is none."""
        return Lines(self.prefix, self.suffix, "auto", self.quiet, self.repeat, self.trigger)


class CccdReaderDriver(LineReader):
    """Driver of one reader of identity cards. Gives IdentityRead, IdentityRefused and BytesRefused."""

    def __init__(self, device: str, settings: CccdReaderSettings, tools: Tools) -> None:
        link = serial_wire(settings, tools)
        super().__init__(device, settings.kind, link, settings.lines, tools.clock, is_personal=True)
        self._variant = Variant(settings.slashes, settings.more_fields)

    def _meaning(self, scan: Scan) -> IdentityRead | IdentityRefused:
        return read_card(scan.text, self._variant)
