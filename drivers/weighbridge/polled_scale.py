"""A truck scale that speaks when asked, whatever its protocol and its wire.

An answer carries no number of its question. So a question that got no answer within a period is void, and for another
period whatever still comes is thrown away before the next is asked. After an answer that came spoilt nothing is late.
"""

from collections.abc import Sequence
from typing import Annotated, Protocol

from annotated_types import Interval

from drivers.contract.driver import Answer, Clock, Identity
from drivers.contract.orders import Order
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.weighbridge.fixed_frames import BadBytes
from drivers.weighbridge.weigher import Advice, Heard, Weigher

AskEvery = Annotated[Millis, Interval(ge=50, le=400)]
"""How often a scale is asked: six answers without a gap make a window, and half a second is a gap."""

_SEND_WITHIN = Millis(50)
_SCALE_THINKS = Millis(50)


def check_pace(baud: int, octets: int, ask_every: Millis) -> None:
    """For the `__post_init__` of settings: `octets` are those of question and answer. Raises ValueError."""
    needed = -(-octets * 10 * 1000 // baud) + _SCALE_THINKS
    if ask_every < needed:
        raise ValueError(f"ask_every is {ask_every} ms, but at {baud} baud question and answer take {needed} ms")


class Question(Protocol):
    """How one scale is asked for its weight, on a wire of its own. Its text names the wire.

    A wire that gives its answer within the call (Modbus) may exchange in `ask` and hand the answer out in `hear`.
    """

    def open(self) -> str:
        """Take the wire; what a technician is told of the scale. Raises DeviceFault."""

    def ask(self, patience: Millis) -> None:
        """Ask once, within `patience`. Raises DeviceFault if the wire is gone."""

    def hear(self, patience: Millis) -> Sequence[Heard]:
        """What has come since the last call, waiting at most `patience`; () is "nothing yet".

        One frame is the whole answer, however many exchanges it took. Raises DeviceFault if the wire is gone or the
        answers tell that the scale cannot weigh ("frozen", "refused").
        """

    def forget(self) -> None:
        """Throw away what has come and what the scale may be in the middle of saying.

        Bytes of an answer that had begun may be handed out by the next `hear` as BadBytes, for a technician to see.
        """

    def close(self) -> None:
        """Give the wire back. Never raises."""


class PolledScale:
    """A Driver of one scale that is asked each `period`. What it obeys, gives and raises is the Weigher's."""

    def __init__(
        self, device: str, kind: str, question: Question, advice: Advice, period: Millis, silence: Millis, clock: Clock
    ) -> None:
        self._kind = kind
        self._question = question
        self._period = period
        self._clock = clock
        self._weigher = Weigher(device, advice, silence, clock)
        self._start_afresh()

    def open(self) -> Identity:
        detail = self._question.open()
        self._start_afresh()
        self._weigher.start_afresh()
        return Identity(self._kind, f"asking every {self._period} ms on {self._question}, {detail}")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        """Ask whenever it is time, until there is something to report or `patience` is over."""
        ends = Tick(self._clock() + patience)
        while True:
            torn = self._ask_in_time()
            now = self._clock()
            heard = self._question.hear(Millis(max(0, min(ends, self._next) - now)))
            readings = self._weigher.judge([*torn, *self._taken(heard)])
            if readings:
                return readings
            self._weigher.require_frames(self._question)
            now = self._clock()
            if now >= ends or (not heard and now < self._next):
                return []

    def obey(self, order: Order, patience: Millis) -> Answer:
        return self._weigher.obey(order)

    def close(self) -> None:
        self._question.close()

    def _interrupt(self) -> None:
        """Something else is about to be said on the wire: a question under way is void."""
        self._question.forget()
        self._is_waiting = self._came_spoilt = False
        self._next = Tick(self._clock() + self._period)

    def _start_afresh(self) -> None:
        self._next = self._clock()
        self._is_waiting = False
        self._came_spoilt = False

    def _ask_in_time(self) -> list[BadBytes]:
        """Put the next question if it is time; what had come of an answer that never became whole."""
        now = self._clock()
        if now < self._next:
            return []
        self._next = Tick(now + self._period)
        is_late = self._is_waiting and not self._came_spoilt
        self._is_waiting = self._came_spoilt = False
        self._question.forget()
        torn = [found for found in self._question.hear(Millis(0)) if isinstance(found, BadBytes)]
        if not is_late:
            self._question.ask(_SEND_WITHIN)
            self._is_waiting = True
        return torn

    def _taken(self, heard: Sequence[Heard]) -> list[Heard]:
        """Of `heard` one frame for the question, none where nobody asked, and all bad bytes."""
        taken: list[Heard] = []
        for found in heard:
            if isinstance(found, BadBytes):
                self._came_spoilt = True
                taken.append(found)
            elif self._is_waiting:
                self._is_waiting = False
                taken.append(found)
        return taken
