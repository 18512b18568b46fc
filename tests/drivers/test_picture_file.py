"""A JPEG's head from anybody: read without decoding, and without going on for ever."""

import pytest

from drivers.camera.picture_file import NoPicture, jpeg_sides

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
FRAME = b"\xff\xc0\x00\x0b\x08" + (480).to_bytes(2) + (640).to_bytes(2) + b"\x01\x01\x11\x00"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x2a" * 9
COMMENT = b"\xff\xfe\x00\x02"


def test_fill_bytes_and_comments_before_the_frame_are_passed_over() -> None:
    assert jpeg_sides("p", SOI + b"\xff" * 100 + COMMENT * 100 + FRAME + SCAN + EOI) == (640, 480)


@pytest.mark.parametrize("endless", [b"\xff", COMMENT], ids=["fill bytes", "empty comments"])
def test_a_head_without_end_is_given_up(endless: bytes) -> None:
    """16 MB of it, with a frame behind, would cost seconds: so long a worker would count as hung."""
    with pytest.raises(NoPicture, match="no end to its head"):
        jpeg_sides("p", SOI + endless * 1_000_000 + FRAME + SCAN + EOI)
