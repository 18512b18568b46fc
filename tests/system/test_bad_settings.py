"""Settings, keys and models that are not right: the real commands show all faults at once, exit 78, nothing moves."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.premises import station
from tests.rig.premises import MODELS, Ports
from tests.rig.witness import read_journal
from tests.support import free_port, wait_until
from tests.system.bad_gate import SLOW_S, StaffedPremises

pytestmark = pytest.mark.slow

CONFIGURATION = 78
TEN = {  # what stands there -> what is written instead, and where the fault must be shown
    'station = "VN-HN"': ('station = "VN HN"', "lane.station"),
    'office = "15BB"': ('ofice = "15BB"', "lane.ofice"),
    'mode = "AUTOMATIC"': ('mode = "AUTOMATED"', "lane.mode"),
    "boom_travel = 4_000": ('boom_travel = "4s"', "lane.patience.boom_travel"),
    'kind = "adam-6060"': ('kind = "adam-6600"', "device.barrier.kind"),
    'kind = "toledo-continuous"\n': ('kind = "toledo-continuous"\npassword = "hunter2"\n', "device.scale.password"),
    'kind = "line-scanner"\n': ('kind = "line-scanner"\nsuffix = "tab"\n', "device.scanner.suffix"),
    "period_ms = 150": ("period_ms = 1", "device.camera.period_ms"),
    "keepalive = 5": ("keepalive = -5", "link.keepalive"),
    "officers = ": ("oficers = ", "trust.oficers"),
}


@pytest.fixture
def premises(tmp_path: Path) -> StaffedPremises:
    """Good settings with nobody behind the ports, and a models folder of their own."""
    place = StaffedPremises(tmp_path / "gate")
    place.folder.mkdir()
    scale, scanner = (str(place.folder / name) for name in ("scale", "scanner"))
    place.furnish(Ports(barrier=free_port(), scale=scale, scanner=scanner, broker=free_port()))
    shutil.copytree(MODELS.parent, place.folder / "models", ignore=shutil.ignore_patterns("train", "__pycache__"))
    _change(place, str(MODELS), str(_manifest(place)))
    return place


@pytest.fixture
def lane(premises: StaffedPremises) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts `station lane`; it must end by SIGTERM with exit 0 unless it has ended before."""
    running: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "station", "lane", "--settings", str(premises.settings_file)]
        with (premises.folder / "lane.log").open("ab") as log:
            running.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        return running[-1]

    yield start
    for process in running:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def _manifest(place: StaffedPremises) -> Path:
    return place.folder / "models" / "manifest.toml"


def _change(place: StaffedPremises, old: str, new: str) -> None:
    text = place.settings_file.read_text()
    assert old in text
    place.settings_file.write_text(text.replace(old, new))


def _refused_by_both(place: StaffedPremises, *words: str) -> None:
    """`station check` and `station lane` refuse with exit 78 and these words, in both languages alike."""
    for told in (
        station("check", str(place.settings_file)),
        station("lane", "--settings", str(place.settings_file)),
        station("lane", "--settings", str(place.settings_file), language="vi_VN.UTF-8"),
    ):
        assert told.returncode == CONFIGURATION, told
        assert "Traceback" not in told.stderr
        assert not [word for word in words if word not in told.stderr], told.stderr


@pytest.mark.parametrize("language", ["C", "vi_VN.UTF-8"])
def test_ten_faults_are_all_shown_by_check_and_by_the_lane_itself(premises: StaffedPremises, language: str) -> None:
    for old, (new, _) in TEN.items():
        _change(premises, old, new)
    checked = station("check", str(premises.settings_file), language=language)
    ran = station("lane", "--settings", str(premises.settings_file), language=language)
    assert (checked.returncode, ran.returncode) == (CONFIGURATION, CONFIGURATION)
    assert ran.stderr == checked.stderr, "the lane says what check says"
    for _, where in TEN.values():
        assert f": {where}: " in ran.stderr or f": {where} " in ran.stderr, ran.stderr
    assert "hunter2" not in ran.stderr, "a secret is not repeated"
    hint = "có phải là 'adam-6060'?" if language.startswith("vi") else "did you mean 'adam-6060'?"
    assert hint in ran.stderr
    assert not premises.data.exists(), "nothing was begun"


