"""Clips of real cameras: frames from before the order to the end of the window, also over the loss of the camera."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.burnt_clock import WIDEST, burnt
from drivers.camera.rtsp_driver import RtspCameraDriver, RtspCameraSettings
from drivers.camera.rtsp_peer import RtspPeer
from drivers.camera.snapshot_driver import HttpSnapshotDriver, HttpSnapshotSettings
from drivers.camera.snapshot_peer import SnapshotPeer
from drivers.contract.clips import ClipStored
from drivers.contract.clock import now
from drivers.contract.driver import Answer, Driver
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureTaken, Reading
from drivers.contract.tools import Tools
from tests.drivers.clip_bench import (
    HEIGHT,
    PERIOD,
    WIDTH,
    await_clip,
    frames_of,
    index_of,
    keep,
    poll_for,
    ring,
    spans,
    stamp_in,
    stamped,
    stored_in,
)
from tests.drivers.harnesses.base import Served
from tests.drivers.rtsp_cameras import peer_camera
from tests.support import wait_until

PATIENCE = Millis(50)


@pytest.fixture
def peer() -> Iterator[RtspPeer]:
    with peer_camera(fps=8, source=stamped) as camera:
        yield camera


def rtsp(peer: RtspPeer, folder: Path) -> RtspCameraDriver:
    settings = RtspCameraSettings(
        "rtsp-camera",
        peer.url,
        open_timeout=Millis(1_500),
        read_timeout=Millis(1_200),
        delay=Millis(40),
        stale=Millis(5_000),
    )
    return RtspCameraDriver("camera", settings, Tools(now, folder / "evidence", ring=ring(folder)))


def clip_around(driver: Driver, beside: TakePicture | None = None) -> tuple[ClipStored, list[Reading]]:
    """A clip from 0.8 s before now to 0.8 s after it; the camera has been watched for a while."""
    poll_for(driver, 1_300)
    at = now()
    assert driver.obey(keep("k1", at - 800, at + 800), PATIENCE) == Answer("accepted")
    if beside is not None:
        assert driver.obey(beside, PATIENCE) == Answer("accepted")
    told, said = await_clip(driver)
    assert isinstance(told, ClipStored)
    return told, said


def test_a_stream_gives_frames_from_before_the_order_to_the_end_of_the_window(peer: RtspPeer, tmp_path: Path) -> None:
    driver = rtsp(peer, tmp_path)
    driver.open()
    try:
        told, said = clip_around(driver, TakePicture("p1", Tick(now() + 10_000), "plate"))
    finally:
        driver.close()
    assert [one.order_id for one in said if isinstance(one, PictureTaken)] == ["p1"], "what decides does not wait"
    index = index_of(tmp_path / "evidence", told.sha256)
    assert (index.clip, index.camera, index.since, index.until) == ("k1", "camera", told.since, told.until)
    assert spans(index), index
    assert (told.frames, told.first, told.last) == (len(index.frames), index.frames[0][0], index.frames[-1][0])
    assert 5 <= told.frames <= (told.until - told.since) // PERIOD + 2 and told.missing <= 800
    early = stored_in(said)[0]
    assert not early.whole and early.frames < told.frames, "the pre-roll is told as soon as it is safe"
    for tick, file in frames_of(tmp_path / "evidence", index):
        assert abs(stamp_in(file) - tick) <= 600, "a frame shows what was there at its tick"


def test_the_clock_is_burnt_in_below_the_picture_and_covers_nothing() -> None:
    small = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    large = np.full((1_080, 1_920, 3), 90, np.uint8)
    for pixels, height, width in ((small, HEIGHT, WIDTH), (large, 540, WIDEST)):
        framed = cv2.imdecode(np.frombuffer(burnt(pixels, "camera", Tick(7), 1_790_000_000_000), np.uint8), 1)
        assert framed is not None and framed.shape[1] == width
        assert abs(int(framed[: height - 8].max()) - 90) < 8 and framed[height:].max() > 200


def until_lost(driver: Driver) -> list[Reading]:
    said: list[Reading] = []
    end = now() + 10_000
    while now() < end:
        try:
            said += driver.poll(PATIENCE)
        except DeviceFault:
            return said
    raise AssertionError("the camera is never lost")


def test_a_lost_camera_tells_what_it_has_and_the_next_worker_goes_on(peer: RtspPeer, tmp_path: Path) -> None:
    driver = rtsp(peer, tmp_path)
    driver.open()
    poll_for(driver, 1_200)
    at = now()
    driver.obey(keep("k1", at - 1_000, at + 4_000), PATIENCE)
    poll_for(driver, 600)
    peer.fault = "refuse"
    peer.drop()
    partial = stored_in(until_lost(driver))[-1]
    driver.close()
    assert not partial.whole and partial.frames >= 4
    wait_until(lambda: now() > partial.last + 1_000, 5, "a gap that is one")
    peer.fault = ""
    second = rtsp(peer, tmp_path)
    second.open()
    back = now()
    try:
        assert second.obey(keep("k1", at - 1_000, at + 4_000, "o2"), PATIENCE) == Answer("accepted")
        told, _ = await_clip(second)
    finally:
        second.close()
    assert isinstance(told, ClipStored)
    index = index_of(tmp_path / "evidence", told.sha256)
    ticks = [tick for tick, _ in index.frames]
    assert spans(index) and any(tick < partial.last for tick in ticks) and any(tick > back for tick in ticks)
    assert told.missing >= 1_000 - PERIOD, "the gap is told"


def test_a_camera_of_single_pictures_gives_what_it_can(tmp_path: Path) -> None:
    """It takes a new picture each 800 ms, and is asked each 200 ms."""
    camera = SnapshotPeer(stamped, keeps_ms=800)
    camera.open()
    served = Served(camera.service)
    try:
        settings = HttpSnapshotSettings("http-snapshot", camera.url)
        driver = HttpSnapshotDriver("camera", settings, Tools(now, tmp_path / "evidence", ring=ring(tmp_path)))
        driver.open()
        try:
            told, _ = clip_around(driver)
        finally:
            driver.close()
    finally:
        served.close()
        camera.close()
    index = index_of(tmp_path / "evidence", told.sha256)
    assert 1 <= told.frames <= 4
    assert told.missing >= 600, "and says how much no frame shows"
    assert len({stamp_in(file) for _, file in frames_of(tmp_path / "evidence", index)}) == told.frames


def test_without_a_ring_the_order_is_refused(peer: RtspPeer, tmp_path: Path) -> None:
    settings = RtspCameraSettings("rtsp-camera", peer.url)
    driver = RtspCameraDriver("camera", settings, Tools(now, tmp_path / "evidence"))
    driver.open()
    try:
        assert driver.obey(keep("k1", now(), now() + 100), PATIENCE).code == "refused"
    finally:
        driver.close()


def test_a_ring_that_cannot_be_had_costs_the_clips_and_not_the_camera(peer: RtspPeer, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file")
    driver = rtsp(peer, tmp_path)
    driver.open()
    try:
        answer = driver.obey(keep("k1", now(), now() + 100), PATIENCE)
        driver.obey(TakePicture("p1", Tick(now() + 10_000), "plate"), PATIENCE)
        said, end = list[Reading](), now() + 10_000
        while not said and now() < end:
            said += driver.poll(PATIENCE)
        assert any(isinstance(one, PictureTaken) for one in said)
    finally:
        driver.close()
    assert answer.code == "refused"
