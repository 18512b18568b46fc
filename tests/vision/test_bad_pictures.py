"""Each bad picture is read rightly or refused by its name, in bounded time and memory, and none ends the process."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from station.vision.picture_file import MAX_PIXELS, MAX_SCANS
from station.vision.tensors import decode_gray, decode_half
from station.vision.unfit import NEXT_STEPS, PictureUnfit
from tests.vision import picture_bytes as make

PROGRESSIVE = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
JPEG = make.jpeg(make.drawn())
PNG = make.png([row.tobytes() for row in make.drawn()], 80)
LARGE = make.jpeg(make.drawn(480, 640))
ROW = bytes((10, 200, 90, 255))

REFUSED: dict[str, tuple[bytes, str]] = {
    "no bytes": (b"", "not-a-picture"),
    "a GIF": (b"GIF89a" + bytes(40), "not-a-picture"),
    "a web page": (b"<!DOCTYPE html><p>401 Unauthorized", "not-a-picture"),
    "only a start mark": (b"\xff\xd8", "picture-broken-off"),
    "start and end mark": (b"\xff\xd8\xff\xd9", "undecodable"),
    "a truncated JPEG": (JPEG[:-40], "picture-broken-off"),
    "a truncated PNG": (PNG[:-1], "picture-broken-off"),
    "a JPEG that its camera closed too early": (LARGE[: len(LARGE) * 3 // 5] + b"\xff\xd9", "picture-broken-off"),
    "a PNG with a wrong CRC": (PNG[:50] + bytes((PNG[50] ^ 1,)) + PNG[51:], "picture-damaged"),
    "a PNG of too few rows": (make.png([ROW] * 9, 4, height=10), "undecodable"),
    "bytes between JPEG segments": (JPEG[:2] + b"junk" + JPEG[2:], "picture-damaged"),
    "a segment shorter than its own length": (JPEG[:2] + b"\xff\xe1\x00\x01" + JPEG[2:], "picture-damaged"),
    "a JPEG with two frame headers": (
        JPEG[: make.frame_at(JPEG)] + make.frame_of(JPEG) + JPEG[make.frame_at(JPEG) :],
        "undecodable",
    ),
    "arithmetic coding": (make.with_frame(JPEG, marker=0xC9), "picture-coding"),
    "arithmetic coding, progressive": (make.with_frame(JPEG, marker=0xCA), "picture-coding"),
    "lossless coding": (make.with_frame(JPEG, marker=0xC3), "picture-coding"),
    "12 bits": (make.with_frame(JPEG, marker=0xC1, precision=12), "picture-coding"),
    "CMYK": (make.cmyk(JPEG), "picture-coding"),
    "a JPEG that says 65535x65535": (make.with_frame(JPEG, size=(65535, 65535)), "too-many-pixels"),
    "a JPEG that says more than it holds": (make.with_frame(JPEG, size=(3000, 2000)), "picture-broken-off"),
    "a JPEG of no rows": (make.with_frame(JPEG, size=(80, 0)), "undecodable"),
    "a PNG of no columns": (make.png([b""] * 4, 0), "undecodable"),
    "a palette that is missing": (make.png([ROW], 4, colour=make.PALETTE), "undecodable"),
    "a bomb": (make.png_bomb(40_000, 40_000), "too-many-pixels"),
    "more scans than a gate has time for": (
        make.scanned(make.jpeg(make.drawn(), *PROGRESSIVE), MAX_SCANS + 1),
        "too-many-scans",
    ),
    "a million empty chunks": (PNG[:33] + make.chunk(b"tEXt", b"") * 1_000_000 + PNG[33:], "undecodable"),
    "a million empty segments": (JPEG[:2] + b"\xff\xfe\x00\x02" * 1_000_000 + JPEG[2:], "undecodable"),
}

READ: dict[str, tuple[bytes, list[int]]] = {
    "gray": (make.png([ROW], 4), [10, 200, 90, 255]),
    "16 bits": (make.png([bytes((10, 255, 200, 0, 90, 1, 255, 255))], 4, depth=16), [10, 200, 90, 255]),
    "1 bit": (make.png([b"\xa0"], 4, depth=1), [255, 0, 255, 0]),
    "colour": (make.png([bytes((200, 0, 0, 0, 200, 0, 0, 0, 200))], 3, colour=make.RGB), [60, 117, 23]),
    "a palette": (
        make.png([bytes((1, 0))], 2, colour=make.PALETTE, before=make.chunk(b"PLTE", bytes((9, 9, 9, 70, 70, 70)))),
        [70, 9],
    ),
    "gray and alpha": (make.png([bytes((10, 0, 200, 255))], 2, colour=make.GRAY_ALPHA), [10, 200]),
    "colour and alpha": (make.png([bytes((50, 50, 50, 0))], 1, colour=make.RGB_ALPHA), [50]),
    "another gamma": (make.png([ROW], 4, before=make.chunk(b"gAMA", bytes(4))), [10, 200, 90, 255]),
    "an animation": (
        make.png([ROW], 4, before=make.chunk(b"acTL", bytes((0, 0, 0, 9, 0, 0, 0, 0)))),
        [10, 200, 90, 255],
    ),
    "bytes after the end of a PNG": (make.png([ROW], 4) + b"vendor", [10, 200, 90, 255]),
}


def refusal(data: bytes, decode: Callable[[bytes], object] = decode_gray) -> str:
    with pytest.raises(PictureUnfit) as refused:
        decode(data)
    assert NEXT_STEPS[refused.value.code] in str(refused.value)
    return refused.value.code


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("decode", [decode_gray, decode_half])
def test_each_bad_picture_is_refused_by_its_name(name: str, decode: Callable[[bytes], object]) -> None:
    data, code = REFUSED[name]
    assert refusal(data, decode) == code


@pytest.mark.parametrize("name", READ)
def test_each_unusual_png_is_read_rightly(name: str) -> None:
    data, values = READ[name]
    assert decode_gray(data).ravel().tolist() == pytest.approx(values, abs=1)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(make.jpeg(make.drawn(), *PROGRESSIVE), id="progressive"),
        pytest.param(make.scanned(make.jpeg(make.drawn(), *PROGRESSIVE), MAX_SCANS), id="many scans"),
        pytest.param(make.exif_rotated(JPEG, 6), id="EXIF says rotated"),
        pytest.param(make.with_segment(JPEG, 0xE2, b"ICC_PROFILE\x00\x01\x01" + bytes(500)), id="a broken profile"),
        pytest.param(make.with_segment(JPEG, 0xE1, JPEG), id="a thumbnail with marks of its own"),
        pytest.param(JPEG + bytes(600), id="zeros after the end"),
        pytest.param(JPEG + b"vendor" + bytes(3), id="vendor bytes after the end"),
        pytest.param(JPEG + LARGE, id="a second picture after the first"),
        pytest.param(JPEG[:2] + b"\xff\xff\xff" + JPEG[2:], id="fill bytes"),
        pytest.param(make.jpeg(cv2.cvtColor(make.drawn(), cv2.COLOR_GRAY2BGR).astype(np.uint8)), id="colour"),
    ],
)
def test_each_unusual_jpeg_is_read_rightly(data: bytes) -> None:
    seen = decode_gray(data)
    assert seen.shape == (48, 80)
    assert int(np.abs(seen.astype(int) - make.drawn()).max()) < 12


def test_what_exif_says_of_rotation_changes_nothing() -> None:
    for orientation in range(1, 9):
        assert np.array_equal(decode_gray(make.exif_rotated(JPEG, orientation)), decode_gray(JPEG))
        assert np.array_equal(decode_half(make.exif_rotated(JPEG, orientation)), decode_half(JPEG))


@pytest.mark.parametrize("data", [LARGE, make.png([row.tobytes() for row in make.drawn(480, 640)], 640)])
def test_half_is_the_same_picture_at_half_the_size(data: bytes) -> None:
    whole, half = decode_gray(data), decode_half(data)
    assert half.shape == (240, 320)
    expected = cv2.resize(whole, (320, 240), interpolation=cv2.INTER_AREA)
    assert int(np.abs(half.astype(int) - expected).max()) < 16


def test_a_picture_of_the_decoder_s_own_gray_is_a_picture() -> None:
    even = np.full((48, 80), 128, np.uint8)
    assert np.array_equal(decode_gray(make.jpeg(even)), even)
    lower = make.drawn()
    lower[24:] = 128
    assert decode_gray(make.png([row.tobytes() for row in lower], 80))[40, 40] == 128


_COST = """
import resource, sys, time
from pathlib import Path
from station.vision.tensors import decode_gray
from station.vision.unfit import PictureUnfit

