"""RTSP cameras that ask for an account, and one that is set to another size while it runs."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.camera.http_peer import DigestLock
from drivers.camera.rtsp_driver import RtspCameraDriver, RtspCameraSettings
from drivers.contract.clock import now
from drivers.contract.driver import Answer
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import TakePicture
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import PictureTaken, Reading
from drivers.contract.tools import Tools
from tests.drivers.harnesses.camera import ACCOUNT, secret
from tests.drivers.rtsp_cameras import gstreamer_camera, peer_camera, stamped_jpeg

DEADLINE_MS = 8_000


def lock() -> DigestLock:
    return DigestLock(ACCOUNT, has_qop=False)  # RFC 2069, as most cameras still ask over RTSP


def driver_of(url: str, folder: Path, password_file: Path | None = None) -> RtspCameraDriver:
    user = "" if password_file is None else ACCOUNT.user
    settings = RtspCameraSettings("rtsp-camera", url, user, str(password_file or ""))
    return RtspCameraDriver("camera", settings, Tools(now, folder / "evidence"))


def first(driver: RtspCameraDriver) -> Reading:
    end = now() + DEADLINE_MS
    while now() < end:
        if readings := driver.poll(Millis(50)):
            return readings[0]
    pytest.fail(f"no reading within {DEADLINE_MS} ms")


def ordered(driver: RtspCameraDriver) -> Reading:
    assert driver.obey(TakePicture("p", Tick(now() + 1000), "plate"), Millis(300)) == Answer("accepted")
    return first(driver)


def test_a_camera_opens_to_its_account(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with peer_camera(lock=lock()) as camera:
        driver = driver_of(camera.url, tmp_path, secret(tmp_path))
        assert driver.open().detail == "MJPG 1280x720"
        assert isinstance(ordered(driver), PictureTaken)
        driver.close()
    assert ACCOUNT.password not in "".join(capfd.readouterr())


def test_a_password_with_signs_of_an_address_in_it(tmp_path: Path) -> None:
    account = DigestLock(type(ACCOUNT)(ACCOUNT.user, "syn:the/tic@7?#%41"), has_qop=False)
    path = secret(tmp_path)
    path.write_text(account.account.password)
    with peer_camera(lock=account) as camera:
        driver = driver_of(camera.url, tmp_path, path)
        driver.open()
        driver.close()


def test_a_wrong_password_and_none_are_told_apart(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = secret(tmp_path)
    path.write_text("synthetic-wrong")
    with peer_camera(lock=lock()) as camera:
        with pytest.raises(DeviceFault, match="does not accept the name or password") as wrong:
            driver_of(camera.url, tmp_path, path).open()
        with pytest.raises(DeviceFault, match=r"asks for a name and password .*next: set user") as none:
            driver_of(camera.url, tmp_path).open()
    assert [fault.value.fault.code for fault in (wrong, none)] == ["refused", "refused"]
    assert "synthetic-wrong" not in str(wrong.value) + "".join(capfd.readouterr())


def test_gstreamers_server_opens_to_the_account_and_to_no_other(tmp_path: Path) -> None:
    path = secret(tmp_path)
    with gstreamer_camera(account=ACCOUNT) as url:
        driver = driver_of(url, tmp_path, path)
        assert driver.open().detail == "h264 1280x720"
        driver.close()
        with pytest.raises(DeviceFault, match=r"asks for a name and password"):
            driver_of(url, tmp_path).open()
        path.write_text("synthetic-wrong")
        with pytest.raises(DeviceFault, match="does not accept the name or password"):
            driver_of(url, tmp_path, path).open()
        path.write_text(ACCOUNT.password)
        with pytest.raises(DeviceFault, match="not known to the camera"):
            driver_of(url.replace("/lane", "/elsewhere"), tmp_path, path).open()


def test_a_picture_of_other_sides_is_a_fault_and_the_next_open_says_which(tmp_path: Path) -> None:
    is_small = False

    def source(now_ms: int) -> bytes:
        jpeg = stamped_jpeg(now_ms)
        if not is_small:
            return jpeg
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        return cv2.imencode(".jpg", cv2.resize(image, (640, 360)))[1].tobytes()

    with peer_camera(source=source) as camera:
        driver = driver_of(camera.url, tmp_path)
        driver.open()
        assert isinstance(ordered(driver), PictureTaken)
        is_small = True
        with pytest.raises(DeviceFault, match="changed from 1280x720 to 640x360") as raised:
            first(driver)
        assert raised.value.fault.code == "unfit"
        driver.close()
        assert driver.open().detail == "MJPG 640x360"
        driver.close()