def test_a_demo_root_refuses_everything_that_could_be_a_real_device(premises: StaffedPremises) -> None:
    good = premises.settings_file.read_text()
    scale = str(premises.folder / "scale")
    camera = f'kind = "picture-folder"\nfolder = "{premises.pictures}"\nperiod_ms = 150'
    for old, new, words in (
        (f'"{scale}"', '"/dev/null"', ("device.scale", "/dev/null")),
        (f'"{scale}"', '"/dev/ttyUSB77"', ("device.scale", "/dev/ttyUSB77")),  # not plugged in yet
        ('host = "127.0.0.1"\nport = ', 'host = "192.0.2.60"\nport = ', ("device.barrier", "192.0.2.60")),
        (camera, 'kind = "rtsp-camera"\nurl = "rtsp://192.0.2.64/stream1"', ("device.camera", "192.0.2.64")),
    ):
        assert old in good
        premises.settings_file.write_text(good.replace(old, new, 1))
        told = station("check", str(premises.settings_file))
        assert told.returncode == CONFIGURATION and not [w for w in words if w not in told.stderr], told.stderr
    _refused_by_both(premises, "device.camera", "192.0.2.64")
    assert not premises.data.exists(), "nothing was begun"


def test_keys_that_others_can_read_are_named(premises: StaffedPremises) -> None:
    (premises.keys / "station.key").chmod(0o644)
    told = station("check", str(premises.settings_file))
    assert told.returncode == CONFIGURATION
    assert "station.key" in told.stderr and "0644" in told.stderr and "chmod 600" in told.stderr


def test_a_missing_manifest_refuses_the_lane_by_name(premises: StaffedPremises) -> None:
    _manifest(premises).unlink()
    _refused_by_both(premises, "manifest.toml")


def _altered_file(place: StaffedPremises) -> str:
    model = place.folder / "models" / "plate_reader.onnx"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    return "sha256"


def _missing_file(place: StaffedPremises) -> str:
    (place.folder / "models" / "plate_reader.onnx").unlink()
    return "plate_reader.onnx"


def _altered_answer(place: StaffedPremises) -> str:
    text = _manifest(place).read_text()
    assert 'known_text = "12C04567"' in text
    _manifest(place).write_text(text.replace('known_text = "12C04567"', 'known_text = "12C04568"'))
    return "12C04568"


@pytest.mark.parametrize("spoil", [_altered_file, _missing_file, _altered_answer])
def test_a_model_that_is_not_the_released_one_never_reads_a_plate(
    premises: StaffedPremises,
    lane: Callable[[], "subprocess.Popen[bytes]"],
    spoil: Callable[[StaffedPremises], str],
) -> None:
    word = spoil(premises)
    if spoil is not _altered_answer:  # which only running the model can tell
        told = station("check", str(premises.settings_file))
        assert told.returncode == CONFIGURATION and "plate-reader" in told.stderr and word in told.stderr, told.stderr
    process = lane()

    def states() -> list[dict[str, object]]:
        if not (premises.data / "journal.db").exists():
            return []
        rows = read_journal(premises.data)
        return [row.body for row in rows if row.type == "device.state" and row.body["device"] == "reader"]

    wait_until(lambda: states() or process.poll() is not None, SLOW_S, "the reader's fate")
    assert process.poll() is None, "the lane goes on without eyes"
    assert not states()[0]["fit"]
    fault = states()[0]["fault"]
    assert isinstance(fault, dict)
    assert fault["code"] == "bad-model" and word in fault["seen"] and fault["next_step"], fault


def test_a_journal_folder_that_cannot_be_written_refuses_the_lane_by_name(premises: StaffedPremises) -> None:
    premises.data.write_text("a file where the folder should be")
    told = station("lane", "--settings", str(premises.settings_file))
    assert told.returncode == os.EX_IOERR and str(premises.data) in told.stderr and "Traceback" not in told.stderr
