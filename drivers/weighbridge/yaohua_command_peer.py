"""The voice of a Yaohua XK3190 or Keli XK3118K9 in command mode, written from the manuals and not from the driver.

Sources: Yaohua A9+ and A23p manuals, table of the command mode (handshake A, gross B, tare C, net D); DS1 manual (a
wrong command is answered with EOT in the command's place); Keli XK3118K9-R manual p. 9 and 10 (H zero, I tare off).
What a Keli answers to H and I is not printed: an echo, as to the handshake, is our guess.
"""

from typing import ClassVar

from drivers.contract.quantities import Grams, Millis
from drivers.weighbridge.asked_peer import AskedPeer
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorFault

_ETX = b"\x03"


class YaohuaCommandPeer(AskedPeer):
    """Speaks for `deck` in kilograms with `decimals` places, as the indicator number `number` (1 is 'A').

    Silent for another address and for a request whose XOR is wrong.
    """

    has_no: ClassVar[frozenset[IndicatorFault]] = frozenset({"false-stable"})

    def __init__(
        self, deck: DeckModel, *, number: int = 1, decimals: int = 0, delay: Millis = Millis(10), seed: int = 0
    ) -> None:
        super().__init__(deck, _ETX, delay, seed)
        self.tare = Grams(0)
        self._letter = chr(ord("A") + number - 1)
        self._decimals = decimals

    def _answer(self, request: bytes) -> bytes:
        body = request[request.rfind(b"\x02") + 1 :]
        if len(body) != 5 or body[:1] != self._letter.encode() or _checked(body[:2].decode("latin-1")) != body[:-1]:
            return b""
        command = chr(body[1])
        if command == "B":
            return self._say()
        if command in "CD":
            return self._told(command, self.tare if command == "C" else self._deck.mass - self.tare)
        if command in "AHI":
            self._change(command)
            return self._framed(command)
        return self._framed("\x04")

    def _frame(self, moving: bool | None = None) -> bytes:
        return self._told("B", self._deck.mass) if self._deck.in_range else b""

    def _change(self, command: str) -> None:
        if command == "H":
            self._deck.take_zero()
        elif command == "I":
            self.tare = Grams(0)
        if command != "A":
            self.acts += command.encode()

    def _told(self, command: str, mass: int) -> bytes:
        shown = abs(mass) * 10**self._decimals // 1000
        return self._framed(f"{command}{'-' if mass < 0 else '+'}{shown:06d}{self._decimals}")

    def _framed(self, text: str) -> bytes:
        return b"\x02" + _checked(self._letter + text) + _ETX

    def _with_wrong_checksum(self, frame: bytes) -> bytes:
        return frame[:-3] + (b"1" if frame[-3:-2] == b"0" else b"0") + frame[-2:]


def _checked(text: str) -> bytes:
    """`text` with its XOR, high nibble first; up to 9 plus 30h, above plus 37h."""
    check = 0
    for character in text:
        check ^= ord(character)
    nibbles = (check >> 4, check & 15)
    return (text + "".join(chr(value + (0x30 if value <= 9 else 0x37)) for value in nibbles)).encode("latin-1")
