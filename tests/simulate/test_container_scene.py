"""The drawn container: the same bytes for the same arguments, the number where the standard has it."""

import cv2
import numpy as np
import pytest

from station.simulate.container_scene import HEIGHT_PX, LETTER_HIGH_PX, WIDTH_PX, View, container_picture

NUMBER = "TCLU4567897"


def gray(data: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return picture.astype(np.int16)


def painted(view: View, seed: int) -> tuple[int, int, int, int]:
    """Where paint makes a difference: x, y, width, height."""
    bare = gray(container_picture(None, "22G1", view, seed=seed))
    apart = (np.abs(gray(container_picture(NUMBER, "22G1", view, seed=seed)) - bare) > 60).astype(np.uint8)
    x, y, wide, high = cv2.boundingRect(cv2.morphologyEx(apart, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    return x, y, wide, high


def test_the_same_arguments_give_the_same_bytes_and_another_moment_others() -> None:
    one = container_picture(NUMBER, "22G1", "rear", seed=3)
    assert container_picture(NUMBER, "22G1", "rear", seed=3) == one
    assert container_picture(NUMBER, "22G1", "rear", seed=3, moment=1) != one
    assert gray(one).shape == (HEIGHT_PX, WIDTH_PX)


@pytest.mark.parametrize("seed", range(5))
def test_it_lies_on_the_doors_and_stands_on_the_sides(seed: int) -> None:
    _, _, wide, high = painted("rear", seed)
    assert wide > 8 * LETTER_HIGH_PX > 3 * high / 2
    _, _, wide, high = painted("left", seed)
    assert high > 12 * LETTER_HIGH_PX > 3 * wide


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="10 characters"):
        container_picture("TCLU456789", "22G1", "rear", seed=1)
