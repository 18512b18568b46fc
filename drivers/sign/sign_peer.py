"""The far end of an LED sign: what it makes of the bytes that it is sent, each family by its own document."""

from typing import Literal

from drivers.contract.quantities import Millis

Family = Literal["ledmsg", "alpha", "am03127"]
_MOST_HELD = 2048


class LedSignPeer:
    """`shown` is the text on the sign; `texts` all that it ever showed, in order. `heard` keeps every byte.

    `number` is the sign's own. `mute` takes its answers away, `refuses` makes each a NACK.
    """

    def __init__(self, family: Family = "am03127", number: int = 1) -> None:
        self.heard = bytearray()
        self.texts: list[str] = []
        self.mute = False
        self.refuses = False
        self._family = family
        self._number = number
        self._held = b""

    @property
    def shown(self) -> str:
        return self.texts[-1] if self.texts else ""

    def feed(self, data: bytes) -> bytes:
        """Show each text that `data` completes; the answer to it."""
        self.heard += data
        self._held = (self._held + data)[-_MOST_HELD:]
        said = b""
        start, end = {"ledmsg": (b"![", b"]"), "alpha": (b"\x01", b"\x04"), "am03127": (b"<ID", b"<E>")}[self._family]
        while (at := self._held.find(end)) >= 0:
            packet, self._held = self._held[:at], self._held[at + len(end) :]
            if (begin := packet.rfind(start)) >= 0:
                said += self._take(packet[begin + len(start) :])
        return said

    def advance(self, elapsed: Millis) -> bytes:  # a sign says nothing by itself
        return b""

    def _take(self, packet: bytes) -> bytes:
        match self._family:
            case "ledmsg":
                self._show(packet[:3], packet[3:])
            case "alpha":
                if packet[:1] in (b"Z", b"!") and packet[3:6] == b"\x02AA":
                    self._show(packet[1:3], packet[6:])
            case "am03127":
                return self._page(packet)
        return b""

    def _show(self, number: bytes, text: bytes) -> None:
        if int(number, 16 if self._family == "alpha" else 10) in (0, self._number):
            self.texts.append(text.decode(errors="replace").strip())

    def _page(self, packet: bytes) -> bytes:
        """Number, ">", page head, text, two digits of checksum."""
        number, body, checksum = packet[:2], packet[3:-2], packet[-2:]
        total = 0
        for byte in body:
            total ^= byte
        if not number.isdigit() or int(number) not in (0, self._number):
            return b""
        is_sound = checksum == b"%02X" % total and body.startswith(b"<L1><PA>") and not self.refuses
        if is_sound:
            self._show(number, body[body.rfind(b">") + 1 :])
        if self.mute or number == b"00":
            return b""
        return b"ACK" if is_sound else b"NACK"
