"""What every simulated indicator of a listened-to scale shares: its pace, its faults and how long they last."""

import random
from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from drivers.contract.quantities import Millis
from drivers.weighbridge.deck_model import DeckModel

IndicatorFault = Literal[
    "silent",  # the line is dead
    "setup-menu",  # somebody is in the menu: no frames
    "noise",  # another speed or protocol: bytes that are no frames
    "garbage-prefix",  # bytes before a good frame
    "torn",  # a frame breaks off
    "doubled",  # a frame comes twice
    "wrong-checksum",
    "frozen",  # the last frame for ever, whatever the deck does
    "false-stable",  # the motion flag is missing in the middle of a movement
]


class IndicatorPeer(ABC):
    """Sends a frame each `period` that shows `deck`, whose time is moved by its owner.

    `heard` keeps what was written to the indicator. `has_no` names the faults that its protocol cannot have.
    """

    has_no: ClassVar[frozenset[IndicatorFault]] = frozenset()

    def __init__(self, deck: DeckModel, period: Millis, seed: int) -> None:
        self.heard = bytearray()
        self._deck = deck
        self._period = period
        self._random = random.Random(seed)
        self._until_frame = int(period)
        self._fault: IndicatorFault | None = None
        self._fault_frames: int | None = None
        self._frozen = b""

    def fail(self, fault: IndicatorFault, frames: int | None = None) -> None:
        """The next `frames` frames suffer from `fault`; without a number all of them until `mend`."""
        if fault in self.has_no:
            raise ValueError(f"{type(self).__name__} cannot suffer from {fault}")
        self._fault, self._fault_frames = fault, frames
        self._frozen = self._frame()

    def mend(self) -> None:
        """No fault any more."""
        self._fault = self._fault_frames = None

    def feed(self, data: bytes) -> bytes:
        """What is written is heard and never answered."""
        self.heard += data
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        """The frames of the next `elapsed` milliseconds, showing the deck as it is now."""
        self._until_frame -= elapsed
        said = b""
        while self._until_frame <= 0:
            self._until_frame += self._period
            said += self._say()
        return said

    @abstractmethod
    def _frame(self, moving: bool | None = None) -> bytes:
        """The frame of now, b"" if there is none; `moving` overrules the deck where the protocol has the flag."""

    def _with_wrong_checksum(self, frame: bytes) -> bytes:
        """`frame` with its checksum spoilt."""
        return frame[:-1] + bytes([frame[-1] ^ 0x15])

    def _say(self) -> bytes:
        fault = self._fault
        if self._fault_frames is not None:
            self._fault_frames -= 1
            if self._fault_frames <= 0:
                self.mend()
        frame = self._frame()
        return self._spoilt(frame, fault) if frame and fault else frame

    def _spoilt(self, frame: bytes, fault: IndicatorFault) -> bytes:
        match fault:
            case "silent" | "setup-menu":
                return b""
            case "noise":
                return self._random.randbytes(len(frame))
            case "garbage-prefix":
                return b"\x00\x00\x7f\x7f" + frame
            case "torn":
                return frame[: self._random.randrange(1, len(frame))]
            case "doubled":
                return frame + frame
            case "wrong-checksum":
                return self._with_wrong_checksum(frame)
            case "frozen":
                return self._frozen
            case "false-stable":
                return self._frame(moving=False)
