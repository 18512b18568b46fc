"""BB..7E frames of M100, QM100 and R2000-class UHF readers, bytes to frames. Pure.

    BB type command PL-high PL-low parameters sum 7E

Type 00 is a command, 01 an answer, 02 a tag; the sum is the low byte of type to parameters. BB and 7E may stand
anywhere inside, so a frame is cut by its length. A tag's frame has strength, PC word, EPC and the CRC-16 of both that
the tag itself sent: the PC says how long the EPC is, and the CRC is checked as well. The strength is dBm, signed.
Sources: the UHF unit's protocol description of M5Stack, and a list of commands and answers of a reader's seller.
"""

import binascii
from dataclasses import dataclass

from drivers.scanner.length_frames import BadBytes, LengthFrames
from drivers.scanner.stays import Sighting

STOPPED, ERROR = 0x28, 0xFF
NO_TAG, NO_SUCH_COMMAND = b"\x15", b"\x17"

_ANSWER, _TAG = 0x01, 0x02
_HEAD, _TAIL = 5, 2
_MOST_PARAMETERS = 128
_AROUND_EPC = 5  # strength, PC, CRC


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is no tag. Command FF is an error, whose code is the first parameter."""

    command: int
    parameters: bytes


def command(code: int, parameters: bytes = b"") -> bytes:
    """A whole command frame."""
    body = bytes((0x00, code)) + len(parameters).to_bytes(2) + parameters
    return b"\xbb" + body + bytes((sum(body) & 0xFF, 0x7E))


READ_ONCE = command(0x22)
START = command(0x27, b"\x22" + (10_000).to_bytes(2))
"""Read 10,000 times; each ends with a tag or with an error frame."""
STOP = command(0x28)


class Bb7eDecoder:
    """Feed it what arrives, in any pieces; `flush` after a pause."""

    def __init__(self) -> None:
        self._frames: LengthFrames[Sighting | Reply] = LengthFrames(_length_of, _read)

    def feed(self, data: bytes) -> list[Sighting | Reply | BadBytes]:
        """What `data` completes."""
        return self._frames.feed(data)

    def flush(self) -> list[Sighting | Reply | BadBytes]:
        """What is left after a pause."""
        return self._frames.flush()


def _length_of(beginning: bytes) -> int | None:
    if beginning[0] != 0xBB or (len(beginning) > 1 and beginning[1] not in (_ANSWER, _TAG)):
        return 0
    if len(beginning) < _HEAD:
        return None
    parameters = int.from_bytes(beginning[3:5])
    return _HEAD + parameters + _TAIL if parameters <= _MOST_PARAMETERS else 0


def _read(frame: bytes) -> Sighting | Reply | None:
    if frame[-1] != 0x7E or sum(frame[1:-2]) & 0xFF != frame[-2]:
        return None
    parameters = frame[_HEAD:-_TAIL]
    return _tag(parameters) if frame[1] == _TAG else Reply(frame[2], parameters)


def _tag(parameters: bytes) -> Sighting | None:
    """Strength, PC, EPC, CRC; None if PC or CRC contradict the rest."""
    if len(parameters) <= _AROUND_EPC:
        return None
    said, crc = parameters[1:-2], parameters[-2:]
    words = said[0] >> 3
    if len(said) != 2 + 2 * words or (binascii.crc_hqx(said, 0xFFFF) ^ 0xFFFF).to_bytes(2) != crc:
        return None
    strength = int.from_bytes(parameters[:1], signed=True)
    return Sighting(said[2:].hex().upper(), 0, strength, strength)
