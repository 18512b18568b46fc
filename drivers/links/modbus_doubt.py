"""The one danger of Modbus RTU: its answers do not say which request they answer. Pure.

An answer that comes after its request was given up looks exactly like the answer to the next request of the same
function and length (pymodbus 3.16.1 takes it and stays off by one for good, measured). Waiting out the device's
worst answer time is the first means. This is the second, for a device that is later than it promises: while an
unanswered read is in doubt, reads go out in lengths that no unanswered read had. A device answers in the order in
which it was asked, so the answer to such a read proves that everything asked before is answered or lost.
"""

from dataclasses import dataclass, replace

from drivers.contract.quantities import Millis, Tick

_REMEMBERED = 4
_FORGOTTEN_AFTER = 10
"""Times the worst answer time: whoever was silent for so long has forgotten the question."""

BITS_PER_OCTET = 8


@dataclass(frozen=True, slots=True)
class Doubt:
    """A read of `function` at `address` was not answered. `sizes` are the lengths asked for in vain, newest last:
    octets of bits or numbers of registers.
    """

    function: int
    address: int
    sizes: tuple[int, ...]
    asked: Tick

    def another_size(self) -> int:
        """A length that none of the unanswered reads had; within the block that was asked for wherever it can be."""
        return next(size for size in range(1, len(self.sizes) + 2) if size not in self.sizes)

    def in_vain(self, size: int, asked: Tick) -> "Doubt":
        """The read in `another_size` was not answered either."""
        return replace(self, sizes=(*self.sizes, size)[-_REMEMBERED:], asked=asked)

    def lasts(self, now: Tick, worst_answer: Millis) -> bool:
        """Whether an answer may still come at `now`."""
        return now - self.asked < _FORGOTTEN_AFTER * worst_answer
