"""The voice of a Rinstrum indicator on its ASCII network, written from the manuals and not from the driver.

Sources: R320 manual (registers 0020, 0021, 0026, status bits), C530 manual p. 81 (answers as printed), LUA-LIB (bits
of the address byte, error words, CRC-16/CCITT beginning with FFFF).
"""

from typing import ClassVar

from drivers.contract.quantities import Millis
from drivers.weighbridge.asked_peer import AskedPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault

_SAMPLE_MS = 100


class RinstrumPeer(AskedPeer):
    """Speaks for `deck` in whole kilograms as indicator `address`.

    `adc_stands`: the converter has stopped, and every answer repeats what it last measured. Silent for another
    address and, with `checksum`, for a message whose CRC is wrong.
    """

    has_no: ClassVar[frozenset[IndicatorFault]] = frozenset({"frozen"})

    def __init__(
        self, deck: DeckModel, *, address: int = 1, checksum: bool = True, delay: Millis = Millis(10), seed: int = 0
    ) -> None:
        self.adc_stands = False
        self.in_menu = False
        self._address = address
        self._checksum = checksum
        self._register = "0020"
        self._age_ms = 0
        super().__init__(deck, b"\x04" if checksum else b";", delay, seed)

    def advance(self, elapsed: Millis) -> bytes:
        if not self.adc_stands:
            self._age_ms += elapsed
        return super().advance(elapsed)

    def _answer(self, request: bytes) -> bytes:
        message = request[:-1]
        if self._checksum:
            message = message[message.rfind(b"\x01") + 1 :]
            message, crc = message[:-4], message[-4:]
            if crc != b"%04X" % _crc(message):
                return b""
        text = message.decode("latin-1")
        if text[:2] not in {"20", f"{0x20 + self._address:02X}"}:
            return b""
        command, self._register = text[2:4], text[4:8]
        if command not in {"05", "11"} or self._register not in {"0020", "0021", "0026"}:
            self.acts += b"?" if command in {"10", "12", "17"} else b""
            return self._framed(f"{0xC0 + self._address:02X}{command}{self._register}:A000")
        return self._say()

    def _frame(self, moving: bool | None = None) -> bytes:
        told = {
            "0020": f"{self._age_ms // _SAMPLE_MS:08X}",
            "0021": f"{self._status(moving):08X}",
            "0026": f"{self._deck.mass // 1000:8d} kg G",
        }[self._register]
        return self._framed(f"{0x80 + self._address:02X}11{self._register}:{told}")

    def _status(self, moving: bool | None) -> int:
        is_over = not self._deck.in_range and self._deck.mass > 0
        is_under = not self._deck.in_range and self._deck.mass < 0
        is_moving = self._deck.moving if moving is None else moving
        return (
            0x20000 * is_over
            + 0x10000 * is_under
            + 0x4000 * self.in_menu
            + 0x1000 * is_moving
            + 0x800 * (self._deck.mass == 0)
        )

    def _framed(self, message: str) -> bytes:
        body = message.encode()
        return b"\x01" + body + b"%04X" % _crc(body) + b"\x04" if self._checksum else body + b";\r\n"

    def _with_wrong_checksum(self, frame: bytes) -> bytes:
        return frame[:-5] + (b"1" if frame[-5:-4] == b"0" else b"0") + frame[-4:]


def _crc(message: bytes) -> int:
    """Bit by bit: x^16 + x^12 + x^5 + 1."""
    crc = 0xFFFF
    for byte in message:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
