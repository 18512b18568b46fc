"""A frame of the ring: small enough to keep many, with the time in a strip of its own below the picture."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from drivers.camera.rtsp_capture import as_jpeg
from drivers.contract.quantities import Tick

if TYPE_CHECKING:
    from cv2.typing import MatLike

WIDEST = 960
"""px. What happened is to be seen, not read: the pictures that decide are kept apart, whole."""

QUALITY = 75
"""percent; some 70 KB a frame of a street by day."""

_STRIP = 24
_LETTERS, _AT = 0.5, (6, 17)
_WHITE = (255, 255, 255)


def burnt(pixels: "MatLike", camera: str, tick: Tick, utc_ms: int) -> bytes:
    """`pixels` (BGR) as a JPEG of at most WIDEST px, and below it camera, UTC and tick; nothing of it is covered."""
    import cv2

    height, width = pixels.shape[:2]
    if width > WIDEST:
        pixels = cv2.resize(pixels, (WIDEST, height * WIDEST // width), interpolation=cv2.INTER_AREA)
    framed = cv2.copyMakeBorder(pixels, 0, _STRIP, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    said = datetime.fromtimestamp(utc_ms / 1000, UTC).isoformat(sep=" ", timespec="milliseconds")
    at = (_AT[0], framed.shape[0] - _STRIP + _AT[1])
    text = f"{camera}  {said}  {tick}"
    cv2.putText(framed, text, at, cv2.FONT_HERSHEY_SIMPLEX, _LETTERS, _WHITE, 1, cv2.LINE_AA)
    return as_jpeg(framed, QUALITY)


def decoded(jpeg: bytes) -> "MatLike | None":
    """A JPEG as BGR; None if it cannot be decoded."""
    import cv2
    import numpy as np

    try:
        return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
