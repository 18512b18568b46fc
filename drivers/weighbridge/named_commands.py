"""Commands that change a scale: refused unless the settings name them, and each order carried out once."""

from collections.abc import Callable

from drivers.contract.driver import Answer, Clock
from drivers.contract.orders import ChangeScale, ScaleCommand


class NamedCommands:
    """What the settings of scale `device` allow: `named`, nothing else."""

    def __init__(self, device: str, named: tuple[ScaleCommand, ...], clock: Clock) -> None:
        self._device = device
        self._named = named
        self._clock = clock
        self._last = ("", Answer("unknown"))

    def carry_out(self, order: ChangeScale, send: Callable[[ScaleCommand], Answer]) -> Answer:
        """The answer of `send`, called at most once for each order; refused and expired orders never call it."""
        if order.command not in self._named:
            return Answer("refused", f'the settings of {self._device} do not name the command "{order.command}"')
        late = self._clock() - order.not_after
        if late > 0:
            return Answer("expired", f"{late} ms late")
        if order.order_id != self._last[0]:
            self._last = (order.order_id, Answer("unknown", "the wire was lost while the command was sent"))
            self._last = (order.order_id, send(order.command))
        return self._last[1]
