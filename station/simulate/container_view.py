"""What a container camera looks at: one side of the container that stands on the deck, drawn."""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Final

from station.simulate.container_scene import View, container_picture

CONTAINER_VIEWS: Final[dict[str, View]] = {"container-left": "left", "container-rear": "rear"}
"""The yard's container cameras, by their devices' names."""
SIZE_TYPE: Final = "22G1"

_MOMENTS = 2


class ContainerView:
    """A picture source for a camera peer. `look` says which number stands there now; "" is bare steel.

    Each picture shows another moment than the one before, so that a camera is never frozen. `numbers` are drawn
    beforehand, so that no device waits for a drawing; any other is drawn when first seen.
    """

    def __init__(self, look: Callable[[], str], view: View, seed: int, numbers: Iterable[str] = ()) -> None:
        self._look = look
        self._view = view
        self._seed = seed
        self._moment = count()
        self._drawn = {number: self._draw(number) for number in numbers}

    def picture(self, _now_ms: int) -> bytes:
        """The side as it is now."""
        number = self._look()
        if number not in self._drawn:
            self._drawn[number] = self._draw(number)
        return self._drawn[number][next(self._moment) % _MOMENTS]

    def _draw(self, number: str) -> tuple[bytes, ...]:
        return tuple(
            container_picture(number or None, SIZE_TYPE, self._view, seed=self._seed, moment=moment)
            for moment in range(_MOMENTS)
        )
