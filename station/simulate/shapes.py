"""The vehicles that come to a gate, as its sensors meet them: where they press down, how high above the road they are.

Lengths and heights are those of common vehicles, rounded; they are ours, and what a proof says holds for them.
"""

from typing import NamedTuple

from drivers.contract.quantities import Grams


class Axle(NamedTuple):
    """One axle: how far behind the nose, and what it presses down with."""

    behind_nose_m: float
    load: Grams


class Section(NamedTuple):
    """A piece of a vehicle's side view, from `front` to `rear` metres behind the nose.

    A light beam is broken where it meets the vehicle between `bottom_m` and `top_m` above the road. A loop feels iron
    up to its own reach; what it would feel of this piece begins at `iron_m`.
    """

    front: float
    rear: float
    bottom_m: float
    top_m: float
    iron_m: float


class Shape(NamedTuple):
    """A kind of vehicle. `axles` are (metres behind the nose, percent of the gross mass)."""

    name: str
    length_m: float
    axles: tuple[tuple[float, int], ...]
    outline: tuple[Section, ...]

    def laden(self, gross: Grams) -> tuple[Axle, ...]:
        """Its axles when the whole weighs `gross`; their loads add up to it exactly."""
        loads = [gross * percent // 100 for _, percent in self.axles]
        loads[-1] += gross - sum(loads)
        return tuple(Axle(at, Grams(load)) for (at, _), load in zip(self.axles, loads, strict=True))


def _low(front: float, rear: float, top_m: float = 3.8) -> Section:
    """Wheels, frame or a low body: every loop feels it."""
    return Section(front, rear, 0.3, top_m, 0.3)


_SEMI_AXLES = ((1.4, 14), (4.8, 26), (12.0, 20), (13.3, 20), (14.6, 20))

ORDINARY = Shape("ordinary", 16.0, _SEMI_AXLES, (_low(0.0, 16.0),))
"""A tractor with a semi-trailer whose boxes and guards hang low between the axle groups."""

HIGH_BED = Shape(
    "high-bed",
    17.5,
    ((1.4, 14), (4.8, 26), (14.0, 20), (15.3, 20), (16.6, 20)),
    (_low(0.0, 5.6), Section(5.0, 17.5, 0.98, 1.5, 1.1), _low(13.5, 17.1, 1.5)),
)
"""Nothing but two high rails for 8 m between the tractor and the three axles at the end."""

DRAWBAR = Shape(
    "drawbar",
    18.5,
    ((1.4, 20), (5.6, 20), (6.9, 20), (12.0, 20), (16.8, 20)),
    (_low(0.0, 8.5), Section(8.5, 10.7, 0.55, 0.9, 1.2), _low(10.7, 18.5)),
)
"""A truck and its trailer, joined over 2.2 m by nothing but a thin drawbar."""

LOW_LOADER = Shape(
    "low-loader",
    17.0,
    ((1.4, 14), (4.8, 26), (14.2, 20), (15.4, 20), (16.5, 20)),
    (_low(0.0, 5.8, 1.3), Section(5.5, 8.0, 0.85, 1.5, 0.95), _low(8.0, 13.6, 0.9), _low(13.6, 17.0, 1.2)),
)
"""A goose-neck, then a bed close to the road with nothing on it."""

TRACTOR = Shape("tractor", 6.0, ((1.4, 60), (4.8, 40)), (_low(0.0, 2.3, 3.5), _low(2.3, 6.0, 1.2)))
"""A tractor without its trailer."""

MOTORCYCLE = Shape("motorcycle", 2.1, ((0.3, 50), (1.7, 50)), (Section(0.0, 2.1, 0.15, 1.4, 0.8),))
"""Too little iron for many a loop, too light for a truck scale."""
