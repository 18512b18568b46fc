"""From a stored picture to the reader's input: checked, unpacked, cut to the region, gray, 64x128."""

import hashlib
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.picture_size import is_whole, picture_size

Gray = NDArray[np.uint8]
"""Gray picture, shape (rows, columns), 0 = black."""

Tensor = NDArray[np.float32]
"""Network input, shape (1, 1, rows, columns), gray 0..255."""

Region = tuple[int, int, int, int]
"""x, y, width, height in pixels; a width or height of 0 means the whole picture."""

INPUT_ROWS = 64
INPUT_COLUMNS = 128
MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000

Unfit = Literal[
    "picture-missing",
    "picture-empty",
    "picture-too-large",
    "picture-altered",
    "not-a-picture",
    "too-many-pixels",
    "picture-broken-off",
    "undecodable",
    "region-outside",
]

NEXT_STEPS: dict[Unfit, str] = {
    "picture-missing": "see whether the evidence folder is mounted and the camera worker writes to it",
    "picture-empty": "see whether the disk is full",
    "picture-too-large": "lower the camera's resolution or JPEG quality",
    "picture-altered": "take a new picture; look for a second writer in the evidence folder",
    "not-a-picture": "set the source to JPEG or PNG",
    "too-many-pixels": "lower the camera's resolution",
    "picture-broken-off": "take a new picture; see whether the disk is full",
    "undecodable": "take a new picture",
    "region-outside": "set plate_region to lie within the camera's picture",
}


class PictureUnfit(Exception):
    """A picture that cannot be judged: why (a code), what was seen, and what to do next."""

    def __init__(self, code: Unfit, seen: str) -> None:
        self.code: Unfit = code
        self.seen = seen
        super().__init__(f"{code}: {seen}; next: {NEXT_STEPS[code]}")


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
    """A JPEG or PNG as gray values. Raises PictureUnfit, before unpacking where the header tells enough."""
    return _decode(data, cv2.IMREAD_GRAYSCALE)


def decode_half(data: bytes) -> Gray:
    """The same picture at half its width and height, in about a third of the time; for finding. Raises PictureUnfit."""
    return _decode(data, cv2.IMREAD_REDUCED_GRAYSCALE_2)


def _decode(data: bytes, flags: int) -> Gray:
    size = picture_size(data)
    if size is None:
        raise PictureUnfit("not-a-picture", f"{len(data)} bytes that are neither JPEG nor PNG")
    width, height = size
    if width * height > MAX_PIXELS:
        raise PictureUnfit("too-many-pixels", f"{width}x{height} pixels; at most {MAX_PIXELS} in all")
    if not is_whole(data):
        raise PictureUnfit("picture-broken-off", f"{len(data)} bytes of {width}x{height} without an end mark")
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise PictureUnfit("undecodable", str(error)) from error
    if picture is None or picture.ndim != 2 or picture.size == 0:
        raise PictureUnfit("undecodable", f"{len(data)} bytes of {width}x{height}")
    return np.asarray(picture, np.uint8)


def crop(picture: Gray, region: Region) -> Gray:
    """The region of a picture. Raises PictureUnfit if it does not lie wholly within it."""
    x, y, width, height = region
    if width == 0 or height == 0:
        return picture
    rows, columns = picture.shape
    if min(x, y, width, height) < 0 or x + width > columns or y + height > rows:
        raise PictureUnfit("region-outside", f"region {region} in a picture of {columns}x{rows}")
    return picture[y : y + height, x : x + width]


def shrink_to_input(gray: Gray) -> Gray:
    """Stretch to 64 rows and 128 columns: by area when the width shrinks, linear when it grows."""
    method = cv2.INTER_AREA if gray.shape[1] > INPUT_COLUMNS else cv2.INTER_LINEAR
    resized = cv2.resize(gray, (INPUT_COLUMNS, INPUT_ROWS), interpolation=method)
    return np.ascontiguousarray(resized, dtype=np.uint8)


def to_tensor(gray: Gray) -> Tensor:
    """A gray picture of any size as network input."""
    return shrink_to_input(gray).astype(np.float32)[np.newaxis, np.newaxis]
