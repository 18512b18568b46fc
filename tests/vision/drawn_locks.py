"""Door locks as they are drawn for tests, by themselves and on the rear of a whole container."""

import cv2
import numpy as np

from station.simulate.container_scene import container_picture
from station.vision.tensors import Colour, decode_colour

STEEL, BLUE, RUST, WHITE = (150, 160, 160), (120, 50, 30), (40, 50, 110), (235, 235, 235)
YELLOW, RED, GREEN = (30, 220, 240), (40, 40, 220), (90, 200, 60)


def lock(door: tuple[int, int, int], seal: tuple[int, int, int] | None, steel: tuple[int, int, int] = STEEL) -> Colour:
    """A door lock of 44 x 66 pixels: plate, handle, hole, and the seal that hangs at its hasp."""
    told = np.empty((66, 44, 3), np.uint8)
    told[:] = door
    cv2.rectangle(told, (14, 4), (30, 58), steel, -1)
    cv2.rectangle(told, (0, 28), (43, 36), steel, -1)
    cv2.circle(told, (22, 12), 4, (40, 40, 40), -1)
    if seal is not None:
        cv2.circle(told, (22, 34), 5, seal, -1)
        cv2.rectangle(told, (18, 50), (26, 62), seal, -1)
    grain = np.random.default_rng(1).integers(-6, 7, told.shape[:2])[..., np.newaxis]
    return np.asarray(cv2.GaussianBlur(np.clip(told + grain, 0, 255).astype(np.uint8), (0, 0), 0.8), np.uint8)


LOCK_AT = (1240, 420, 176, 264)
"""Where in a rear picture the lock stands: x, y, width, height."""


def rear(
    seal: tuple[int, int, int] | None, *, number: str | None = None, seed: int = 7, door: tuple[int, int, int] = BLUE
) -> bytes:
    """A JPEG of 1920x1080 of a container's rear with a door lock at `LOCK_AT`, and what hangs at it."""
    picture = np.array(decode_colour(container_picture(number, "22G1", "rear", seed=seed)))
    x, y, width, height = LOCK_AT
    picture[y : y + height, x : x + width] = cv2.resize(lock(door, seal), (width, height))
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
    assert done
    return bytes(data)
