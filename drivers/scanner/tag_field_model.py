"""The tags in front of a reader: which are there, how strongly they answer, which a round misses. No bytes."""

import random
from dataclasses import dataclass

from drivers.contract.quantities import Permille


@dataclass(frozen=True, slots=True)
class Tag:
    """`rssi` in dBm at the antenna that sees it best."""

    epc: bytes
    rssi: int
    antenna: int


class TagField:
    """`missed` is the chance that a tag does not answer in a round; its strength wanders by `wander` dB."""

    def __init__(self, *, seed: int = 0, missed: Permille = Permille(0), wander: int = 3) -> None:
        self._random = random.Random(seed)
        self._missed = missed
        self._wander = wander
        self._tags: dict[bytes, Tag] = {}

    def put(self, epc: str, rssi: int = -55, antenna: int = 1) -> None:
        """A tag with this EPC, in hex, comes in front of `antenna` or moves there."""
        tag = Tag(bytes.fromhex(epc), rssi, antenna)
        self._tags[tag.epc] = tag

    def take(self, epc: str) -> None:
        """The tag leaves."""
        del self._tags[bytes.fromhex(epc)]

    def clear(self) -> None:
        """All tags leave."""
        self._tags.clear()

    def answers(self, antenna: int = 0) -> list[Tag]:
        """Who answers this round, in any order, with today's strength. 0 asks through all antennas."""
        there = [tag for tag in self._tags.values() if antenna in (0, tag.antenna)]
        self._random.shuffle(there)
        return [
            Tag(tag.epc, max(-128, min(-1, tag.rssi + self._random.randint(-self._wander, self._wander))), tag.antenna)
            for tag in there
            if self._random.randrange(1000) >= self._missed
        ]
