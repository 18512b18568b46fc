"""The receiver of pushes against the cameras' far ends and bare sockets: stored first, thanked then, told once."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.camera.dahua_peer import DahuaEvent, DahuaPeer
from drivers.camera.dahua_push import DahuaPushDriver, DahuaPushSettings
from drivers.camera.hikvision_peer import HikvisionEvent, HikvisionPeer, event_post, heartbeat_post
from drivers.camera.http_peer import Account
from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis
from drivers.contract.readings import PlateSeen
from drivers.contract.tools import Tools
from tests.drivers.harnesses.camera import ACCOUNT, secret
from tests.drivers.pictures import jpeg_of, tiny_jpeg
from tests.drivers.push_bench import DEADLINE_MS, HOST, PushBench, hikvision_driver, hikvision_settings
from tests.support import free_port

PLATE, SCENE = tiny_jpeg(1), tiny_jpeg(2)
TARGET = "/hikvision"
Opened = Callable[..., PushBench]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """A function that opens a bench over `tmp_path`; what it opened is closed at the end."""
    made: list[PushBench] = []

    def build(**changes: object) -> PushBench:
        settings = hikvision_settings(**changes)
        bench = PushBench(hikvision_driver(tmp_path, settings), settings.port)
        bench.driver.open()
        made.append(bench)
        return bench

    yield build
    for bench in made:
        bench.driver.close()


@pytest.fixture
def bench(opened: Opened) -> PushBench:
    return opened()


@pytest.fixture
def camera(bench: PushBench) -> Iterator[HikvisionPeer]:
    peer = HikvisionPeer(bench.port)
    yield peer
    peer.close()


def stored(evidence: Path) -> list[Path]:
    return sorted(evidence.rglob("*.jpg"))


def test_a_sighting_is_stored_told_and_thanked_for(bench: PushBench, camera: HikvisionPeer, tmp_path: Path) -> None:
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    assert bench.served(camera) == [200]
    bench.until(lambda: bench.seen, "the sighting is told")
    paths = {
        purpose: (str(tmp_path / digest[:2] / f"{digest}.jpg"), digest)
        for purpose, jpeg in (("plate", PLATE), ("overview", SCENE))
        for digest in (hashlib.sha256(jpeg).hexdigest(),)
    }
    assert bench.readings == [
        PlateSeen(
            HikvisionEvent().uuid,
            "12C04567",
            980,  # type: ignore[arg-type]
            "forward",
            "2024-05-07T17:48:03.847+07:00",
            (("plate", *paths["plate"]), ("overview", *paths["overview"])),
        )
    ]
    assert Path(paths["plate"][0]).read_bytes() == PLATE


def test_the_same_sighting_again_is_thanked_for_and_not_told_again(bench: PushBench, camera: HikvisionPeer) -> None:
    for _ in range(3):
        camera.see(HikvisionEvent(), [PLATE, SCENE])
    camera.see(HikvisionEvent(plate="12C04561"), [PLATE, SCENE])
    camera.see(HikvisionEvent(plate="12C04561"), [PLATE, SCENE])
    assert bench.served(camera) == [200] * 5
    bench.turn()
    assert [(seen.event, seen.plate) for seen in bench.seen] == [
        (HikvisionEvent().uuid, "12C04567"),
        (HikvisionEvent().uuid, "12C04561"),  # the camera changed its mind: that is news
    ]


def test_over_a_restart_what_was_told_stays_told(opened: Opened, camera: HikvisionPeer, bench: PushBench) -> None:
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    bench.served(camera)
    bench.until(lambda: bench.seen, "the sighting is told")
    bench.turn()  # asking again means that the readings were taken
    bench.driver.close()
    again = opened(port=bench.port)
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    assert again.served(camera) == [200, 200]
    again.turn()
    assert not again.seen


def test_what_was_thanked_for_and_not_handed_over_is_told_by_the_next_worker(
    opened: Opened, camera: HikvisionPeer, bench: PushBench
) -> None:
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    bench.until(lambda: bench.seen, "the sighting is told", camera)
    bench.driver.close()  # killed right after that poll: nobody knows whether the reading arrived
    again = opened(port=bench.port)
    again.turn()
    assert again.seen == bench.seen
    again.turn()
    again.driver.close()
    third = opened(port=bench.port)
    third.turn()
    assert not third.seen


def test_without_room_it_answers_503_and_tells_nothing_it_did_not_keep(
    bench: PushBench, camera: HikvisionPeer, tmp_path: Path
) -> None:
    blocked = tmp_path / hashlib.sha256(SCENE).hexdigest()[:2]
    blocked.write_text("a file where a folder should be")
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    assert bench.served(camera) == [503]
    bench.until(lambda: bench.refused, "the refusal is told")
    assert "not stored" in bench.refused[0]
    assert not bench.seen
    blocked.unlink()
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    assert bench.served(camera) == [503, 200]
    bench.until(lambda: bench.seen, "the sighting is told")


def test_without_a_memory_of_it_no_thanks(bench: PushBench, camera: HikvisionPeer, tmp_path: Path) -> None:
    (tmp_path / "pushed").write_text("a file where a folder should be")
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    assert bench.served(camera) == [503]
    assert not bench.seen


def test_a_missing_picture_is_told_and_the_sighting_counts(bench: PushBench, camera: HikvisionPeer) -> None:
    camera.see(HikvisionEvent(said="1970-01-01T00:00:08+00:00"), [PLATE])
    assert bench.served(camera) == [200]
    bench.until(lambda: bench.seen and bench.refused, "sighting and refusal are told")
    assert [purpose for purpose, _, _ in bench.seen[0].pictures] == ["plate"]
    assert bench.seen[0].said == "1970-01-01T00:00:08+00:00"  # a wrong clock is text, not a time
    assert "detectionPicture.jpg: did not come" in bench.refused[0]


def test_a_connection_cut_in_the_body_leaves_nothing(bench: PushBench, camera: HikvisionPeer, tmp_path: Path) -> None:
    camera.fault = "cut"
    camera.see(HikvisionEvent(), [PLATE, jpeg_of(3, 640, 480)])
    assert bench.served(camera) == [0]
    bench.until(lambda: bench.refused, "the cut is told")
    assert stored(tmp_path) == []
    assert not bench.seen
    camera.fault = ""
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    assert bench.served(camera) == [0, 200]


def test_a_flood_of_sightings_is_kept_off_the_disk(bench: PushBench, camera: HikvisionPeer, tmp_path: Path) -> None:
    for n in range(62):
        camera.see(HikvisionEvent(uuid=f"event-{n}"), [PLATE])
    camera.see(HikvisionEvent(uuid="event-3"), [PLATE])  # thanked for before, so it needs no room
    assert bench.served(camera) == [200] * 60 + [503] * 2 + [200]
    bench.until(lambda: any("60 sightings in a minute" in seen for seen in bench.refused), "it is told")
    assert len(bench.seen) == 60


def test_a_camera_that_needs_its_time_and_one_that_sends_again(bench: PushBench, tmp_path: Path) -> None:
    camera = HikvisionPeer(bench.port, resends=2, latency_ms=(300, 900))
    blocked = tmp_path / "pushed"
    blocked.write_text("a file where a folder should be")
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    began = now()
    bench.until(lambda: camera.answers, "the first answer", camera)
    assert now() - began >= 300
    blocked.unlink()
    assert bench.served(camera) == [503, 200]
    assert len(bench.seen) == 1


def test_heartbeats_are_thanked_for_and_not_told(bench: PushBench, camera: HikvisionPeer, tmp_path: Path) -> None:
    camera.push(heartbeat_post(TARGET))
    assert bench.served(camera) == [200]
    bench.turn()
    assert bench.readings == []
    assert list(tmp_path.iterdir()) == []


def test_a_body_of_8_megabytes_and_one_too_big(opened: Opened, tmp_path: Path) -> None:
    bench = opened(largest_body=9_000_000, patience=Millis(8_000))
    big = jpeg_of(4, 2600, 2600)
    assert 7_000_000 < len(big) < 9_000_000
    camera = HikvisionPeer(bench.port)
    camera.see(HikvisionEvent(pictures=1), [big])
    camera.see(HikvisionEvent(uuid="two"), [big, jpeg_of(5, 2000, 1200)])
    assert bench.served(camera) == [200, 413]
    bench.until(lambda: bench.seen and bench.refused, "sighting and refusal are told")
    assert [path.read_bytes() for path in stored(tmp_path)] == [big]
    assert "at most 9000000" in bench.refused[0]


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("POST /other HTTP/1.1", 404),
        ("GET /hikvision HTTP/1.1", 405),
        ("POST /hikvision?id=3 HTTP/1.1", 400),
        ("POST /hikvision HTTP/9", 400),
        ("STX", 400),
    ],
)
def test_what_is_no_push_is_answered_and_the_next_one_heard(bench: PushBench, request_line: str, status: int) -> None:
    with bench.client() as wire:
        wire.sendall(f"{request_line}\r\nContent-Length: 3\r\n\r\nabc".encode())
        assert bench.answer_to(wire).startswith(f"HTTP/1.1 {status} ".encode())
    camera = HikvisionPeer(bench.port)
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    assert bench.served(camera) == [200]


def test_requests_on_one_connection_and_leave_to_send_a_body(bench: PushBench) -> None:
    post = event_post(HikvisionEvent(), [PLATE, SCENE], TARGET)
    head, _, body = post.wire("lane").partition(b"\r\n\r\n")
    with bench.client() as wire:
        for _ in range(2):
            wire.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
            assert bench.answer_to(wire) == b"HTTP/1.1 100 Continue\r\n\r\n"
            wire.sendall(body)
            answer = bench.answer_to(wire)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"Connection: keep-alive" in answer
    assert len(bench.seen) == 1


def test_a_sender_that_drips_is_cut_off_and_holds_nobody_up(bench: PushBench, camera: HikvisionPeer) -> None:
    camera.fault = "drip"
    camera.see(HikvisionEvent(uuid="slow"), [PLATE, jpeg_of(3, 640, 480)])
    quick = HikvisionPeer(bench.port)
    quick.see(HikvisionEvent(), [PLATE, SCENE])
    began = now()
    bench.until(lambda: quick.is_idle, "the quick camera is answered", camera, quick)
    assert quick.answers == [200]
    bench.until(lambda: camera.is_idle, "the slow camera is cut off", camera)
    assert camera.answers == [0]
    assert now() - began >= 1_000  # it had its time
    bench.until(lambda: any("within 1000 ms" in seen for seen in bench.refused), "the slow one is told")
    assert [seen.event for seen in bench.seen] == [HikvisionEvent().uuid]


def test_connections_are_bounded_and_an_idle_one_makes_room(bench: PushBench) -> None:
    amid = [bench.client() for _ in range(3)]
    for wire in amid:
        wire.sendall(b"POST /hikvision HTTP/1.1\r\n")
    idle = bench.client()
    for _ in range(20):
        bench.turn()
    camera = HikvisionPeer(bench.port)
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    assert bench.served(camera) == [200]
    assert bench.answer_to(idle) == b""
    bench.until(lambda: bench.seen, "the sighting is told")
    for wire in (*amid, idle):
        wire.close()


def test_more_busy_connections_than_there_is_room_for_are_closed(bench: PushBench) -> None:
    wires = [bench.client() for _ in range(4)]
    for wire in wires:
        wire.sendall(b"POST /hikvision HTTP/1.1\r\n")
    for _ in range(20):
        bench.turn()
    with bench.client() as fifth:
        assert bench.answer_to(fifth) == b""
    bench.until(lambda: bench.refused, "it is told")
    assert "more than 4 connections" in bench.refused[0]
    for wire in wires:
        wire.close()


def test_only_the_allowed_addresses_are_heard(opened: Opened) -> None:
    bench = opened(allowed=("127.0.0.2",))
    request = heartbeat_post(TARGET).wire("lane")
    with bench.client() as stranger, bench.client("127.0.0.2") as camera:
        stranger.send(request)
        assert bench.answer_to(stranger) == b""
        camera.sendall(request)
        assert bench.answer_to(camera).startswith(b"HTTP/1.1 200 OK")
    bench.until(lambda: bench.refused, "the stranger is told")
    assert "127.0.0.1 is not among the allowed addresses" in bench.refused[0]


@pytest.mark.parametrize("auth", ["digest", "basic"])
def test_a_camera_proves_itself(opened: Opened, tmp_path: Path, auth: str) -> None:
    bench = opened(auth=auth, user=ACCOUNT.user, password_file=str(secret(tmp_path)))
    stranger = HikvisionPeer(bench.port)
    stranger.see(HikvisionEvent(), [PLATE, SCENE])
    assert bench.served(stranger) == [401]
    if auth == "digest":
        camera = HikvisionPeer(bench.port, account=ACCOUNT)
        camera.see(HikvisionEvent(), [PLATE, SCENE])
        assert bench.served(camera) == [200]
        wrong = HikvisionPeer(bench.port, account=Account("gate", "wrong"))
        wrong.see(HikvisionEvent(uuid="two"), [PLATE, SCENE])
        assert bench.served(wrong) == [401]
        bench.until(lambda: bench.refused, "the wrong password is told")
        assert bench.refused == ["a wrong name or password"]
        assert [seen.event for seen in bench.seen] == [HikvisionEvent().uuid]
    assert "synthetic-7" not in str(bench.readings)


def test_a_camera_that_falls_silent_is_a_fault_and_its_heartbeat_is_none(opened: Opened) -> None:
    bench = opened(heartbeat=Millis(1_500))
    camera = HikvisionPeer(bench.port, beat_ms=200)
    end = now() + 2_500
    while now() < end:
        bench.turn(camera)
    camera.fault = "quiet"
    with pytest.raises(DeviceFault, match="no push and no heartbeat") as raised:
        bench.until(lambda: False, "the silence is noticed", camera)
    assert raised.value.fault.code == "silent"
    camera.close()


def test_dahua_pushes_are_thanked_for_in_its_words(tmp_path: Path) -> None:
    settings = DahuaPushSettings("dahua-push", HOST, (HOST,), free_port())
    bench = PushBench(DahuaPushDriver("plates", settings, Tools(now, tmp_path)), settings.port)
    bench.driver.open()
    camera = DahuaPeer(settings.port, beat_ms=DEADLINE_MS)
    camera.see(DahuaEvent(), SCENE, PLATE)
    camera.see(DahuaEvent(), SCENE, PLATE)
    assert bench.served(camera) == [200, 200, 200]
    bench.until(lambda: bench.seen, "the sighting is told")
    (seen,) = bench.seen
    assert (seen.plate, seen.direction) == ("12C04567", "forward")
    assert [purpose for purpose, _, _ in seen.pictures] == ["overview", "plate"]
    with bench.client() as wire:
        wire.sendall(b"POST /NotificationInfo/KeepAlive HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        assert b'\r\n\r\n{"Result": true' in bench.answer_to(wire)
    bench.driver.close()


def test_the_memory_forgets_the_oldest_and_survives_a_torn_row(
    opened: Opened, bench: PushBench, camera: HikvisionPeer, tmp_path: Path
) -> None:
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    bench.served(camera)
    bench.until(lambda: bench.seen, "the sighting is told")
    bench.turn()
    bench.driver.close()
    memory = tmp_path / "pushed" / "plates.jsonl"
    whole = memory.read_bytes()
    memory.write_bytes(whole + b'{"boot":"torn by a power c')
    again = opened(port=bench.port)
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    camera.see(HikvisionEvent(uuid="new"), [PLATE, SCENE])
    assert again.served(camera) == [200] * 3
    again.until(lambda: again.seen, "the new sighting is told")
    assert [seen.event for seen in again.seen] == ["new"]
    again.turn()
    again.driver.close()
    shutil.rmtree(memory.parent)
    fresh = opened(port=bench.port)
    camera.see(HikvisionEvent(), [PLATE, SCENE])
    assert fresh.served(camera)[-1] == 200
    fresh.until(lambda: fresh.seen, "without its memory it is told again")
