"""What every simulated indicator that speaks when asked shares: requests cut from the line, answers after a delay."""

from abc import abstractmethod
from collections import deque

from drivers.contract.quantities import Millis
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.indicator_peer import IndicatorPeer

_LONGEST_REQUEST = 64


class AskedPeer(IndicatorPeer):
    """Answers each request, which ends with one of `ends`, `delay` after it; by itself it says nothing.

    `acts` keeps the requests that changed the scale. A fault strikes the answers that tell the weight.
    """

    def __init__(self, deck: DeckModel, ends: bytes, delay: Millis, seed: int) -> None:
        super().__init__(deck, Millis(1), seed)
        self.acts = bytearray()
        self.delay = delay
        self._ends = ends
        self._begun = bytearray()
        self._coming: deque[tuple[int, bytes]] = deque()

    def feed(self, data: bytes) -> bytes:
        """What is answered at once; the rest comes with the time."""
        self.heard += data
        said = b""
        for byte in data:
            self._begun.append(byte)
            if byte in self._ends or len(self._begun) > _LONGEST_REQUEST:
                request = bytes(self._begun)
                self._begun.clear()
                answer = self._answer(request)
                if self.delay:
                    self._coming.append((int(self.delay), answer))
                else:
                    said += answer
        return said

    def advance(self, elapsed: Millis) -> bytes:
        """The answers that are due within the next `elapsed` milliseconds."""
        self._coming = deque((left - elapsed, answer) for left, answer in self._coming)
        said = b""
        while self._coming and self._coming[0][0] <= 0:
            said += self._coming.popleft()[1]
        return said

    @abstractmethod
    def _answer(self, request: bytes) -> bytes:
        """The answer to `request`, its end included; b"" for none. One that tells the weight is `self._say()`."""
