"""Pushes from an independent party, curl, into a worker process: authentication, order on the disk, and SIGKILL."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.camera.hikvision_peer import HikvisionEvent
from drivers.camera.hikvision_push import HikvisionPushSettings
from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, PlateSeen
from station.hosting.host import CATALOG_WORKER, HostEvent, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.process_host import ProcessHost
from tests.drivers.harnesses.camera import ACCOUNT, secret
from tests.drivers.pictures import jpeg_of, tiny_jpeg
from tests.support import free_port, needs, wait_until

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]
PLATE, SCENE = tiny_jpeg(1), jpeg_of(2, 640, 480)
PICTURES = {hashlib.sha256(jpeg).hexdigest(): jpeg for jpeg in (PLATE, SCENE)}


@dataclass
class Worker:
    """The process and what it told so far; `said` is its standard output."""

    process: "subprocess.Popen[bytes]"
    port: int
    said: Path

    @property
    def seen(self) -> list[PlateSeen]:
        """Whole lines only: a kill may cut the last."""
        lines = self.said.read_bytes().split(b"\n")[:-1]
        told = [plain.decode(PlateSeen | BytesRefused, line) for line in lines if line != b"open"]
        return [reading for reading in told if isinstance(reading, PlateSeen)]


@contextmanager
def worker(
    folder: Path, port: int, auth: str = "none", password_file: str = "", before: tuple[str, ...] = ()
) -> Iterator[Worker]:
    """A worker that listens until the end of the block."""
    said = folder / f"said-{time.monotonic_ns()}"
    arguments = [str(port), str(folder / "evidence"), auth, password_file]
    command = [*before, sys.executable, "-m", "tests.system.push_worker", *arguments]
    with (
        said.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=output) as process,
    ):
        wait_until(lambda: b"open\n" in said.read_bytes(), 20, "the worker listens")
        yield Worker(process, port, said)  # leaving closes its standard input, which ends it


def curl(port: int, folder: Path, event: HikvisionEvent, *options: str) -> "subprocess.Popen[bytes]":
    """Push `event` with both pictures; the process prints the status it got, 000 for none."""
    command = [
        str(needs("curl")),
        "--silent",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code}",
        "--max-time",
        "15",
    ]
    for name, data in (("anpr.xml", event.xml()), ("licensePlatePicture.jpg", PLATE), ("detectionPicture.jpg", SCENE)):
        path = folder / f"{event.uuid}-{name}"
        path.write_bytes(data)
        kind = "text/xml" if name.endswith("xml") else "image/jpeg"
        command += ["--form", f"{name}=@{path};type={kind};filename={name}"]
    command += ["--noproxy", "*", *options, f"http://127.0.0.1:{port}/hikvision"]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def status(process: "subprocess.Popen[bytes]") -> str:
    return process.communicate(timeout=20)[0].decode()


@pytest.fixture
def port() -> int:
    needs("curl")
    return free_port()


@pytest.mark.parametrize(
    "options", [(), ("--header", "Transfer-Encoding: chunked"), ("--header", "Expect: 100-continue")]
)
def test_curl_pushes_an_event_with_its_pictures(tmp_path: Path, port: int, options: tuple[str, ...]) -> None:
    with worker(tmp_path, port) as receiver:
        for _ in range(2):
            assert status(curl(port, tmp_path, HikvisionEvent(), *options)) == "200"
        wait_until(lambda: receiver.seen, 10, "the sighting is told")
        (seen,) = receiver.seen
    assert seen.plate == "12C04567"
    assert {digest: Path(path).read_bytes() for _, path, digest in seen.pictures} == PICTURES


@pytest.mark.parametrize("auth", ["digest", "basic"])
def test_curl_is_let_in_with_the_password_only(tmp_path: Path, port: int, auth: str) -> None:
    with worker(tmp_path, port, auth, str(secret(tmp_path))) as receiver:
        user = f"{ACCOUNT.user}:{ACCOUNT.password}"
        assert status(curl(port, tmp_path, HikvisionEvent())) == "401"
        assert status(curl(port, tmp_path, HikvisionEvent(), f"--{auth}", "--user", f"{ACCOUNT.user}:wrong")) == "401"
        assert receiver.seen == []
        assert status(curl(port, tmp_path, HikvisionEvent(), f"--{auth}", "--user", user)) == "200"
        wait_until(lambda: receiver.seen, 10, "the sighting is told")


def test_the_products_own_worker_receives_and_forgets_nothing_when_it_is_killed(tmp_path: Path, port: int) -> None:
    settings = HikvisionPushSettings("hikvision-push", HOST, (HOST,), port)
    host, heard = ProcessHost(), list[HostEvent]()

    def await_event(kind: type, count: int) -> None:
        def is_there() -> bool:
            host.turn(now())
            heard.extend(host.receive(Millis(10)))
            return sum(isinstance(event, kind) for event in heard) >= count

        wait_until(is_there, 20, f"{count} times {kind.__name__}")

    try:
        host.start(WorkerSpec("plates", CATALOG_WORKER, "hikvision-push", settings, tmp_path / "evidence"))
        await_event(WorkerOpened, 1)
        assert status(curl(port, tmp_path, HikvisionEvent())) == "200"
        await_event(WorkerRead, 1)
        memory = tmp_path / "evidence" / "pushed" / "plates.jsonl"
        wait_until(lambda: b'"_Told"' in memory.read_bytes(), 10, "the sighting is noted as told")
        os.kill(host.pids()["plates"], signal.SIGKILL)
        await_event(WorkerOpened, 2)
        assert status(curl(port, tmp_path, HikvisionEvent())) == "200"
        assert status(curl(port, tmp_path, HikvisionEvent(uuid="second", plate="14C12345"))) == "200"
        await_event(WorkerRead, 2)
    finally:
        host.close()
    told = [
        event.reading.plate for event in heard if isinstance(event, WorkerRead) and isinstance(event.reading, PlateSeen)
    ]
    assert told == ["12C04567", "14C12345"]
    assert any(isinstance(event, WorkerLost) for event in heard)


def test_the_disk_has_it_all_before_the_camera_is_thanked(tmp_path: Path, port: int) -> None:
    strace, log = needs("strace"), tmp_path / "strace.log"
    calls = "trace=openat,fsync,rename,sendto,mkdir"
    with worker(tmp_path, port, before=(str(strace), "-f", "-y", "-s", "200", "-o", str(log), "-e", calls)) as receiver:
        assert status(curl(port, tmp_path, HikvisionEvent())) == "200"
        wait_until(lambda: receiver.seen, 10, "the sighting is told")
    lines = log.read_text().splitlines()
    thanks = next(at for at, line in enumerate(lines) if "sendto(" in line and "HTTP/1.1 200" in line)
    evidence = tmp_path / "evidence"
    for digest in PICTURES:
        renamed = next(at for at, line in enumerate(lines) if "rename(" in line and f"{digest}.jpg" in line)
        assert any("fsync(" in line and f".{digest}." in line for line in lines[:renamed]), "bytes before the name"
        assert_synced(lines[renamed:], f"{evidence}/{digest[:2]}", thanks - renamed)
    assert_synced(lines, f"{evidence}/pushed/plates.jsonl", thanks)
    assert_synced(lines, f"{evidence}/pushed", thanks)


def assert_synced(lines: list[str], path: str, before: int) -> None:
    """What lies at `path` (the descriptor's own path, by strace -y) is synced before line `before`."""
    assert any("fsync(" in line and f"{path}>" in line for line in lines[:before]), f"{path} is not synced in time"


def test_killed_at_any_moment_nothing_thanked_for_is_lost_and_little_is_told_twice(tmp_path: Path, port: int) -> None:
    chance = random.Random(3)
    thanked: list[str] = []
    told: list[PlateSeen] = []
    for n in range(10):
        event = HikvisionEvent(uuid=f"event-{n}")
        with worker(tmp_path, port) as receiver:
            push = curl(port, tmp_path, event)
            time.sleep(chance.uniform(0, 0.05))  # the moment of the kill, anywhere in the push
            receiver.process.kill()
            if status(push) == "200":
                thanked.append(event.uuid)
        told += receiver.seen
    with worker(tmp_path, port) as last:
        assert status(curl(port, tmp_path, HikvisionEvent(uuid="last"))) == "200"
        wait_until(lambda: any(seen.event == "last" for seen in last.seen), 10, "the last sighting is told")
        told += last.seen
    events = [seen.event for seen in told]
    assert set(thanked) <= set(events)
    assert len(events) <= 2 * len(set(events))
    for seen in told:
        assert {digest: Path(path).read_bytes() for _, path, digest in seen.pictures} == PICTURES
