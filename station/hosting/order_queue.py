"""Orders that wait for one device: protective ones first, and nothing behind them that would undo them."""

from drivers.contract.driver import Answer
from drivers.contract.orders import Order, PictureOrder, is_protective, urgency, voids

VOIDED = Answer("refused", "nothing was sent: a protective order overtook it")


class OrderQueue:
    """First come, first served among equals; of pictures to be read the newest is served first."""

    def __init__(self) -> None:
        self._orders: list[Order] = []

    def __bool__(self) -> bool:
        return bool(self._orders)

    def put(self, order: Order) -> list[Order]:
        """Queue `order`; those that it makes void leave the queue, to be answered with `VOIDED`."""
        gone = [waiting for waiting in self._orders if voids(order, waiting)]
        waiting = [other for other in self._orders if other not in gone]
        waiting.insert(_place(order, waiting), order)
        self._orders = sorted(waiting, key=is_protective, reverse=True)
        return gone

    @property
    def first(self) -> Order:
        """The one that `take` gives. IndexError if there is none."""
        return self._orders[0]

    def take(self) -> Order:
        """The next one to carry out. IndexError if there is none."""
        return self._orders.pop(0)

    def clear(self) -> None:
        """Forget all."""
        self._orders.clear()


def _place(order: Order, waiting: list[Order]) -> int:
    """A picture that waited may show what has driven on, so a newer one goes before it; plates first, advice last."""
    if not isinstance(order, PictureOrder):
        return len(waiting)
    rank = urgency(order)
    behind = (at for at, other in enumerate(waiting) if isinstance(other, PictureOrder) and urgency(other) <= rank)
    return next(behind, len(waiting))
