"""`station check`: every fault at once, at its place; keys, models and ports too; exit 78."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from station.vision.xray_template import write_template
from tests.commands.premises import SETTINGS, Premises, Told
from tests.proof.measures import xray_scans
from tests.vision.second_package import install_second, uninstall_second

MODELS = Path(__file__).parents[2] / "models"

TEN_FAULTS = """\
schema = 1
[lane]
station = "VN HN"
lane = "I1"
ofice = "15BB"
mode = "AUTOMATED"
data_folder = "data"
run_folder = "run"
act_socket = "run/act.sock"
[lane.limits]
weight_refer = 5000
window = "1s"
[lane.parts]
scale = "skale"
camera = ""
reader = ""
scanner = ""
[device.barrier]
kind = "adam-6600"
host = "192.0.2.60"
[device.scale]
kind = "toledo-continuous"
port = "/dev/ttyS0"
baud = 9601
password = "secret"
[link]
port = 0
[trust]
root = "keys/root.pub"
station_key = "keys/station.key"
officers = "keys/officers.signed"
"""


Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(place: Premises, command: Callable[..., Told]) -> Check:
    def called(*arguments: str, language: str = "en") -> tuple[int, str]:
        told = command("check", place.settings, *arguments, language=language)
        return told.status, told.out + told.err

    return called


def test_good_settings_are_ok(place: Premises, check: Check) -> None:
    assert check() == (0, f"{place.settings}: ok\n")
    status, told = check("--json")
    assert (status, json.loads(told)) == (0, {"faults": [], "refused": [], "cautions": []})


def test_ten_faults_are_all_shown_at_once(place: Premises, check: Check) -> None:
    place.settings.write_text(TEN_FAULTS)
    status, told = check()
    assert status == 78
    wanted = {
        (3, "lane.station"),
        (5, "lane.ofice"),
        (6, "lane.mode"),
        (11, "lane.limits.weight_refer"),
        (12, "lane.limits.window"),
        (14, "lane.parts.scale"),
        (19, "device.barrier.kind"),
        (24, "device.scale.baud"),
        (25, "device.scale.password"),
        (27, "link.port"),
        (26, "link.host"),
        (28, "trust.centre"),
    }
    lines = told.splitlines()
    assert lines[-1] == f"{len(lines) - 1} faults"
    found: set[tuple[int, str]] = set()
    for line in lines[:-1]:
        assert line.startswith(f"{place.settings}:"), line
        number, column, where, _ = line.removeprefix(f"{place.settings}:").split(":", 3)
        assert int(column) > 0
        found.add((int(number), where.strip()))
    assert found >= wanted
    assert "did you mean 'office'?" in told and "did you mean 'adam-6060'?" in told
    _, vietnamese = check(language="vi")
    assert "có phải là 'office'?" in vietnamese and "không có loại thiết bị 'adam-6600'" in vietnamese
    status, told = check("--json")
    faults = json.loads(told)["faults"]
    assert status == 78 and {(fault["line"], fault["where"]) for fault in faults} == found


def test_a_missing_file_is_named(place: Premises, check: Check) -> None:
    place.settings.unlink()
    status, told = check()
    assert status == 78 and f"{place.settings}:1:1" in told and "cannot be read" in told


CAMERA = """
[device.front]
kind = "http-snapshot"
url = "http://127.0.0.1:8064/snapshot.jpg"
user = "gate"
password_file = "{file}"
"""


def test_a_password_that_others_can_read_is_refused_at_its_key(place: Premises, check: Check) -> None:
    secret = place.folder / "camera.password"
    place.settings.write_text(SETTINGS + CAMERA.format(file=secret))
    line = len(place.settings.read_text().splitlines())
    status, told = check()
    assert status == 78 and f"{place.settings}:{line}:17: device.front.password_file: there is no pass" in told
    secret.write_text("synthetic-7\n")
    secret.chmod(0o644)
    status, told = check()
    assert status == 78 and "others can read the password file" in told and "synthetic-7" not in told
    assert "người khác đọc được tệp mật khẩu" in check(language="vi")[1]
    assert [fault["code"] for fault in json.loads(check("--json")[1])["faults"]] == ["open-password-file"]
    secret.chmod(0o600)
    assert check()[0] == 0


def test_what_is_not_plugged_in_or_not_there_is_told_and_not_refused(place: Premises, check: Check) -> None:
    port = place.folder / "tty-scale"
    voice = f'[device.voice]\nkind = "audio-prompts"\nfolder = "{place.folder}/prompts"\nplayer = ["no-such-player"]\n'
    scale = f'[device.scale]\nkind = "toledo-continuous"\nport = "{port}"\n'
    place.settings.write_text(SETTINGS + scale + voice)
    line = len(SETTINGS.splitlines()) + 3
    assert f"{place.settings}:{line}:8: device.scale.port: warning: the port '{port}' is not there now" in check()[1]
    cautions = json.loads(check("--json")[1])["cautions"]
    assert {caution["code"] for caution in cautions} == {"port-absent", "folder-absent", "program-absent"}
    assert "hiện không có cổng" in check(language="vi")[1]
    (place.folder / "prompts").mkdir()
    cautions = json.loads(check("--json")[1])["cautions"]
    assert {caution["where"] for caution in cautions} == {"device.scale.port", "device.voice.player"}


@pytest.mark.parametrize("name", ["station.key", "root.pub", "officers.signed", "centre.signed"])
def test_a_missing_key_file_is_named(place: Premises, check: Check, name: str) -> None:
    (place.keys / name).unlink()
    status, told = check()
    assert status == 78 and name in told and "the key file is missing" in told and "next: provision" in told


def test_a_key_that_others_can_read_is_refused(place: Premises, check: Check) -> None:
    (place.keys / "station.key").chmod(0o640)
    status, told = check()
    assert status == 78 and "others can read the key file" in told and "chmod 600" in told
    status, told = check(language="vi")
    assert status == 78 and "người khác đọc được tệp khóa" in told


def test_every_fault_of_keys_is_shown_at_once(place: Premises, check: Check) -> None:
    (place.keys / "station.key").unlink()
    (place.keys / "officers.signed").write_text("{}")
    status, told = check("--json")
    assert status == 78
    assert [refused["cause"] for refused in json.loads(told)["refused"]] == ["key-file-missing", "unsigned"]


def with_models(place: Premises) -> Path:
    models = place.folder / "models"
    models.mkdir()
    shutil.copy(MODELS / "manifest.toml", models)
    for model in MODELS.glob("*.onnx"):
        shutil.copy(model, models)
    shutil.copytree(MODELS / "known", models / "known")
    text = SETTINGS.replace('reader = ""', 'reader = "reader"')
    place.settings.write_text(text + '[vision]\nmanifest = "models/manifest.toml"\n')
    return models


def test_models_are_checked_by_hash(place: Premises, check: Check) -> None:
    models = with_models(place)
    assert check()[0] == 0
    with (models / "plate_reader.onnx").open("r+b") as file:
        file.seek(1000)
        file.write(b"\xff\x00\xff")
    status, told = check()
    assert status == 78 and "model plate-reader" in told and "has sha256" in told and "next: put back" in told
    (models / "plate_reader.onnx").unlink()
    status, told = check()
    assert status == 78 and "plate_reader.onnx cannot be read" in told
    (models / "manifest.toml").unlink()
    status, told = check()
    assert status == 78 and "there is no manifest at" in told


def test_a_second_reader_that_is_asked_for_must_be_there_and_be_the_pinned_one(
    place: Premises, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_models(place)
    uninstall_second(monkeypatch)
    assert check()[0] == 0
    place.settings.write_text(place.settings.read_text() + "second_reader = true\n")
    status, told = check()
    assert status == 78 and "vision.second_reader: the settings ask for the second reader" in told
    assert "rapidocr" in told and "next: pip install --no-deps rapidocr==3.10.0, or set" in told
    status, told = check(language="vi")
    assert status == 78 and "chưa cài gói này: rapidocr" in told and "hoặc đặt vision.second_reader = false" in told

    file = install_second(place.folder / "packages", monkeypatch)
    assert check()[0] == 0
    file.write_bytes(b"another")
    status, told = check()
    assert status == 78 and "not the pinned one" in told and f"{file} has sha256" in told
    assert "--force-reinstall" in told and "cài lại: pip install" in check(language="vi")[1]
    (refused,) = json.loads(check("--json")[1])["refused"]
    assert (refused["cause"], refused["thing"]) == ("second-reader-altered", "vision.second_reader")


def test_a_template_of_empty_containers_must_be_there_and_fit(place: Premises, check: Check) -> None:
    with_models(place)
    text = place.settings.read_text().replace('scanner = ""', 'scanner = ""\nxray = "xray"')
    text += 'xray_template = "empty-20.json"\n[device.xray]\nkind = "xray-folder"\nfolder = "/tmp"\n'
    place.settings.write_text(text)
    template = place.folder / "empty-20.json"
    status, told = check()
    assert status == 78 and f"{template}: the template is not there" in told and "`station xray learn`" in told
    template.write_text("{}")
    status, told = check()
    assert status == 78 and f"{template}: the template cannot be used" in told
    (refused,) = json.loads(check("--json")[1])["refused"]
    assert (refused["cause"], refused["thing"]) == ("bad-template", str(template))
    assert "mẫu không dùng được" in check(language="vi")[1]
    write_template(template, xray_scans.template())
    assert check()[0] == 0


def test_a_demo_root_never_meets_a_real_port(place: Premises, check: Check) -> None:
    text = SETTINGS.replace('scanner = ""', 'scanner = "scanner"')
    place.settings.write_text(text + '[device.scanner]\nkind = "line-scanner"\nport = "/dev/null"\nbaud = 9600\n')
    status, told = check()
    assert status == 78 and "device.scanner: /dev/null is a real port" in told
