import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, ReadPlate
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.contract.readings import PictureRefused, PlateRead, ViewMeasured
from drivers.contract.tools import Tools
from station.hosting.host import HostEvent, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.process_host import ProcessHost
from station.hosting.wire import Answered, Faulted, Obey, Open, Opened, Read, Stop, ToLane, Wire, pair
from station.simulate.scene import PLATE_REGION, gate_picture
from station.vision.upkeep import LOOK_EVERY
from station.vision.worker import PlateReaderDriver, PlateReaderSettings, build
from tests.vision.models_folder import MODELS, copy_of_models, edit

SETTINGS = PlateReaderSettings("plate-reader", str(MODELS / "manifest.toml"))
PATIENCE = Millis(300)
Message = TypeVar("Message")


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[PlateReaderDriver]:
    reader = PlateReaderDriver("reader", SETTINGS, Tools(clock=now, evidence=tmp_path))
    reader.open()
    yield reader
    reader.close()


def stored(folder: Path, seed: int = 4) -> tuple[str, str]:
    data = gate_picture("12C-045.67", seed=seed, condition="clear", lines=1)
    path = folder / f"{seed}.jpg"
    path.write_bytes(data)
    return str(path), hashlib.sha256(data).hexdigest()


def order(path: str, sha256: str, order_id: str = "o1", *, late: bool = False) -> ReadPlate:
    return ReadPlate(order_id, Tick(now() + (-1 if late else 5_000)), path, sha256, PLATE_REGION)


def test_a_good_picture_is_read_once(driver: PlateReaderDriver, tmp_path: Path) -> None:
    path, sha256 = stored(tmp_path)
    assert driver.poll(PATIENCE) == ()
    assert driver.obey(order(path, sha256), PATIENCE).code == "accepted"
    (reading,) = driver.poll(PATIENCE)
    assert isinstance(reading, PlateRead)
    assert (reading.order_id, reading.sha256, reading.text) == ("o1", sha256, "12C04567")
    assert reading.model == hashlib.sha256((MODELS / "plate_reader.onnx").read_bytes()).hexdigest()
    assert driver.poll(PATIENCE) == ()


def test_a_picture_is_measured_when_asked_before_its_plate_is_told(driver: PlateReaderDriver, tmp_path: Path) -> None:
    path, sha256 = stored(tmp_path)
    driver.obey(replace(order(path, sha256), measure_view=True), PATIENCE)
    view, plate = driver.poll(PATIENCE)
    assert isinstance(view, ViewMeasured) and isinstance(plate, PlateRead)
    assert view.order_id == plate.order_id == "o1"
    assert view.sharpness > 500
    assert len(plain.encode(view)) < 1_000
    gone = replace(order(str(tmp_path / "gone.jpg"), sha256), measure_view=True)
    driver.obey(gone, PATIENCE)
    assert driver.poll(PATIENCE) == (PictureRefused("o1", sha256, "picture-missing"),)


def test_a_bad_picture_is_refused_by_code_and_the_next_good_one_is_read(
    driver: PlateReaderDriver, tmp_path: Path
) -> None:
    path, sha256 = stored(tmp_path)
    empty = tmp_path / "empty.jpg"
    empty.touch()
    bad = [
        (order(path, "0" * 64), "picture-altered"),
        (order(str(empty), hashlib.sha256(b"").hexdigest()), "picture-empty"),
        (order(str(tmp_path / "gone.jpg"), sha256), "picture-missing"),
        (ReadPlate("o1", Tick(now() + 5_000), path, sha256, (1200, 0, 100, 10)), "region-outside"),
    ]
    for wish, code in bad:
        assert driver.obey(wish, PATIENCE).code == "accepted"
        assert driver.poll(PATIENCE) == (PictureRefused("o1", wish.sha256, code),)
    driver.obey(order(path, sha256), PATIENCE)
    assert isinstance(driver.poll(PATIENCE)[0], PlateRead)


def test_without_a_region_the_plate_is_found_and_told_where(driver: PlateReaderDriver, tmp_path: Path) -> None:
    path, sha256 = stored(tmp_path)
    driver.obey(ReadPlate("o1", Tick(now() + 5_000), path, sha256, (0, 0, 0, 0)), PATIENCE)
    (reading,) = driver.poll(PATIENCE)
    assert isinstance(reading, PlateRead)
    assert reading.text == "12C04567"
    left, top, width, height = PLATE_REGION
    x, y, wide, high = reading.box
    assert left <= x + wide / 2 <= left + width
    assert top <= y + high / 2 <= top + height
    assert 0.5 * width <= wide <= 1.1 * width
    driver.obey(order(path, sha256), PATIENCE)
    (direct,) = driver.poll(PATIENCE)
    assert isinstance(direct, PlateRead)
    assert direct.box == (0, 0, 0, 0)


