"""Readers of codes, tags and documents."""

from pathlib import Path

from drivers.contract.quantities import Millis, Tick
from drivers.scanner.bb7e_driver import Bb7eSettings
from drivers.scanner.bb7e_peer import Bb7ePeer
from drivers.scanner.cccd_reader import CccdReaderSettings
from drivers.scanner.line_scanner import LineScannerSettings
from drivers.scanner.line_scanner_peer import LineScannerPeer
from drivers.scanner.mrz_peer import MrzPeer
from drivers.scanner.mrz_reader import MrzReaderSettings
from drivers.scanner.reader18_driver import Reader18Settings
from drivers.scanner.reader18_peer import Reader18Peer
from drivers.scanner.tag_field_model import TagField
from drivers.scanner.thingmagic_driver import ThingMagicSettings
from drivers.scanner.thingmagic_peer import ThingMagicPeer
from tests.drivers.harnesses.base import Harness, SerialHarness


class LineReaderHarness(SerialHarness):
    """A reader that reads by itself from time to time, and can be told to by Honeywell's commands."""

    def __init__(self, folder: Path) -> None:
        self._peer = LineScannerPeer(trigger="honeywell")
        self._is_spoiled = False
        self._read = 0
        super().__init__(folder, self._peer, self._peer.heard)

    def spoil(self) -> None:
        self._is_spoiled = True

    def code(self) -> str:
        """What is read next."""
        return f"TK-{self._read}"

    def _service(self, tick: Tick) -> None:
        if not self._peer.busy:
            self._read += 1
            said = bytes(range(0x80, 0xFF)) if self._is_spoiled else self.code().encode()
            self._peer.send(said + b"\r", Millis(200))
        super()._service(tick)


class LineScannerHarness(LineReaderHarness):
    """Barcodes."""

    kind = "line-scanner"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.settings = LineScannerSettings("line-scanner", str(self.port.name), trigger="honeywell")


class CccdReaderHarness(LineReaderHarness):
    """Identity cards, every second of which fails a check."""

    kind = "cccd-reader"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.settings = CccdReaderSettings("cccd-reader", str(self.port.name), trigger="honeywell")

    def code(self) -> str:
        sex = "Nam" if self._read % 2 else "?"
        return f"00109012{self._read % 10000:04d}||NGUYỄN VĂN MẪU|01011990|{sex}|Hà Nội|15042021"


class Reader18Harness(SerialHarness):
    """A tag reader with two tags in its field."""

    kind = "uhf-reader18"

    def __init__(self, folder: Path) -> None:
        self.field = a_field()
        self._peer = Reader18Peer(self.field)
        super().__init__(folder, self._peer, self._peer.heard)
        self.settings = Reader18Settings("uhf-reader18", str(self.port.name), "uhfreader288", silence=Millis(2000))

    def acts(self) -> int:
        """It is asked all the time; an order shows in what it is asked."""
        return self._peer.infos

    def spoil(self) -> None:
        with self._served.lock:
            self._peer.fail("noise")


class Bb7eHarness(SerialHarness):
    """A tag reader that reports two tags by itself."""

    kind = "uhf-bb7e"

    def __init__(self, folder: Path) -> None:
        self.field = a_field()
        self._peer = Bb7ePeer(self.field, period=Millis(50))  # as fast as the line carries
        super().__init__(folder, self._peer, self._peer.heard)
        self.settings = Bb7eSettings("uhf-bb7e", str(self.port.name), silence=Millis(2000))

    def acts(self) -> int:
        """It may be told to go on reading at any time; an order shows in how often it was stopped."""
        return self._peer.stops

    def spoil(self) -> None:
        with self._served.lock:
            self._peer.fail("noise")


class ThingMagicHarness(SerialHarness):
    """A tag reader that reads by itself."""

    kind = "uhf-thingmagic"

    def __init__(self, folder: Path) -> None:
        self._peer = ThingMagicPeer(a_field(), period=Millis(100))
        super().__init__(folder, self._peer, self._peer.heard)
        self.settings = ThingMagicSettings("uhf-thingmagic", str(self.port.name), silence=Millis(2000))

    def spoil(self) -> None:
        with self._served.lock:
            self._peer.fail("noise")


class MrzReaderHarness(SerialHarness):
    """A document reader on which the two specimens of ICAO 9303 are laid in turn, then one with a wrong digit."""

    kind = "mrz-reader"

    def __init__(self, folder: Path) -> None:
        self._peer = MrzPeer()
        self._is_spoiled = False
        super().__init__(folder, self._peer, self._peer.heard)
        self.settings = MrzReaderSettings("mrz-reader", str(self.port.name), "rte")

    def spoil(self) -> None:
        self._is_spoiled = True

    def _service(self, tick: Tick) -> None:
        if not self._peer.busy and self._is_spoiled:
            self._peer.send(bytes(range(0x80, 0xFF)))
        elif not self._peer.busy:
            lower = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
            for line in (lower, lower[:-1] + "1"):
                self._peer.show("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", line)
            self._peer.show("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON" + 22 * "<")
        super()._service(tick)


def a_field() -> TagField:
    """Two tags."""
    field = TagField()
    field.put("E28011700000020B12345678", -48)
    field.put("E28011700000020B87654321", -70)
    return field


HARNESSES: tuple[type[Harness], ...] = (
    LineScannerHarness,
    CccdReaderHarness,
    Reader18Harness,
    Bb7eHarness,
    ThingMagicHarness,
    MrzReaderHarness,
)
