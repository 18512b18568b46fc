"""Commands that make a code reader read and stop, and what a Newland answers to them. Pure; nothing raises.

Honeywell and HandHeld (N86 manual p. 166): SYN T CR on, SYN U CR off, in manual or serial trigger mode; the reader
stops by itself on a read and when its time is over. No answer to them is described.
Newland: 7E 01 0000 # SCNTRG1 or SCNTRG0 ; 03, `#` for a setting that is not kept. The answer begins with 02 01 0000,
repeats the command and has ACK, NAK or ENQ (unknown) before `; 03` (command manual p. 35). Codes share its wire.
"""

import re
from dataclasses import dataclass
from typing import Literal

Trigger = Literal["none", "honeywell", "newland"]
Confirmed = Literal["ack", "nak", "unknown-command"]

_COMMANDS: dict[Trigger, tuple[bytes, bytes]] = {  # off, on
    "honeywell": (b"\x16U\r", b"\x16T\r"),
    "newland": (b"~\x010000#SCNTRG0;\x03", b"~\x010000#SCNTRG1;\x03"),
}
_HEAD = b"\x02\x010000"
_REPLY = re.compile(rb"\x02\x010000[@#*&]([\x20-\x7e]{1,40})([\x05\x06\x15]);\x03")
_LONGEST_REPLY = 50
_MEANING: dict[bytes, Confirmed] = {b"\x06": "ack", b"\x15": "nak", b"\x05": "unknown-command"}


def command(trigger: Trigger, *, on: bool) -> bytes:
    """The bytes that begin or end reading; b"" for a reader without a trigger."""
    return _COMMANDS[trigger][on] if trigger in _COMMANDS else b""


@dataclass(frozen=True, slots=True)
class Reply:
    """A Newland's answer to the command with this text, such as "SCNTRG1"."""

    text: str
    confirmed: Confirmed


class ReplySieve:
    """Takes a Newland's answers out of what it sends. Every other byte comes out again, in order."""

    def __init__(self) -> None:
        self._held = b""

    @property
    def holds(self) -> bool:
        """Whether bytes are kept back because they may be the beginning of an answer."""
        return bool(self._held)

    def feed(self, data: bytes) -> tuple[bytes, list[Reply]]:
        """The other bytes and the answers that `data` completes."""
        rest, replies = b"", []
        held, self._held = self._held + data, b""
        while found := _REPLY.search(held):
            rest += held[: found.start()]
            replies.append(Reply(found[1].decode(), _MEANING[found[2]]))
            held = held[found.end() :]
        kept = next((at for at, byte in enumerate(held) if byte == _HEAD[0] and _may_be_reply(held[at:])), len(held))
        self._held = held[kept:]
        return rest + held[:kept], replies

    def release(self) -> bytes:
        """What was kept back, after a pause: an answer comes in one piece, so it was none."""
        held, self._held = self._held, b""
        return held


def _may_be_reply(beginning: bytes) -> bool:
    if len(beginning) < len(_HEAD):
        return _HEAD.startswith(beginning)
    return beginning.startswith(_HEAD) and len(beginning) < _LONGEST_REPLY
