"""Measures of made-up pictures: a background that stays, trucks that differ, and whatever a camera may suffer."""

import random
from functools import cache

from drivers.contract.quantities import Permille
from drivers.contract.readings import EDGE_COLUMNS, EDGE_ROWS, ViewMeasured
from station.core.camera_view import LEARNED_FROM, CameraView, look
from station.core.edge_map import EdgeMap, write_map

_BACKGROUND, _TRUCK = 420, 250
_TRUCK_COLUMNS = range(20, 44)


def measured(
    truck: int,
    *,
    sharpness: int = 1000,
    mean: int = 95,
    contrast: int = 110,
    dark: int = 0,
    burnt: int = 0,
    right: int = 0,
    covered: float = 0.0,
) -> ViewMeasured:
    """The picture of truck number `truck`, shifted `right` cells to the right, `covered` from the left."""
    cells = {((column + right) % EDGE_COLUMNS, row) for column, row in (*background(), *_front(truck))}
    kept = {(column, row) for column, row in cells if column >= covered * EDGE_COLUMNS}
    return ViewMeasured(
        "", Permille(sharpness), mean, contrast, Permille(dark), Permille(burnt), write_map(as_map(kept))
    )


def as_map(cells: set[tuple[int, int]]) -> EdgeMap:
    """Cells as (column, row)."""
    return sum(1 << ((EDGE_ROWS - 1 - row) * EDGE_COLUMNS + EDGE_COLUMNS - 1 - column) for column, row in cells)


@cache
def background() -> frozenset[tuple[int, int]]:
    chance = random.Random(1)
    sides = [column for column in range(EDGE_COLUMNS) if column not in _TRUCK_COLUMNS]
    return frozenset((chance.choice(sides), chance.randrange(EDGE_ROWS)) for _ in range(_BACKGROUND))


def _front(truck: int) -> set[tuple[int, int]]:
    chance = random.Random(1_000 + truck)
    return {(chance.choice(_TRUCK_COLUMNS), chance.randrange(EDGE_ROWS)) for _ in range(_TRUCK)}


@cache
def learned_by_day() -> CameraView:
    view = CameraView("camera")
    for truck in range(LEARNED_FROM):
        view, _ = look(view, measured(truck), surely_read=True)
    return view
