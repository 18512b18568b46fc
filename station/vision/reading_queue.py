"""Pictures that wait: plates before containers, advice last, the newest first, none beyond its patience."""

from dataclasses import dataclass
from typing import Literal

from drivers.contract.orders import PictureOrder, urgency
from drivers.contract.quantities import Tick

MOST_WAITING = 4

Why = Literal["expired", "overtaken"]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """An order that will not be carried out any more: its patience is over, or too many newer ones came."""

    order: PictureOrder
    why: Why


class ReadingQueue:
    """The newest is the one with the latest `not_after`; what an older picture shows may have driven on."""

    def __init__(self) -> None:
        self._waiting: list[PictureOrder] = []
        self._given_up: list[GivenUp] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, order: PictureOrder) -> None:
        """Let `order` wait. Of more than MOST_WAITING the oldest of the least urgent is given up."""
        self._waiting = sorted([*self._waiting, order], key=_rank)
        if len(self._waiting) > MOST_WAITING:
            self._given_up.append(GivenUp(self._waiting.pop(0), "overtaken"))

    def take(self, now: Tick) -> tuple[PictureOrder | None, tuple[GivenUp, ...]]:
        """The newest order whose patience is not over, and those that were given up since the last call."""
        late = [order for order in self._waiting if now > order.not_after]
        given_up = (*self._given_up, *(GivenUp(order, "expired") for order in late))
        self._given_up.clear()
        self._waiting = [order for order in self._waiting if order not in late]
        return (self._waiting.pop() if self._waiting else None), given_up

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()
        self._given_up.clear()


def _rank(order: PictureOrder) -> tuple[int, int]:
    """The last one is carried out first."""
    return urgency(order), order.not_after
