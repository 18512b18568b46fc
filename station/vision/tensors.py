"""From a stored picture to the reader's input: checked, unpacked, cut to the region, gray, 64x128."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.picture_file import outline
from station.vision.unfit import PictureUnfit

Gray = NDArray[np.uint8]
"""Gray picture, shape (rows, columns), 0 = black."""

Colour = NDArray[np.uint8]
"""Picture in blue, green, red, shape (rows, columns, 3)."""

Tensor = NDArray[np.float32]
"""Network input, shape (1, 1, rows, columns), gray 0..255."""

Region = tuple[int, int, int, int]
"""x, y, width, height in pixels; a width or height of 0 means the whole picture."""

INPUT_ROWS = 64
INPUT_COLUMNS = 128
MAX_BYTES = 20_000_000

_WHOLE = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
_HALF = cv2.IMREAD_REDUCED_GRAYSCALE_2 | cv2.IMREAD_IGNORE_ORIENTATION
_HALF_COLOUR = cv2.IMREAD_REDUCED_COLOR_2 | cv2.IMREAD_IGNORE_ORIENTATION
_DEEP = _WHOLE | cv2.IMREAD_ANYDEPTH
_UNFILLED = 128
_MCU_ROWS = 8
"""The least rows that a JPEG codes together."""


def load_picture(path: Path, sha256: str) -> bytes:
    """The bytes of a stored picture whose hash is `sha256` (hex; "" checks none). Raises PictureUnfit."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PictureUnfit("picture-missing", f"{path}: {error.strerror}") from error
    if not data:
        raise PictureUnfit("picture-empty", f"{path} has 0 bytes")
    if len(data) > MAX_BYTES:
        raise PictureUnfit("picture-too-large", f"{path} has more than {MAX_BYTES} bytes")
    actual = hashlib.sha256(data).hexdigest()
    if sha256 not in ("", actual):
        raise PictureUnfit("picture-altered", f"{path} has sha256 {actual}, the order names {sha256}")
    return data


def decode_gray(data: bytes) -> Gray:
    """A JPEG or PNG as gray values in the order of the sensor. Raises PictureUnfit.

    What EXIF says of rotation is ignored: the camera is fixed, and a region is in the sensor's pixels, whether a
    camera's firmware writes the tag or not. Of 16 bits the upper 8 count; transparency is ignored.
    """
    return _decode(data, _WHOLE)


def decode_half(data: bytes) -> Gray:
    """The same picture at half its width and height (rounded either way), in about a third of the time; for finding.

    Checked as `decode_gray` does. Raises PictureUnfit.
    """
    return _decode(data, _HALF)


def decode_deep(data: bytes) -> Gray | NDArray[np.uint16]:
    """As `decode_gray`, but a PNG of 16 bits keeps them all: an X-ray picture needs them. Raises PictureUnfit."""
    picture = _unpacked(data, _DEEP)
    return np.asarray(picture, np.uint16) if picture.dtype == np.uint16 else np.asarray(picture, np.uint8)


def decode_colour(data: bytes) -> Colour:
    """A JPEG or PNG in blue, green, red, as `decode_gray` checks and turns it. Raises PictureUnfit."""
    return np.asarray(_unpacked(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION), np.uint8)


def decode_half_colour(data: bytes) -> Colour:
    """The same at half its width and height (rounded either way). Raises PictureUnfit."""
    return _decode(data, _HALF_COLOUR)


def _decode(data: bytes, flags: int) -> Gray:
    return np.asarray(_unpacked(data, flags), np.uint8)


def _unpacked(data: bytes, flags: int) -> NDArray[np.generic]:
    """The pixels as the decoder gives them, shape (rows, columns) or (rows, columns, 3). Raises PictureUnfit."""
    seen = outline(data)
    said = f"{len(data)} bytes of {seen.width}x{seen.height}"
    try:
        picture = cv2.imdecode(np.frombuffer(seen.file, np.uint8), flags)
    except cv2.error as error:
        raise PictureUnfit("undecodable", f"{said}: {error}") from error
    if picture is None or picture.ndim not in (2, 3) or picture.size == 0:
        raise PictureUnfit("undecodable", said)
    if seen.kind == "JPEG":
        gray = np.asarray(picture, np.uint8)
        if _is_unfilled(gray, _MCU_ROWS * gray.shape[0] // seen.height):
            raise PictureUnfit("picture-broken-off", f"{said}, its last rows were never sent")
    return np.asarray(picture)


def _is_unfilled(gray: Gray, rows: int) -> bool:
    """Where coded data are missing, a JPEG decoder paints exactly this gray and says nothing. A camera's last rows are
    never all of it; a picture that is one even gray was drawn.
    """
    last = gray[-max(1, rows) :]
    return bool((last == _UNFILLED).all()) and not bool((gray == _UNFILLED).all())


def crop(picture: Gray, region: Region) -> Gray:
    """The region of a picture, gray or in colour. Raises PictureUnfit if it does not lie wholly within it."""
    x, y, width, height = region
    if width == 0 or height == 0:
        return picture
    rows, columns = picture.shape[:2]
    if min(x, y, width, height) < 0 or x + width > columns or y + height > rows:
        raise PictureUnfit("region-outside", f"region {region} in a picture of {columns}x{rows}")
    return picture[y : y + height, x : x + width]


def shrink_to_input(gray: Gray) -> Gray:
    """Stretch to 64 rows and 128 columns: by area when the width shrinks, linear when it grows."""
    return stretched(gray, INPUT_ROWS, INPUT_COLUMNS)


def stretched(gray: Gray, rows: int, columns: int) -> Gray:
    """The whole picture in another size: by area when the width shrinks, linear when it grows."""
    method = cv2.INTER_AREA if gray.shape[1] > columns else cv2.INTER_LINEAR
    return np.ascontiguousarray(cv2.resize(gray, (columns, rows), interpolation=method), dtype=np.uint8)


def to_tensor(gray: Gray, rows: int = INPUT_ROWS, columns: int = INPUT_COLUMNS) -> Tensor:
    """A gray picture of any size as network input."""
    return stretched(gray, rows, columns).astype(np.float32)[np.newaxis, np.newaxis]
