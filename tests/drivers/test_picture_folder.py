import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.picture_file import LARGEST_BYTES
from drivers.camera.picture_folder import PictureFolderDriver, PictureFolderSettings
from drivers.contract.driver import Answer
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import ShowLight, TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, PictureFailed, PictureTaken
from drivers.contract.tools import Tools

PATIENCE = Millis(50)


def picture(kind: str, grey: int) -> bytes:
    return cv2.imencode(kind, np.full((48, 64, 3), grey, np.uint8))[1].tobytes()


def png_header_only(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


class Bench:
    """A folder, a clock that is moved by hand, and the driver between them."""

    def __init__(self, tmp_path: Path) -> None:
        self.now = Tick(1000)
        self.folder = tmp_path / "pictures"
        self.folder.mkdir()
        self.evidence = tmp_path / "evidence"
        self.driver = self.another()

    def another(self) -> PictureFolderDriver:
        settings = PictureFolderSettings("picture-folder", str(self.folder), Millis(100))
        return PictureFolderDriver("folder", settings, Tools(lambda: self.now, self.evidence))

    def put(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)

    def order(self, order_id: str = "p") -> Answer:
        return self.driver.obey(TakePicture(order_id, Tick(self.now + 300), "plate"), PATIENCE)

    def taken(self, order_id: str) -> PictureTaken:
        assert self.order(order_id) == Answer("accepted")
        (reading,) = self.driver.poll(PATIENCE)
        assert isinstance(reading, PictureTaken)
        assert reading.order_id == order_id
        return reading


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_pictures_follow_each_other_by_name_and_begin_again(bench: Bench) -> None:
    pictures = {name: picture(".jpg", grey) for name, grey in (("b.jpg", 20), ("a.jpg", 10), ("c.jpg", 30))}
    for name, data in pictures.items():
        bench.put(name, data)
    bench.driver.open()
    shown = []
    for n in range(4):
        taken = bench.taken(f"p{n}")
        assert taken.taken == bench.now
        shown.append((taken.camera_frame, Path(taken.path).read_bytes()))
        bench.now = Tick(bench.now + 100)
    assert shown == [(1, pictures["a.jpg"]), (2, pictures["b.jpg"]), (3, pictures["c.jpg"]), (1, pictures["a.jpg"])]


def test_a_png_becomes_a_jpeg(bench: Bench) -> None:
    bench.put("a.png", picture(".png", 77))
    bench.driver.open()
    image = cv2.imread(bench.taken("p").path)
    assert image is not None
    assert image.shape == (48, 64, 3)
    assert abs(int(image[0, 0, 0]) - 77) <= 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no bytes"),
        (b"name,plate\n", "neither JPEG nor PNG"),
        (picture(".jpg", 10)[:-2], "cut off"),
        (picture(".jpg", 10)[:100], "broken"),
        (b"\xff\xd8\xff\xd9", "broken"),
        (picture(".png", 10)[:40], "cannot be decoded"),
        (png_header_only(60_000, 60_000), "60000x60000"),
        (png_header_only(0, 10), "0x10"),
    ],
)
def test_a_file_that_is_no_picture_is_named_and_the_next_one_serves(bench: Bench, data: bytes, why: str) -> None:
    bench.put("bad.jpg", data)
    bench.put("good.jpg", picture(".jpg", 10))
    bench.driver.open()
    bench.order()
    refused, failed = bench.driver.poll(PATIENCE)
    assert isinstance(refused, BytesRefused)
    assert refused.sample.startswith("bad.jpg: ")
    assert why in refused.sample
    assert failed == PictureFailed("p", "undecodable")
    bench.now = Tick(bench.now + 100)
    bench.taken("q")


def test_an_enormous_file_is_refused_without_reading_it_all(bench: Bench) -> None:
    bench.put("a.jpg", picture(".jpg", 10))
    os.truncate(bench.folder / "a.jpg", LARGEST_BYTES * 100)  # sparse
    bench.driver.open()
    bench.order()
    refused, failed = bench.driver.poll(PATIENCE)
    assert isinstance(refused, BytesRefused)
    assert "32 MiB" in refused.sample
    assert failed == PictureFailed("p", "undecodable")


def test_an_empty_or_missing_folder_says_what_to_do(bench: Bench) -> None:
    with pytest.raises(DeviceFault, match="put JPEG or PNG pictures into it"):
        bench.driver.open()
    bench.put(".hidden.jpg", picture(".jpg", 10))
    (bench.folder / "folder.jpg").mkdir()
    with pytest.raises(DeviceFault, match="silent"):
        bench.driver.open()
    bench.put("a.jpg", picture(".jpg", 10))
    bench.driver.open()
    for entry in bench.folder.iterdir():
        entry.rmdir() if entry.is_dir() else entry.unlink()
    bench.folder.rmdir()
    with pytest.raises(DeviceFault, match="port-missing"):
        bench.driver.poll(PATIENCE)


def test_orders_replaced_repeated_expired_foreign_and_early(bench: Bench) -> None:
    bench.put("a.jpg", picture(".jpg", 10))
    assert bench.order().code == "refused"
    bench.driver.open()
    assert bench.driver.obey(TakePicture("late", Tick(bench.now - 1), "plate"), PATIENCE) == Answer("expired")
    assert bench.driver.obey(ShowLight("l", Tick(bench.now + 9), "red"), PATIENCE).code == "refused"
    assert not bench.driver.poll(PATIENCE)
    bench.order("old")
    bench.order("new")
    bench.order("new")
    failed, taken = bench.driver.poll(PATIENCE)
    assert failed == PictureFailed("old", "stale")
    assert isinstance(taken, PictureTaken)
    assert taken.order_id == "new"
    bench.order("new")
    assert not bench.driver.poll(PATIENCE)


def test_no_room_for_evidence(bench: Bench) -> None:
    bench.put("a.jpg", picture(".jpg", 10))
    bench.evidence.write_text("a file where the folder should be")
    bench.driver.open()
    bench.order()
    assert bench.driver.poll(PATIENCE) == [PictureFailed("p", "disk")]


def test_closed_is_closed_and_opens_again(bench: Bench) -> None:
    bench.put("a.jpg", picture(".jpg", 10))
    bench.driver.open()
    bench.driver.close()
    bench.driver.close()
    with pytest.raises(DeviceFault, match="not open"):
        bench.driver.poll(PATIENCE)
    bench.driver.open()
    bench.taken("p")
