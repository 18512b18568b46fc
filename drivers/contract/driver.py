"""The contract that every driver fulfils and the one contract suite tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading


@dataclass(frozen=True, slots=True)
class Identity:
    """What `open` learned about the device.

    `motion_bounded` is True only if the device itself ends a motion output (own pulse timer or host watchdog),
    verified at `open`; without it the lane can never be AUTOMATIC.
    """

    kind: str
    detail: str
    motion_bounded: bool = False


AnswerCode = Literal["accepted", "refused", "expired", "unknown"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an order at the device. "unknown" means that bytes left but no proof came back."""

    code: AnswerCode
    detail: str = ""


class Driver(Protocol):
    """One device. Blocking, single-threaded, owned by one worker process."""

    def open(self) -> Identity:
        """Connect; drop all motion outputs first. Raises DeviceFault; allowed again after close()."""

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Readings since the last call, within `patience`; [] is normal. Raises DeviceFault if deaf."""

    def obey(self, order: Order, patience: Millis) -> Answer:
        """At most one exchange and one read-back, within `patience` (<= 300 ms). Never raises DeviceFault
        for an order that is not its own: answers "refused". Checks `not_after` before the first byte.
        """

    def close(self) -> None:
        """Release the wire. Never raises; may be called at any time, twice too."""


Clock = Callable[[], Tick]
"""Where a driver gets its time; `drivers.contract.clock.now` in a worker, a fake one in a journey."""
