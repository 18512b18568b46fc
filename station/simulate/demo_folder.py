"""The folder of a demo run: keys, settings, the list to publish, what is expected, and where each part keeps its files.

A folder is replaced only if it carries our mark.
"""

import fcntl
import json
import secrets
import shutil
import socket
import time
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Literal, TextIO

from drivers.contract.plain import canonical
from station.core.facts import EligibleEntry
from station.simulate import demo_keys
from station.simulate.container_view import CONTAINER_VIEWS
from station.simulate.scene import PLATE_REGION
from station.simulate.stories import CONTAINER, GOODS, TARE, TRAILER, Story
from station.simulate.yard import BAUD
from station.trust.keys import load_key, write_secret

STATION, LANE, OFFICE = "VN-HN", "I1", "15BB"
_DAY_MS = 86_400_000
_LONGEST_SOCKET_PATH = 107


class FolderRefused(Exception):
    """The folder `path` cannot be used; `key` is the sentence that says why and what to do."""

    def __init__(self, key: Literal["foreign-folder", "busy-folder", "long-folder"], path: Path) -> None:
        super().__init__(f"{key}: {path}")
        self.key = key
        self.path = path


class DemoFolder:
    """Paths of a demo run under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._mark = self.root / ".border-gate-demo"
        self._lock: TextIO | None = None
        self.keys = self.root / "keys"
        self.password = self.keys / "password"
        self.yard = self.root / "yard"
        self.physical_log = self.yard / "physical.jsonl"
        self.centre = self.root / "centre"
        self.centre_settings = self.centre / "centre.toml"
        self.list = self.centre / "list.json"
        self.lane = self.root / "lane"
        self.lane_settings = self.lane / "lane.toml"
        self.journal = self.lane / "data"
        self.logs = self.root / "logs"
        self.stories = self.root / "stories.json"
        self.report = self.root / "report.json"

    def make(self, stories: Sequence[Story]) -> None:
        """Begin anew: an empty folder with keys, list and expectations. Raises FolderRefused or OSError."""
        if len(str(self.lane / "act.sock")) > _LONGEST_SOCKET_PATH:
            raise FolderRefused("long-folder", self.root)
        if self.root.exists() and any(self.root.iterdir()):
            if not self._mark.is_file():
                raise FolderRefused("foreign-folder", self.root)
            self._hold()
            shutil.rmtree(self.root)
            self.release()
        for folder in (self.keys, self.yard, self.centre, self.lane, self.logs):
            folder.mkdir(parents=True)
        self._mark.write_text("made by `station demo`, replaced by the next one\n", encoding="utf-8")
        self._hold()
        self._make_keys()
        self.list.write_bytes(canonical([_entry(story) for story in stories if story.is_listed and story.code]))
        self.stories.write_text(json.dumps([_expectation(story) for story in stories], indent=1), encoding="utf-8")

    def release(self) -> None:
        """Let another demo use the folder. May be called twice."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def write_settings(self, ports: Mapping[str, str], broker: tuple[str, int], version: str) -> None:
        """The settings of lane and centre, once the yard's ports and the broker are known."""
        host, port = broker
        station_key = load_key(self.keys / demo_keys.STATION_KEY).public.text
        self.lane_settings.write_text(_lane_toml(ports, host, port, version), encoding="utf-8")
        self.centre_settings.write_text(
            f"""database = {_text(f"sqlite:///{self.centre / 'centre.db'}")}
key_file = "../keys/{demo_keys.CENTRE_KEY}"
stations = ["{STATION}"]
station_keys = [["{STATION}", "{station_key}"]]
evidence = "evidence"

[broker]
host = {_text(host)}
port = {port}
version = "{version}"
""",
            encoding="utf-8",
        )

    def _hold(self) -> None:
        """Keep every other demo out while this one runs."""
        self._lock = self._mark.open(encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise FolderRefused("busy-folder", self.root) from error

    def _make_keys(self) -> None:
        password = secrets.token_hex(16)
        demo_keys.make_demo_keys(self.keys, STATION, password, _utc_ms())
        write_secret(self.password, password.encode())


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _utc_ms() -> int:
    return time.time_ns() // 1_000_000


def _entry(story: Story) -> EligibleEntry:
    return EligibleEntry(
        declaration=story.code,
        office=OFFICE,
        plate=story.plain_plate,
        trailer=TRAILER,
        container=CONTAINER,
        goods=GOODS,
        tare=TARE,
        status="cleared",
        channel="green",
        valid_until_ms=_utc_ms() + _DAY_MS,
    )


def _expectation(story: Story) -> dict[str, object]:
    """What the independent checker is told of a story."""
    return {
        "name": story.name,
        "plate": story.plain_plate,
        "declaration": story.code,
        "gross": story.gross,
        "end": story.expected.end,
        "reason": story.expected.reason,
        "verdict": story.expected.verdict,
        "basis": story.expected.basis,
        "container": story.container if story.expected.verdict else None,
        "sun": story.sun > 0,
        "link_down": story.is_link_down,
    }


def _text(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(text, ensure_ascii=False)


def _container_cameras(ports: Mapping[str, str]) -> str:
    """Those of the container cameras that have a port."""
    cameras = [device for device in CONTAINER_VIEWS if device in ports]
    if not cameras:
        return ""
    devices = "".join(
        f"""
[device.{device}]
kind = "http-snapshot"
url = {_text(ports[device])}
"""
        for device in cameras
    )
    return f"\n[lane.parts]\ncontainer_cameras = {json.dumps(cameras)}\n{devices}"


def _lane_toml(ports: Mapping[str, str], host: str, port: int, version: str) -> str:
    manifest = resources.files("models") / "manifest.toml"
    return f"""schema = 1

[lane]
station = "{STATION}"
lane = "{LANE}"
office = "{OFFICE}"
mode = "AUTOMATIC"
plate_region = {list(PLATE_REGION)}
data_folder = "data"
run_folder = "run"
act_socket = "act.sock"
clock = "assumed"

[lane.clips]
before = 5_000
after = 5_000

[device.barrier]
kind = "adam-6060"
host = "127.0.0.1"
port = {ports["barrier"]}

[device.scale]
kind = "toledo-continuous"
port = {_text(ports["scale"])}
baud = {BAUD}

[device.scanner]
kind = "line-scanner"
port = {_text(ports["scanner"])}
baud = {BAUD}

[device.camera]
kind = "rtsp-camera"
url = {_text(ports["camera"])}

[vision]
device = "reader"
manifest = {_text(str(manifest))}
{_container_cameras(ports)}
[link]
host = {_text(host)}
port = {port}
version = "{version}"

[trust]
root = "../keys/{demo_keys.ROOT}"
station_key = "../keys/{demo_keys.STATION_KEY}"
officers = "../keys/{demo_keys.OFFICERS_FILE}"
centre = "../keys/{demo_keys.CENTRE_STATEMENTS}"
"""
