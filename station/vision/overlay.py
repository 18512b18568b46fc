"""Take out what somebody else's software has burnt into a photo, so that the paint is read and not the caption."""

import cv2
import numpy as np

from station.vision.unfit import PictureUnfit

_LEAST_BRIGHT, _MOST_RED = 150, 130
"""Of blue and green, and of red: frames and captions in cyan."""
_LEAST_BEYOND_RED = 70
_REACH_PX = 5
_QUALITY = 95


def without_cyan(body: bytes) -> bytes:
    """The picture as a JPEG, its cyan frames and captions painted over from around them. Raises PictureUnfit."""
    picture = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if picture is None:
        raise PictureUnfit("undecodable", f"{len(body)} bytes")
    blue, green, red = (picture[:, :, channel].astype(np.int16) for channel in range(3))
    least = np.minimum(blue, green)
    burnt = (least >= _LEAST_BRIGHT) & (red <= _MOST_RED) & (least - red >= _LEAST_BEYOND_RED)
    mask = cv2.dilate(burnt.astype(np.uint8) * 255, np.ones((2 * _REACH_PX - 3, 2 * _REACH_PX - 3), np.uint8))
    clean = cv2.inpaint(picture, mask, _REACH_PX, cv2.INPAINT_TELEA)
    _, packed = cv2.imencode(".jpg", clean, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return packed.tobytes()
