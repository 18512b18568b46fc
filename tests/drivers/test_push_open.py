"""Opening a receiver of pushes: settings that cannot be used, ports that are taken, passwords that cannot be read."""

import socket
from pathlib import Path

import pytest

from drivers.camera.hikvision_push import HikvisionPushSettings
from drivers.contract import plain
from drivers.contract.faults import DeviceFault
from tests.drivers.harnesses.camera import secret
from tests.drivers.push_bench import hikvision_driver, hikvision_settings


def test_a_port_that_is_taken_and_an_address_that_is_not_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = hikvision_driver(tmp_path, hikvision_settings(port=stranger.getsockname()[1]))
        with pytest.raises(DeviceFault, match="port-busy"):
            taken.open()
    elsewhere = hikvision_driver(tmp_path, hikvision_settings(host="192.0.2.1"))
    with pytest.raises(DeviceFault, match="port-missing"):
        elsewhere.open()


def test_a_password_file_that_cannot_serve_is_named_and_its_content_is_not(tmp_path: Path) -> None:
    path = secret(tmp_path)
    settings = hikvision_settings(auth="digest", user="gate", password_file=str(path))
    path.chmod(0o640)
    with pytest.raises(DeviceFault, match="may be read by others; next: chmod 600") as raised:
        hikvision_driver(tmp_path, settings).open()
    assert "synthetic" not in str(raised.value)
    path.unlink()
    with pytest.raises(DeviceFault, match="No such file"):
        hikvision_driver(tmp_path, settings).open()
    path.touch(0o600)
    with pytest.raises(DeviceFault, match="is empty"):
        hikvision_driver(tmp_path, settings).open()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"host": "camera.lan"}, "host"),
        ({"allowed": ()}, "allowed"),
        ({"allowed": ("192.168.1.300",)}, "allowed"),
        ({"auth": "digest"}, "auth"),
        ({"user": "gate", "password_file": "/run/secret"}, "auth"),
        ({"auth": "digest", "user": "gate"}, "both or neither"),
        ({"auth": "digest", "user": "gate", "password_file": "secret"}, "whole path"),
        ({"path": "hikvision"}, "path"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_by_name(changes: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        hikvision_settings(**changes)


def test_settings_travel_as_canonical_json() -> None:
    settings = hikvision_settings(allowed=("127.0.0.1", "127.0.0.2"))
    assert plain.decode(HikvisionPushSettings, plain.encode(settings)) == settings
