"""The camera driver against two real streams: our own peer (MJPEG) and GStreamer's server (H.264)."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from drivers.camera.rtsp_driver import RtspCameraDriver, RtspCameraSettings
from drivers.camera.rtsp_peer import CameraFault, RtspPeer
from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Answer
from drivers.contract.faults import DeviceFault, Fault
from drivers.contract.orders import RaiseBoom, TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureFailed, PictureTaken, Reading
from drivers.contract.tools import Tools
from tests.drivers.rtsp_cameras import gstreamer_camera, peer_camera, read_stamp
from tests.support import free_port, wait_until

PATIENCE = Millis(50)
SLACK_MS = 1000  # two shared cores; a read that hangs would take 30 s
CODING_MS = 90  # from a stamp to its decoded frame: drawing, coding, decoding; less than the 100 from frame to frame


@pytest.fixture
def peer() -> Iterator[RtspPeer]:
    with peer_camera() as camera:
        yield camera


@pytest.fixture
def driver(peer: RtspPeer, tmp_path: Path) -> Iterator[RtspCameraDriver]:
    with_peer = make_driver(peer.url, tmp_path)
    with_peer.open()
    yield with_peer
    with_peer.close()


def make_driver(
    url: str, evidence: Path, frozen: int = 10_000, delay: int = CODING_MS, stale: int = 5_000
) -> RtspCameraDriver:
    settings = RtspCameraSettings("rtsp-camera", url, frozen=Millis(frozen), delay=Millis(delay))
    quick = replace(settings, open_timeout=Millis(1500), read_timeout=Millis(1200), stale=Millis(stale))
    return RtspCameraDriver("camera", quick, Tools(now, evidence))


def order(order_id: str, *, valid_ms: int = 2000) -> TakePicture:
    return TakePicture(order_id, Tick(now() + valid_ms), "plate")


def poll_until_reading(driver: RtspCameraDriver, deadline_ms: int) -> Reading:
    """The next reading; each poll must keep its patience."""
    end = now() + deadline_ms
    while now() < end:
        began = now()
        readings = driver.poll(PATIENCE)
        assert now() - began <= PATIENCE + SLACK_MS
        if readings:
            assert len(readings) == 1
            return readings[0]
    pytest.fail(f"no reading within {deadline_ms} ms")


def poll_until_fault(driver: RtspCameraDriver, deadline_ms: int) -> Fault:
    end = now() + deadline_ms
    while now() < end:
        try:
            readings = driver.poll(PATIENCE)
        except DeviceFault as error:
            return error.fault
        assert not readings
    pytest.fail(f"no fault within {deadline_ms} ms")


def take(driver: RtspCameraDriver, order_id: str) -> tuple[Tick, PictureTaken]:
    """The tick at which the order was given, and the picture that answered it."""
    ordered = now()
    assert driver.obey(order(order_id), Millis(300)) == Answer("accepted")
    reading = poll_until_reading(driver, 8000)
    assert isinstance(reading, PictureTaken)
    assert reading.order_id == order_id
    return ordered, reading


def assert_newer(ordered: Tick, picture: PictureTaken) -> None:
    stamp = read_stamp(picture.path)
    assert ordered <= stamp <= now()
    assert ordered < picture.taken <= now()


def test_open_says_what_the_stream_is(driver: RtspCameraDriver) -> None:
    identity = driver.open()
    assert identity.kind == "rtsp-camera"
    assert identity.detail == "MJPG 1280x720"
    assert not identity.motion_bounded


def test_a_picture_is_durable_and_named_by_its_content(driver: RtspCameraDriver, tmp_path: Path) -> None:
    _, picture = take(driver, "p1")
    path = tmp_path / picture.sha256[:2] / f"{picture.sha256}.jpg"
    assert picture.path == str(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == picture.sha256


def test_every_picture_is_newer_than_its_order_at_any_phase_of_the_stream(driver: RtspCameraDriver) -> None:
    numbers = []
    for phase in range(12):
        time.sleep(phase * 0.017)  # phases of the 100 ms between frames; what arrives meanwhile lies in buffers
        ordered, picture = take(driver, f"p{phase}")
        assert_newer(ordered, picture)
        numbers.append(picture.camera_frame)
    assert numbers == sorted(set(numbers))


def test_what_lay_in_the_buffers_is_drained_and_never_counts(peer: RtspPeer, driver: RtspCameraDriver) -> None:
    _, before = take(driver, "before")
    sent = peer.frames_sent
    wait_until(lambda: peer.frames_sent - sent >= 10, 10, "nobody polls: the stream piles up")
    waiting = peer.frames_sent - sent
    ordered, after = take(driver, "after")
    assert_newer(ordered, after)
    assert after.camera_frame - before.camera_frame >= waiting  # they were there, and were passed over


def test_an_order_right_after_open_is_answered_by_a_newer_frame(peer: RtspPeer, tmp_path: Path) -> None:
    driver = make_driver(peer.url, tmp_path)
    for n in range(3):
        driver.open()
        assert_newer(*take(driver, f"p{n}"))
    driver.close()


def test_the_delay_of_the_camera_is_allowed_for(peer: RtspPeer, tmp_path: Path) -> None:
    driver = make_driver(peer.url, tmp_path, delay=500)
    driver.open()
    ordered, picture = take(driver, "p")
    assert ordered < picture.taken
    assert read_stamp(picture.path) > ordered + 300
    driver.close()


def test_a_newer_order_replaces_the_waiting_one(driver: RtspCameraDriver) -> None:
    driver.obey(order("old"), Millis(300))
    driver.obey(order("new"), Millis(300))
    readings = [poll_until_reading(driver, 4000), poll_until_reading(driver, 4000)]
    assert readings[0] == PictureFailed("old", "stale")
    assert isinstance(readings[1], PictureTaken)
    assert readings[1].order_id == "new"


def test_the_same_order_twice_is_one_picture(driver: RtspCameraDriver) -> None:
    take(driver, "twice")
    assert driver.obey(order("twice"), Millis(300)) == Answer("accepted")
    end = now() + 500
    while now() < end:
        assert not driver.poll(PATIENCE)


def test_expired_foreign_and_unopened_orders(peer: RtspPeer, driver: RtspCameraDriver, tmp_path: Path) -> None:
    assert driver.obey(order("late", valid_ms=-1), Millis(300)) == Answer("expired")
    assert driver.obey(RaiseBoom("boom", Tick(now() + 300)), Millis(300)).code == "refused"
    assert make_driver(peer.url, tmp_path).obey(order("early"), Millis(300)).code == "refused"
    end = now() + 300
    while now() < end:
        assert not driver.poll(PATIENCE)


def test_a_stalled_stream_fails_the_order_in_time_and_then_is_silent(peer: RtspPeer, tmp_path: Path) -> None:
    driver = make_driver(peer.url, tmp_path, stale=800)
    driver.open()
    peer.fault = "stall"
    ordered = now()
    driver.obey(order("p"), Millis(300))
    assert poll_until_reading(driver, 5000) == PictureFailed("p", "stale")
    assert 800 <= now() - ordered <= 800 + PATIENCE + SLACK_MS
    fault = poll_until_fault(driver, 1500)
    assert fault.code == "silent"
    assert fault.thing == "camera"
    assert now() - ordered <= 1200 + PATIENCE + SLACK_MS
    assert driver.obey(order("q"), Millis(300)).code == "refused"
    driver.close()


def test_a_dropped_connection_is_noticed_at_once_and_reopened(peer: RtspPeer, driver: RtspCameraDriver) -> None:
    take(driver, "good")
    driver.obey(order("p"), Millis(300))
    peer.drop()
    began = now()
    assert poll_until_reading(driver, 4000) == PictureFailed("p", "no-stream")
    assert poll_until_fault(driver, 3_000).code == "silent"
    assert now() - began < 1200 + PATIENCE, "before the read would be given up"
    driver.close()
    driver.open()
    assert_newer(*take(driver, "again"))


def test_a_camera_that_repeats_its_last_picture_is_frozen(peer: RtspPeer, tmp_path: Path) -> None:
    driver = make_driver(peer.url, tmp_path, frozen=2000)
    driver.open()
    take(driver, "good")
    peer.fault = "freeze"
    began = now()
    assert poll_until_fault(driver, 6000).code == "frozen"
    assert 1000 <= now() - began <= 4500  # looked at once a second
    driver.close()


def test_garbage_in_the_packets_makes_no_picture(peer: RtspPeer, driver: RtspCameraDriver) -> None:
    take(driver, "good")
    peer.fault = "garbage"
    began = now()
    driver.obey(order("p"), Millis(300))
    outcome: Reading | None = None
    while outcome is None:
        outcome = next(iter(driver.poll(PATIENCE)), None)
    assert outcome == PictureFailed("p", "no-stream")
    assert poll_until_fault(driver, 3_000).code == "garbled"
    assert now() - began <= 1200 + PATIENCE + 3 * SLACK_MS


@pytest.mark.parametrize(("fault", "code"), [("refuse", "refused"), ("stall", "silent")])
def test_open_tells_a_refusal_from_a_stall(peer: RtspPeer, tmp_path: Path, fault: CameraFault, code: str) -> None:
    peer.fault = fault
    driver = make_driver(peer.url, tmp_path)
    began = now()
    with pytest.raises(DeviceFault) as raised:
        driver.open()
    assert raised.value.fault.code == code
    assert now() - began <= 1500 + 3 * SLACK_MS
    driver.close()


def test_open_of_an_address_where_nobody_listens(tmp_path: Path) -> None:
    driver = make_driver(f"rtsp://127.0.0.1:{free_port()}/lane", tmp_path)
    with pytest.raises(DeviceFault, match="port-missing"):
        driver.open()
    with pytest.raises(DeviceFault, match="not open"):
        driver.poll(PATIENCE)
    driver.close()
    driver.close()


def test_no_room_for_evidence_fails_the_order_and_not_the_camera(peer: RtspPeer, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.write_text("a file where the folder should be")
    driver = make_driver(peer.url, evidence)
    driver.open()
    driver.obey(order("p"), Millis(300))
    assert poll_until_reading(driver, 5000) == PictureFailed("p", "disk")
    evidence.unlink()
    take(driver, "q")
    driver.close()


def test_h264_from_gstreamer_pictures_are_newer_than_their_orders(tmp_path: Path) -> None:
    with gstreamer_camera(fps=10) as url:
        # Less than the one frame (100 ms) that the decoder holds back: that one must be allowed for by itself.
        driver = make_driver(url, tmp_path, delay=60)
        assert driver.open().detail == "h264 1280x720"
        assert (
            psutil.Process().net_connections("udp") == []
        )  # the server offers UDP too; a lost packet spoils a picture
        for phase in range(12):
            time.sleep(phase * 0.013)
            assert_newer(*take(driver, f"p{phase}"))
        time.sleep(1.0)
        ordered, picture = take(driver, "after a pause")
        assert_newer(ordered, picture)
        driver.close()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("rtsps://camera/lane", "rtsps"),
        ("rtsp://admin:synthetic@camera/lane", "password"),
        ("rtsp://admin@camera/lane", "password"),
        ("http://camera/lane", "rtsp://HOST"),
        ("rtsp:///lane", "rtsp://HOST"),
        ("camera", "rtsp://HOST"),
        ("rtsp://camera:99999/lane", "rtsp://HOST"),
        ("rtsp://admin:synthetic/a@camera/lane", "rtsp://HOST"),
        ("rtsp://[::1/lane", "rtsp://HOST"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_by_name(url: str, word: str) -> None:
    with pytest.raises(ValueError, match=word) as raised:
        RtspCameraSettings("rtsp-camera", url)
    assert "synthetic" not in str(raised.value)


def test_settings_travel_as_canonical_json() -> None:
    settings = RtspCameraSettings("rtsp-camera", "rtsp://127.0.0.1:8554/lane", stale=Millis(900))
    assert plain.decode(RtspCameraSettings, plain.encode(settings)) == settings
