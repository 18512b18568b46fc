"""What three families of LED signs are sent to show a text, and what one of them answers. Pure; nothing raises.

The text of an order never reaches the protocol: whatever a sign could take for a command is replaced first.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor
from typing import Literal

from drivers.contract.ascii_text import ascii_text

Profile = Literal["ledmsg", "alpha", "am03127"]
Letters = Literal["ascii", "utf-8"]
LONGEST_TEXT = 200

_COMMANDS: dict[Profile, dict[int, int]] = {
    "ledmsg": str.maketrans("/[]", "-()"),  # /C1 colours, /F0103 effects, ![...] the frame (S83)
    "alpha": str.maketrans("]_", ")-"),  # ]! is the two-character form of a control, _01 the three-character one
    "am03127": str.maketrans("<>", "()"),  # <AB> fonts, <CB> colours, <E> the end (S85)
}
_AM03127_PAGE = "<L1><PA><FE><MA><WC><FE>"


def frame(profile: Profile, address: int, lines: Sequence[str], letters: Letters = "ascii") -> bytes:
    """The bytes that show `lines`; () blanks the sign. Texts beyond 200 characters are cut."""
    text = safe_text(profile, " ".join(lines), letters).encode() or b" "
    match profile:
        case "ledmsg":  # S83
            return f"![{address:03d}".encode() + text + b"]"
        case "alpha":  # S84: SOH, type Z, address, STX, A (write text), file label A, EOT; zeros let it find the baud
            return b"\0\0\0\0\0\x01Z" + f"{address:02X}".encode() + b"\x02AA" + text + b"\x04"
        case "am03127":  # S85
            page = _AM03127_PAGE.encode() + text
            return f"<ID{address:02d}>".encode() + page + f"{reduce(xor, page):02X}<E>".encode()


def safe_text(profile: Profile, text: str, letters: Letters) -> str:
    """`text` as the sign may be given it: without controls, without anything that is a command of the protocol."""
    if letters == "ascii":
        shown = ascii_text(text)
    else:
        composed = unicodedata.normalize("NFC", text)
        shown = "".join(" " if unicodedata.category(letter).startswith("C") else letter for letter in composed)
    return shown.translate(_COMMANDS[profile])[:LONGEST_TEXT]


@dataclass(frozen=True, slots=True)
class SignAnswer:
    """ACK or NACK."""

    accepted: bool


@dataclass(frozen=True, slots=True)
class BadAnswer:
    """Bytes that are no answer."""

    raw: bytes


_ANSWER = re.compile(rb"NACK|ACK")
_BEGUN = (b"", b"A", b"AC", b"N", b"NA", b"NAC")


class AnswerDecoder:
    """Answers of an AM03127 sign. Feed it what arrives, in any pieces; what may begin an answer is kept back."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[SignAnswer | BadAnswer]:
        """What `data` completes."""
        found: list[SignAnswer | BadAnswer] = []
        self._held += data
        while answer := _ANSWER.search(self._held):
            if answer.start():
                found.append(BadAnswer(self._held[: answer.start()]))
            found.append(SignAnswer(answer.group() == b"ACK"))
            self._held = self._held[answer.end() :]
        kept = max((begun for begun in _BEGUN if self._held.endswith(begun)), key=len)
        if self._held != kept:
            found.append(BadAnswer(self._held.removesuffix(kept)))
            self._held = kept
        return found