def test_a_picture_without_a_plate_gives_no_text_rather_than_a_guess(driver: PlateReaderDriver, tmp_path: Path) -> None:
    data = gate_picture(None, seed=4, condition="clear", lines=1)
    path = tmp_path / "empty.jpg"
    path.write_bytes(data)
    driver.obey(ReadPlate("o1", Tick(now() + 5_000), str(path), "", (0, 0, 0, 0)), PATIENCE)
    (reading,) = driver.poll(PATIENCE)
    assert isinstance(reading, PlateRead)
    assert (reading.raw, reading.text, reading.confidence, reading.characters) == ("", "", 0, ())
    assert reading.box == (0, 0, 0, 0)


def test_a_manifest_without_a_finder_reads_the_whole_picture_as_it_is(tmp_path: Path) -> None:
    folder = copy_of_models(tmp_path)
    edit(folder / "manifest.toml", lambda text: text.replace("[model.plate-finder]", "[model.other]"))
    settings = PlateReaderSettings("plate-reader", str(folder / "manifest.toml"))
    reader = PlateReaderDriver("reader", settings, Tools(clock=now, evidence=tmp_path))
    reader.open()
    reader.obey(ReadPlate("o1", Tick(now() + 5_000), str(folder / "known" / "plate.png"), "", (0, 0, 0, 0)), PATIENCE)
    (reading,) = reader.poll(PATIENCE)
    assert isinstance(reading, PlateRead)
    assert (reading.text, reading.box) == ("12C04567", (0, 0, 0, 0))


def test_a_finder_that_fails_its_checks_keeps_the_reader_shut(tmp_path: Path) -> None:
    folder = copy_of_models(tmp_path)
    (folder / "plate_finder.onnx").unlink()
    settings = PlateReaderSettings("plate-reader", str(folder / "manifest.toml"))
    reader = PlateReaderDriver("reader", settings, Tools(clock=now, evidence=tmp_path))
    with pytest.raises(DeviceFault) as error:
        reader.open()
    assert error.value.fault.thing == "model plate-finder"
    assert reader.obey(order("x", ""), PATIENCE).code == "refused"


def test_what_is_late_foreign_or_too_much_is_not_taken_on(driver: PlateReaderDriver, tmp_path: Path) -> None:
    path, sha256 = stored(tmp_path)
    assert driver.obey(order(path, sha256, late=True), PATIENCE).code == "expired"
    assert driver.obey(DropMotion("d", Tick(now() + 1000)), PATIENCE).code == "refused"
    assert driver.poll(PATIENCE) == ()


def test_the_newest_is_read_first_and_nothing_late(tmp_path: Path) -> None:
    path, sha256 = stored(tmp_path)
    time = 1_000
    driver = PlateReaderDriver("reader", SETTINGS, Tools(clock=lambda: Tick(time), evidence=tmp_path))
    driver.open()
    for name, not_after in (("old", 2_000), ("older", 1_500), ("new", 9_000)):
        wish = ReadPlate(name, Tick(not_after), path, sha256, PLATE_REGION)
        assert driver.obey(wish, PATIENCE).code == "accepted"
    (first,) = driver.poll(Millis(0))
    time = 1_600
    late, second = driver.poll(Millis(0))
    driver.close()
    assert isinstance(first, PlateRead) and first.order_id == "new"
    assert late == PictureRefused("older", sha256, "expired")
    assert isinstance(second, PlateRead) and second.order_id == "old"


def test_close_is_final_until_open_and_both_may_be_repeated(driver: PlateReaderDriver, tmp_path: Path) -> None:
    path, sha256 = stored(tmp_path)
    driver.obey(order(path, sha256), PATIENCE)
    driver.close()
    driver.close()
    assert driver.poll(PATIENCE) == ()
    assert driver.obey(order(path, sha256), PATIENCE).code == "refused"
    assert driver.open() == driver.open()
    assert driver.poll(PATIENCE) == ()
    assert driver.obey(order(path, sha256), PATIENCE).code == "accepted"


