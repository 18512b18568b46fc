"""The snapshot driver against an HTTP camera of our own, with its account, its caches and its faults."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.camera.http_peer import DigestLock
from drivers.camera.snapshot_driver import HttpSnapshotDriver, HttpSnapshotSettings
from drivers.camera.snapshot_peer import SnapshotFault, SnapshotPeer
from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.driver import Answer
from drivers.contract.faults import DeviceFault, Fault
from drivers.contract.orders import RaiseBoom, TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BytesRefused, PictureFailed, PictureTaken, Reading
from drivers.contract.tools import Tools
from tests.drivers.harnesses.base import Served
from tests.drivers.harnesses.camera import ACCOUNT, secret
from tests.drivers.rtsp_cameras import read_stamp, stamped_jpeg
from tests.support import free_port

PATIENCE = Millis(50)
DEADLINE_MS = 10_000


class Camera:
    """The peer in a thread; `fault` sets what it does wrong."""

    def __init__(self, peer: SnapshotPeer) -> None:
        self.peer = peer
        peer.open()
        self._served = Served(peer.service)

    def fault(self, fault: SnapshotFault) -> None:
        with self._served.lock:
            self.peer.fault = fault

    def locked(self, act: Callable[[], None]) -> None:
        with self._served.lock:
            act()

    def close(self) -> None:
        self._served.close()
        self.peer.close()


@contextmanager
def camera(lock: DigestLock | None = None, keeps_ms: int = 0) -> Iterator[Camera]:
    made = Camera(SnapshotPeer(stamped_jpeg, lock, keeps_ms=keeps_ms))
    try:
        yield made
    finally:
        made.close()


def driver_of(url: str, folder: Path, password_file: Path | None = None, **changes: object) -> HttpSnapshotDriver:
    account = {} if password_file is None else {"user": ACCOUNT.user, "password_file": str(password_file)}
    made = HttpSnapshotSettings("http-snapshot", url, **{**account, "look_every": Millis(500), **changes})  # type: ignore[arg-type]
    return HttpSnapshotDriver("camera", made, Tools(now, folder / "evidence"))


def order(order_id: str, valid_ms: int = 1000) -> TakePicture:
    return TakePicture(order_id, Tick(now() + valid_ms), "plate")


def next_reading(driver: HttpSnapshotDriver, *ignored: type) -> Reading:
    end = now() + DEADLINE_MS
    while now() < end:
        for reading in driver.poll(PATIENCE):
            if not isinstance(reading, ignored):
                return reading
    pytest.fail(f"no reading within {DEADLINE_MS} ms")


def fault_of(driver: HttpSnapshotDriver) -> Fault:
    end = now() + DEADLINE_MS
    while now() < end:
        try:
            driver.poll(PATIENCE)
        except DeviceFault as error:
            return error.fault
    pytest.fail(f"no fault within {DEADLINE_MS} ms")


def take(driver: HttpSnapshotDriver, order_id: str) -> tuple[Tick, PictureTaken]:
    """The tick at which the order was given, and the picture that answered it."""
    ordered = now()
    assert driver.obey(order(order_id), Millis(300)) == Answer("accepted")
    reading = next_reading(driver)
    assert isinstance(reading, PictureTaken), reading
    assert reading.order_id == order_id
    return ordered, reading


def test_each_order_is_answered_by_a_picture_made_after_it(tmp_path: Path) -> None:
    with camera() as far:
        driver = driver_of(far.peer.url, tmp_path)
        assert driver.open().detail == "JPEG 1280x720"
        numbers = []
        for n in range(5):
            ordered, picture = take(driver, f"p{n}")
            assert ordered <= picture.taken <= read_stamp(picture.path) <= now()
            numbers.append(picture.camera_frame)
        assert numbers == sorted(set(numbers))
        driver.close()


@pytest.mark.parametrize("keeps_ms", [200, 700])
def test_a_picture_that_the_camera_kept_from_before_the_order_never_counts(tmp_path: Path, keeps_ms: int) -> None:
    with camera(keeps_ms=keeps_ms) as far:
        driver = driver_of(far.peer.url, tmp_path, stale=Millis(5_000))
        driver.open()
        for n in range(4):
            ordered, picture = take(driver, f"p{n}")
            assert read_stamp(picture.path) >= ordered  # the peer stamps its picture when it takes it
        driver.close()


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("has_qop", [True, False])
def test_it_proves_itself_once_and_again_when_the_camera_forgets(tmp_path: Path, algorithm: str, has_qop: bool) -> None:
    lock = DigestLock(ACCOUNT, algorithm, has_qop)  # type: ignore[arg-type]
    with camera(lock) as far:
        driver = driver_of(far.peer.url, tmp_path, secret(tmp_path))
        driver.open()
        take(driver, "p1")
        asked, given = far.peer.asked, far.peer.given
        take(driver, "p2")
        assert far.peer.asked - asked == far.peer.given - given  # no request was lost to a challenge
        far.locked(lock.forget)
        take(driver, "p3")
        assert lock.refused == 0
        driver.close()


def test_a_camera_that_asks_for_a_password_or_refuses_it_is_named(tmp_path: Path) -> None:
    with camera(DigestLock(ACCOUNT)) as far:
        with pytest.raises(DeviceFault, match="asks for a name and password; next: set user") as bare:
            driver_of(far.peer.url, tmp_path).open()
        assert bare.value.fault.code == "refused"
        wrong = secret(tmp_path)
        wrong.write_text("synthetic-wrong")
        with pytest.raises(DeviceFault, match="does not accept the name or password") as refused:
            driver_of(far.peer.url, tmp_path, wrong).open()
        assert refused.value.fault.code == "refused"
        assert "synthetic" not in str(refused.value)
        assert far.peer.asked <= 4  # it does not try for ever: cameras lock accounts
        with pytest.raises(DeviceFault, match="does not offer basic"):
            driver_of(far.peer.url, tmp_path, wrong, auth="basic").open()


@pytest.mark.parametrize("fault", ["no-length", "chunked"])
def test_answers_in_chunks_and_without_a_length(tmp_path: Path, fault: SnapshotFault) -> None:
    with camera() as far:
        far.fault(fault)
        driver = driver_of(far.peer.url, tmp_path)
        driver.open()
        take(driver, "p")
        driver.close()


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("html", "garbled", "text/html: snapshot: no JPEG"),
        ("cut", "garbled", "ended inside a message"),
        ("stall", "silent", "no whole picture within 1000 ms"),
        ("drip", "silent", "no whole picture within 1000 ms"),
        ("refuse", "refused", "503"),
        ("elsewhere", "refused", "302: it points elsewhere"),
        ("endless", "garbled", "more than"),
    ],
)
def test_at_open_each_wrong_answer_is_named(tmp_path: Path, fault: SnapshotFault, code: str, words: str) -> None:
    with camera() as far:
        far.fault(fault)
        driver = driver_of(far.peer.url, tmp_path, timeout=Millis(1_000), largest_picture=2_000_000)
        with pytest.raises(DeviceFault, match=words) as raised:
            driver.open()
        assert raised.value.fault.code == code
        assert "token" not in str(raised.value)
        assert far.peer.asked == 1  # and nobody went elsewhere
        driver.close()


def test_a_page_instead_of_a_picture_fails_the_order_and_then_the_camera(tmp_path: Path) -> None:
    with camera() as far:
        driver = driver_of(far.peer.url, tmp_path)
        driver.open()
        far.fault("html")
        driver.obey(order("p"), Millis(300))
        refused = next_reading(driver)
        assert isinstance(refused, BytesRefused)
        assert refused.sample == "text/html: snapshot: no JPEG"
        assert fault_of(driver).code == "garbled"
        assert list((tmp_path / "evidence").rglob("*.jpg")) == []
        driver.close()


def test_the_order_hears_of_a_page_and_of_a_camera_that_went(tmp_path: Path) -> None:
    with camera() as far:
        driver = driver_of(far.peer.url, tmp_path, look_every=Millis(60_000))
        driver.open()
        far.fault("html")
        driver.obey(order("p"), Millis(300))
        assert next_reading(driver, BytesRefused) == PictureFailed("p", "undecodable")
        far.fault("cut")
        driver.obey(order("q"), Millis(300))
        assert next_reading(driver, BytesRefused) == PictureFailed("q", "no-stream")
        assert driver.obey(order("r"), Millis(300)).code == "refused"
        assert fault_of(driver).code == "garbled"
        far.fault("")
        driver.open()
        take(driver, "s")
        driver.close()


def test_a_frozen_camera_answers_no_order_and_is_a_fault(tmp_path: Path) -> None:
    with camera() as far:
        driver = driver_of(far.peer.url, tmp_path, frozen=Millis(3_000), stale=Millis(500))
        driver.open()
        far.fault("freeze")
        driver.obey(order("p"), Millis(300))
        assert next_reading(driver) == PictureFailed("p", "stale")
        fault = fault_of(driver)
        assert (fault.code, "the same picture" in fault.seen) == ("frozen", True)
        driver.close()


def test_a_camera_that_goes_is_noticed_without_an_order(tmp_path: Path) -> None:
    with camera() as far:
        driver = driver_of(far.peer.url, tmp_path)
        driver.open()
        far.locked(far.peer.close)
        assert fault_of(driver).code == "port-missing"
        far.locked(far.peer.open)
        driver.open()
        take(driver, "p")
        driver.close()


def test_a_slow_camera_does_not_hold_the_worker_up(tmp_path: Path) -> None:
    with camera() as far:
        driver = driver_of(far.peer.url, tmp_path, timeout=Millis(3_000))
        driver.open()
        far.fault("stall")
        driver.obey(order("p"), Millis(300))
        longest, end = 0, now() + 1_500
        while now() < end:
            began = now()
            driver.poll(PATIENCE)
            longest = max(longest, now() - began)
        assert longest < 2_000  # below the 3 s of the camera's time-out
        driver.close()


def test_orders_late_foreign_twice_and_replaced(tmp_path: Path) -> None:
    with camera() as far:
        driver = driver_of(far.peer.url, tmp_path)
        assert driver.obey(order("early"), Millis(300)).code == "refused"
        driver.open()
        assert driver.obey(order("late", -1), Millis(300)) == Answer("expired")
        assert driver.obey(RaiseBoom("boom", Tick(now() + 300)), Millis(300)).code == "refused"
        driver.obey(order("old"), Millis(300))
        driver.obey(order("new"), Millis(300))
        driver.obey(order("new"), Millis(300))
        assert next_reading(driver) == PictureFailed("old", "stale")
        taken = next_reading(driver)
        assert isinstance(taken, PictureTaken)
        assert taken.order_id == "new"
        driver.close()


def test_no_room_for_evidence_fails_the_order_and_not_the_camera(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    with camera() as far:
        driver = driver_of(far.peer.url, tmp_path)
        driver.open()
        driver.obey(order("p"), Millis(300))
        assert next_reading(driver) == PictureFailed("p", "disk")
        (tmp_path / "evidence").unlink()
        take(driver, "q")
        driver.close()


def test_an_address_where_nobody_listens(tmp_path: Path) -> None:
    driver = driver_of(f"http://127.0.0.1:{free_port()}/picture", tmp_path)
    with pytest.raises(DeviceFault, match="port-missing"):
        driver.open()
    with pytest.raises(DeviceFault, match="not open"):
        driver.poll(PATIENCE)
    driver.close()
    driver.close()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://camera/picture", "https"),
        ("http://admin:synthetic@camera/picture", "password_file"),
        ("rtsp://camera/lane", "http://HOST"),
        ("http:///picture", "http://HOST"),
        ("http://camera:99999/picture", "http://HOST"),
        ("http://camera/pic ture", "http://HOST"),
        ("http://camera/pic\r\nHost: x", "http://HOST"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_by_name(url: str, word: str) -> None:
    with pytest.raises(ValueError, match=word) as raised:
        HttpSnapshotSettings("http-snapshot", url)
    assert "synthetic" not in str(raised.value)


def test_settings_travel_as_canonical_json() -> None:
    settings = HttpSnapshotSettings("http-snapshot", "http://127.0.0.1/p", "gate", "/run/secret", stale=Millis(900))
    assert plain.decode(HttpSnapshotSettings, plain.encode(settings)) == settings
