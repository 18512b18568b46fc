"""The one danger of Modbus RTU: its answers do not say which request they answer. Pure.

An answer that comes after its request was given up looks exactly like the answer to the next request of the same
function and length (pymodbus 3.16.1 takes it and stays off by one for good, measured). Waiting out the device's
worst answer time is the first means. This is the second, for a device that is later than it promises: while an
unanswered read is in doubt, only reads of another form, that is another function or length, go out. A device answers
in the order in which it was asked, so an answer of that form proves that everything asked before is answered or lost.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from drivers.contract.quantities import Millis, Tick

BIT_READS = (1, 2)
_BITS_PER_OCTET = 8
_FORGOTTEN_AFTER = 5
"""Times the worst answer time: whoever was silent for so long has forgotten the question."""
_REMEMBERED = _FORGOTTEN_AFTER + 1
"""Forms in doubt: each failed exchange takes the worst answer time, so that an older one is forgotten, too."""

Form = tuple[int, int]
"""Function and number of octets: all that an answer shows of its question."""


@dataclass(frozen=True, slots=True)
class Read:
    """A request for `count` bits (functions 1 and 2) or registers (3 and 4) from `address`."""

    function: int
    address: int
    count: int

    @property
    def octets(self) -> int:
        """How many octets of values the answer has."""
        if self.function in BIT_READS:
            return (self.count + _BITS_PER_OCTET - 1) // _BITS_PER_OCTET
        return 2 * self.count

    @property
    def form(self) -> Form:
        """What the answer looks like."""
        return self.function, self.octets


@dataclass(frozen=True, slots=True)
class Doubt:
    """`read` was not answered. `forms` are those of all that was asked in vain since, newest last."""

    read: Read
    forms: tuple[Form, ...]
    asked: Tick

    def probe(self, answered: Iterable[Read]) -> Read:
        """A read of a form that nothing unanswered has: one that was answered before, else a part of the block.

        Only a block too small for that is asked for with more than it has: a device refuses that, which will do as
        well, but some devices do not answer at all what they do not like.
        """
        return next(read for read in (*answered, *self._parts()) if read.form not in self.forms)

    def in_vain(self, probe: Read, asked: Tick) -> "Doubt":
        """The probe was not answered either."""
        return replace(self, forms=(*self.forms, probe.form)[-_REMEMBERED:], asked=asked)

    def lasts(self, now: Tick, worst_answer: Millis) -> bool:
        """Whether an answer may still come at `now`."""
        return now - self.asked < _FORGOTTEN_AFTER * worst_answer

    def _parts(self) -> Iterator[Read]:
        step = _BITS_PER_OCTET if self.read.function in BIT_READS else 1
        yield from (replace(self.read, count=step * size) for size in range(1, _REMEMBERED + 2))


def doubted(read: Read, asked: Tick) -> Doubt:
    """The doubt about a read that was asked at `asked` and not answered."""
    return Doubt(read, (read.form,), asked)