def test_settings_of_another_kind_are_unfit() -> None:
    with pytest.raises(DeviceFault) as error:
        build(Open("reader", "plate-reader", '{"is":"PlateReaderSettings","kind":"seal-check","manifest":"x"}', "/tmp"))
    assert error.value.fault.code == "unfit"


@contextmanager
def running_worker(manifest: Path, evidence: Path) -> Iterator[tuple[Wire, subprocess.Popen[bytes]]]:
    """The real process on a real socket, asked to open the reader."""
    ours, theirs = pair()
    with Wire(ours) as lane, theirs:
        command = [sys.executable, "-m", "station.vision.worker", str(theirs.fileno())]
        with subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=MODELS.parent) as worker:
            theirs.close()
            settings = plain.encode(PlateReaderSettings("plate-reader", str(manifest))).decode()
            assert lane.send(Open("reader", "plate-reader", settings, str(evidence)))
            try:
                yield lane, worker
            finally:
                worker.kill()


def await_message(lane: Wire, kind: type[Message]) -> Message:
    deadline = now() + 20_000
    while now() < deadline:
        lane.wait(Millis(200))
        message = lane.receive(ToLane)
        if isinstance(message, kind):
            return message
    raise AssertionError(f"no {kind.__name__} within 20 s")


@pytest.mark.slow
def test_the_process_reads_for_a_lane_and_leaves_when_told(tmp_path: Path) -> None:
    with running_worker(MODELS / "manifest.toml", tmp_path) as (lane, worker):
        assert await_message(lane, Opened).identity.kind == "plate-reader"
        path, sha256 = stored(tmp_path)
        assert lane.send(Obey(order(path, sha256)))
        assert await_message(lane, Answered).answer.code == "accepted"
        (reading,) = await_message(lane, Read).readings
        assert isinstance(reading, PlateRead)
        assert reading.text == "12C04567"
        assert lane.send(Stop())
        assert worker.wait(10) == 0


@pytest.mark.slow
def test_the_process_names_a_model_it_refuses(tmp_path: Path) -> None:
    folder = copy_of_models(tmp_path)
    (folder / "plate_reader.onnx").unlink()
    with running_worker(folder / "manifest.toml", tmp_path) as (lane, worker):
        fault = await_message(lane, Faulted).fault
        assert (fault.code, fault.thing) == ("bad-model", "model plate-reader")
        assert worker.wait(10) == 0


@pytest.mark.slow
def test_a_process_above_its_ceiling_begins_anew_and_the_next_one_reads(tmp_path: Path) -> None:
    settings = PlateReaderSettings("plate-reader", str(MODELS / "manifest.toml"), ceiling_mib=1)
    path, sha256 = stored(tmp_path)
    host = ProcessHost()
    host.start(WorkerSpec("reader", "station.vision.worker", "plate-reader", settings, tmp_path))
    seen: list[HostEvent] = []
    asked, deadline, pids = 0, now() + 60_000, set[int]()
    try:
        while now() < deadline and sum(isinstance(event, WorkerOpened) for event in seen) < 2:
            seen += host.receive(Millis(100))
            host.turn(now())
            pids |= set(host.pids().values())
            read = sum(isinstance(event, WorkerRead) for event in seen)
            if asked == read and asked < LOOK_EVERY:
                asked += host.send("reader", order(path, sha256, str(asked)))
        assert host.send("reader", order(path, sha256, "after"))
        while now() < deadline and not (isinstance(seen[-1], WorkerRead) and seen[-1].reading.order_id == "after"):  # type: ignore[union-attr]
            seen += host.receive(Millis(100))
            host.turn(now())
    finally:
        host.close()
    read_ones = [event.reading for event in seen if isinstance(event, WorkerRead)]
    assert len(read_ones) == LOOK_EVERY + 1 and all(isinstance(one, PlateRead) for one in read_ones)
    (lost,) = [event for event in seen if isinstance(event, WorkerLost)]
    assert (lost.fault.code, "MiB" in lost.fault.seen) == ("renewal", True)
    assert len(pids) == 2


def test_a_reading_of_an_older_journal_has_no_box() -> None:
    reading = PlateRead("o", "", "12C04567", "12C04567", Permille(900), (), "m", Millis(4), (1, 2, 3, 4))
    body = plain.to_plain(reading)
    assert plain.from_plain(PlateRead, body) == reading
    del body["box"]
    assert plain.from_plain(PlateRead, body).box == (0, 0, 0, 0)
