import hashlib
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.vision.picture_file import outline
from station.vision.tensors import MAX_BYTES, crop, decode_gray, load_picture, to_tensor
from station.vision.unfit import PictureUnfit


def picture(extension: str, rows: int = 48, columns: int = 80) -> bytes:
    values = np.arange(rows * columns * 3, dtype=np.uint32).reshape(rows, columns, 3) % 251
    done, packed = cv2.imencode(extension, values.astype(np.uint8))
    assert done
    return packed.tobytes()


def huge_png_header() -> bytes:
    """A PNG of 60,000 x 60,000 pixels in a few bytes."""
    body = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize("extension", [".jpg", ".png"])
def test_header_size_is_the_decoded_size(extension: str) -> None:
    data = picture(extension)
    seen = outline(data)
    assert (seen.width, seen.height) == (80, 48)
    assert decode_gray(data).shape == (48, 80)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x00"]))
def test_any_bytes_are_refused_by_name(tail: bytes, head: bytes) -> None:
    with pytest.raises(PictureUnfit):
        decode_gray(head + tail)


@given(st.integers(0, 2000))
def test_a_picture_that_breaks_off_anywhere_is_refused(keep: int) -> None:
    data = picture(".jpg")
    with pytest.raises(PictureUnfit) as refused:
        decode_gray(data[: min(keep, len(data) - 2)])
    assert refused.value.code in ("picture-broken-off", "not-a-picture")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (huge_png_header(), "too-many-pixels"),
        (b"GIF89a" + bytes(40), "not-a-picture"),
        (b"%PDF-1.7", "not-a-picture"),
        (picture(".jpg")[:200] + b"\xff\xd9", "picture-broken-off"),
        (b"\x89PNG\r\n\x1a\n" + picture(".png")[8:33] + b"\x00\x00\x00\x00IEND\xaeB`\x82", "undecodable"),
    ],
)
def test_each_kind_of_bad_picture_has_its_name(data: bytes, code: str) -> None:
    with pytest.raises(PictureUnfit) as refused:
        decode_gray(data)
    assert refused.value.code == code
    assert "next: " in str(refused.value)


def test_a_stored_picture_is_checked_before_it_is_read(tmp_path: Path) -> None:
    good = tmp_path / "good.jpg"
    good.write_bytes(picture(".jpg"))
    digest = hashlib.sha256(good.read_bytes()).hexdigest()
    assert load_picture(good, digest) == good.read_bytes()
    empty = tmp_path / "empty.jpg"
    empty.touch()
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    cases = [(good, "0" * 64, "picture-altered"), (empty, "", "picture-empty"), (large, "", "picture-too-large")]
    cases += [(tmp_path / "none.jpg", "", "picture-missing"), (tmp_path, "", "picture-missing")]
    for path, sha256, code in cases:
        with pytest.raises(PictureUnfit) as refused:
            load_picture(path, sha256)
        assert refused.value.code == code


def test_the_region_must_lie_within_the_picture() -> None:
    gray = decode_gray(picture(".png"))
    assert crop(gray, (8, 4, 16, 10)).shape == (10, 16)
    assert crop(gray, (0, 0, 0, 0)) is gray
    assert crop(gray, (0, 0, 80, 48)).shape == (48, 80)
    for region in [(70, 0, 11, 10), (0, 40, 10, 9), (-1, 0, 10, 10), (0, 0, -5, 10)]:
        with pytest.raises(PictureUnfit, match="region-outside"):
            crop(gray, region)


@pytest.mark.parametrize("shape", [(1, 1), (5, 300), (64, 128), (700, 90)])
def test_every_crop_becomes_the_same_input_shape(shape: tuple[int, int]) -> None:
    tensor = to_tensor(np.full(shape, 77, np.uint8))
    assert tensor.shape == (1, 1, 64, 128)
    assert tensor.dtype == np.float32
    assert float(tensor.min()) == float(tensor.max()) == 77.0
