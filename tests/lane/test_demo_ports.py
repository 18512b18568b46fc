"""A demo root moves nothing real: neither a port nor an address, also not one that is plugged in only later."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from station.core.parameters import LaneParameters
from station.lane.assembly import refuse_real_ports
from station.lane.refusal import SettingsRefused
from station.settings.tables import Places, StationSettings, Trust


@dataclass(frozen=True)
class Serial:
    port: str


@dataclass(frozen=True)
class Scale:
    port: str
    pass_to_port: str = ""
    pass_to_tcp: str = ""


@dataclass(frozen=True)
class Module:
    host: str
    port: int = 502


@dataclass(frozen=True)
class Camera:
    url: str


@dataclass(frozen=True)
class Folder:
    folder: str


def refusal_of(device: object) -> str:
    """The words of the refusal, or "" if the device is allowed."""
    here = Path("here")
    settings = StationSettings(
        LaneParameters("VN-HN", "I1", "15BB"),
        "assumed",
        Places(here, here, here, here),
        {"first": Folder("pictures"), "second": device},
        None,
        None,
        Trust(here, here, here, here),
        "",
    )
    try:
        refuse_real_ports(settings)
    except SettingsRefused as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize(
    "device",
    [
        Serial("/dev/ttyNOT_PLUGGED_IN"),
        Serial("/dev/serial/by-id/usb-not-plugged-in"),
        Serial("/dev/pts/../ttyNOT_PLUGGED_IN"),
        Serial("/dev/null"),
        Module("192.0.2.7"),
        Module("scale.example"),
        Camera("rtsp://192.0.2.7:554/stream"),
        Camera("rtsp://camera.example/stream"),
        Camera("rtsp://127.0.0.1@192.0.2.7/stream"),
        Camera("no-address"),
        Serial("tcp://192.0.2.7:6000"),
        Scale("/dev/pts/9999", "/dev/ttyNOT_PLUGGED_IN"),
        Scale("/dev/pts/9999", "", "192.0.2.7:4001"),
    ],
    ids=str,
)
def test_what_could_be_real_is_refused(device: object) -> None:
    assert refusal_of(device).startswith("device.second: ")
    assert "next: provision a real root first" in refusal_of(device)


@pytest.mark.parametrize(
    "device",
    [
        Serial("/dev/pts/4711"),
        Module("127.0.0.1", 1502),
        Module("localhost"),
        Camera("rtsp://127.0.0.1:8554/stream"),
        Camera("rtsp://[::1]:8554/stream"),
    ],
    ids=str,
)
def test_pseudo_terminals_and_loopback_are_allowed(device: object) -> None:
    assert refusal_of(device) == ""


def test_a_link_to_a_port_that_is_not_plugged_in_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "scale"
    link.symlink_to("/dev/ttyNOT_PLUGGED_IN")
    assert refusal_of(Serial(str(link)))
    assert refusal_of(Serial(str(tmp_path / "made-by-the-demo"))) == ""