def peak_kib():  # getrusage's figure would be that of the parent before this program was loaded
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

data = Path(sys.argv[1]).read_bytes()
before = peak_kib()
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
began = time.process_time()
try:
    decode_gray(data)
except PictureUnfit as error:
    print(error.code, end=" ")
took = time.process_time() - began
print(round(took * 1000), (peak_kib() - before) // 1024)
"""

SIDE = int(MAX_PIXELS**0.5)
MOST_MS = 1_500
MOST_MIB = 300


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["bomb", "png as large as allowed", "scans as many as allowed", "a million chunks", "a lying header"]
)
def test_the_worst_picture_costs_a_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    even = np.full((SIDE, SIDE, 3), 90, np.uint8)
    full = (*PROGRESSIVE, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444)
    worst: dict[str, Callable[[], bytes]] = {
        "bomb": lambda: make.png_bomb(40_000, 40_000),
        "png as large as allowed": lambda: make.png([bytes(SIDE * 8)] * SIDE, SIDE, depth=16, colour=make.RGB_ALPHA),
        "scans as many as allowed": lambda: make.scanned(make.jpeg(even, *full), MAX_SCANS),
        "a million chunks": lambda: REFUSED["a million empty chunks"][0],
        "a lying header": lambda: make.with_frame(JPEG, size=(SIDE, SIDE)),
    }
    path = tmp_path / "worst"
    path.write_bytes(worst[name]())
    told = run_child(_COST, str(path)).split()
    took_ms, grew_mib = int(told[-2]), int(told[-1])
    assert took_ms <= MOST_MS, told
    assert grew_mib <= MOST_MIB, told


_FUZZ = """
import random, sys
from tests.vision import picture_bytes as make
from station.vision.tensors import decode_gray, decode_half
from station.vision.unfit import PictureUnfit

chance = random.Random(7)
jpeg = make.jpeg(make.drawn(), 1, 90)
whole = (jpeg, make.scanned(make.jpeg(make.drawn(), 2, 1), 10), make.png([row.tobytes() for row in make.drawn()], 80))
read = refused = 0
for turn in range(2_000):
    data = bytearray(whole[turn % 3])
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        match chance.randrange(5):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                data[at] = chance.randrange(256)
            case 2:
                del data[at : at + chance.randint(1, 40)]
            case 3:
                data[at:at] = chance.randbytes(chance.randint(1, 40))
            case 4:
                data[at:at] = data[at : at + chance.randint(1, 400)]
        if not data:
            break
    # The CRCs of half the PNGs are put right, so that the decoder behind them is reached too.
    told = bytes(data) if turn % 2 else make.with_right_crcs(bytes(data))
    for decode in (decode_gray, decode_half):
        try:
            read += decode(told).size > 0
        except PictureUnfit:
            refused += 1
print(read, refused)
"""


@pytest.mark.slow
def test_2000_mutations_are_read_or_refused_and_never_end_the_process() -> None:
    read, refused = (int(word) for word in run_child(_FUZZ).split())
    assert read + refused == 4_000
    assert read > 200, "the mutations never reach the decoder"
    assert refused > 200, "nothing is ever refused"


def run_child(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
