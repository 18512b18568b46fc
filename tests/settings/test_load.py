"""Settings files: a good one becomes settings; a bad one gives every fault at once, each at its place."""

import contextlib
import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.barrier.adam60xx import Adam6060Settings
from drivers.catalog import DRIVERS
from drivers.contract.quantities import Millis
from drivers.weighbridge.ascii_driver import AsciiSettings
from drivers.weighbridge.toledo_driver import ToledoSettings
from drivers.weighbridge.yaohua_driver import YaohuaSettings
from station.core.parameters import ClipRules, LaneParameters, Limits, Parts, Patience
from station.settings.faults import SettingsFault, SettingsFaulty
from station.settings.load import load
from station.settings.schema import json_schema
from station.settings.tables import Ring, Vision

EXAMPLE = Path("config/lane.example.toml")

GOOD = """\
schema = 1
[lane]
station = "VN-HN"
lane = "I1"
office = "15BB"
plate_region = [440, 380, 400, 200]
data_folder = "data"
run_folder = "run"
act_socket = "run/act.sock"
[device.barrier]
kind = "adam-6060"
host = "127.0.0.1"
[device.scale]
kind = "toledo-continuous"
port = "/dev/ttyS0"
[device.scanner]
kind = "line-scanner"
port = "/dev/ttyS1"
[device.camera]
kind = "rtsp-camera"
url = "rtsp://127.0.0.1:8554/x"
[vision]
manifest = "models/manifest.toml"
[trust]
root = "root.pub"
station_key = "station.key"
officers = "officers.signed"
centre = "centre.signed"
"""


def faults_of(text: str | bytes, folder: Path) -> tuple[SettingsFault, ...]:
    path = folder / "lane.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SettingsFaulty) as caught:
        load(path)
    return caught.value.faults


def only_fault(text: str, folder: Path) -> SettingsFault:
    faults = faults_of(text, folder)
    assert len(faults) == 1, "\n".join(map(str, faults))
    return faults[0]


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_a_good_file_becomes_settings(tmp_path: Path) -> None:
    path = tmp_path / "lane.toml"
    path.write_text(GOOD)
    settings = load(path)
    clips = ClipRules(("camera",))
    assert settings.parameters == LaneParameters("VN-HN", "I1", "15BB", plate_region=(440, 380, 400, 200), clips=clips)
    assert settings.ring == Ring(Millis(500), Millis(30_000), 16 << 20)
    assert settings.devices["scale"] == ToledoSettings("toledo-continuous", "/dev/ttyS0")
    assert settings.devices["barrier"] == Adam6060Settings("adam-6060", "127.0.0.1")
    assert list(settings.devices) == ["barrier", "scale", "scanner", "camera"]
    assert settings.places.act_socket == tmp_path / "run" / "act.sock"
    assert settings.vision is not None
    assert settings.vision == Vision(
        "reader", tmp_path / "models" / "manifest.toml", second_reader=False, ceiling_mib=450
    )
    assert settings.link is None
    assert settings.trust.station_key == tmp_path / "station.key"


def test_a_yaohua_indicator_is_a_scale_too_and_its_form_must_be_stated(tmp_path: Path) -> None:
    stated = changed("toledo-continuous", "yaohua-xk3190").replace('"/dev/ttyS0"', '"/dev/ttyS0"\nprofile = "equals"')
    path = tmp_path / "lane.toml"
    path.write_text(stated)
    assert load(path).devices["scale"] == YaohuaSettings("yaohua-xk3190", "/dev/ttyS0", "equals")
    fault = only_fault(stated.replace('profile = "equals"\n', ""), tmp_path)
    assert (fault.where, fault.message_code) == ("device.scale.profile", "missing")


def test_an_indicator_of_lines_is_a_scale_too_and_its_profile_must_be_stated_and_known(tmp_path: Path) -> None:
    port = '"/dev/ttyS0"'
    stated = changed("toledo-continuous", "ascii-indicator").replace(port, f'{port}\nprofile = "vishay-vt220"')
    path = tmp_path / "lane.toml"
    path.write_text(stated)
    assert load(path).devices["scale"] == AsciiSettings("ascii-indicator", "/dev/ttyS0", "vishay-vt220")
    fault = only_fault(stated.replace('profile = "vishay-vt220"\n', ""), tmp_path)
    assert (fault.where, fault.message_code) == ("device.scale.profile", "missing")
    assert only_fault(stated.replace("vishay-vt220", "vishay"), tmp_path).where == "device.scale.profile"


def test_readers_that_must_be_told_to_read_are_known_to_the_core(tmp_path: Path) -> None:
    path = tmp_path / "lane.toml"
    tags = '[device.tags]\nkind = "uhf-bb7e"\nport = "tcp://127.0.0.1:6000"\n'
    path.write_text(changed('kind = "line-scanner"', 'kind = "line-scanner"\ntrigger = "newland"') + tags)
    parameters = load(path).parameters
    assert (parameters.triggered, parameters.tag_readers) == (("scanner",), ("tags",))


@pytest.mark.parametrize(
    ("line", "named"), [('suffix = "cr lf"', "'cr lf'"), ('prefix = "2"', "'2'"), ('port = "tcp://reader"', "reader")]
)
def test_a_reader_that_cannot_be_meant_is_refused_by_name(tmp_path: Path, line: str, named: str) -> None:
    kind = "uhf-bb7e" if line.startswith("port") else "line-scanner"
    port = "" if line.startswith("port") else 'port = "/dev/ttyS7"\n'
    fault = only_fault(f'{GOOD}\n[device.more]\nkind = "{kind}"\n{port}{line}\n', tmp_path)
    assert fault.where == f"device.more.{line.partition(' ')[0]}"
    assert named in fault.message_en


def test_the_hash_follows_the_meaning_not_the_spelling(tmp_path: Path) -> None:
    hashes = []
    for text in (
        GOOD,
        GOOD + "# a comment\n",
        GOOD.replace('"/dev/ttyS0"', '"/dev/ttyS0"\nbaud = 9600'),
        GOOD.replace('"/dev/ttyS0"', '"/dev/ttyS0"\nbaud = 4800'),
    ):
        path = tmp_path / "lane.toml"
        path.write_text(text)
        hashes.append(load(path).sha256)
    assert hashes[0] == hashes[1] == hashes[2] != hashes[3]
    assert len(hashes[0]) == 64


def test_the_example_is_good_and_states_the_defaults() -> None:
    settings = load(EXAMPLE)
    assert settings.parameters.limits == Limits()
    assert settings.parameters.patience == Patience()
    assert settings.parameters.parts == Parts()
    assert settings.link is not None
    assert settings.link.ca == EXAMPLE.parent.absolute() / "keys" / "broker-ca.pem"


def test_ten_faults_are_told_at_once_each_at_its_place(tmp_path: Path) -> None:
    text = """\
schema = 2
[lane]
station = "VN-HN"
lane = "I/1"
office = 15
mode = "AUTOMATC"
plate_region = [440, 380, 400]
data_folder = "data"
run_folder = "run"
act_socket = "run/act.sock"
[lane.limits]
presence = 500
[lane.parts]
scanner = "scaner"
[device.barrier]
kind = "adam-6060"
hots = "127.0.0.1"
[device.scale]
kind = "toledo-continous"
port = "/dev/ttyS0"
[device.scanner]
kind = "line-scanner"
[device.camera]
kind = "rtsp-camera"
url = "rtsp://admin:secret@127.0.0.1/x"
[vision]
manifest = "models/manifest.toml"
[trust]
root = "root.pub"
station_key = "station.key"
centre = "centre.signed"
"""
    faults = faults_of(text, tmp_path)
    told = [(fault.line, fault.column, fault.where, fault.message_code, fault.hint) for fault in faults]
    assert told == [
        (1, 10, "schema", "not-one-of", ""),
        (4, 8, "lane.lane", "wrong-form", ""),
        (5, 10, "lane.office", "wrong-type", ""),
        (6, 8, "lane.mode", "not-one-of", "AUTOMATIC"),
        (7, 16, "lane.plate_region.3", "too-short", ""),
        (12, 12, "lane.limits.presence", "out-of-range", ""),
        (14, 11, "lane.parts.scanner", "no-such-device", "scanner"),
        (17, 1, "device.barrier.hots", "unknown-key", "host"),
        (19, 8, "device.scale.kind", "unknown-kind", "toledo-continuous"),
        (21, 9, "device.scanner.port", "missing", ""),
        (25, 7, "device.camera.url", "secret", ""),
        (28, 2, "trust.officers", "missing", ""),
    ]
    lines = [str(fault) for fault in faults]
    assert lines[7].endswith("lane.toml:17:1: device.barrier.hots: there is no 'hots' here; did you mean 'host'?")
    assert all(kind in lines[8] for kind in DRIVERS)
    assert "secret@" not in "".join(lines)
    assert "có phải là 'host'?" in faults[7].text("vi")


def test_syntax_faults_are_told_together_with_the_others(tmp_path: Path) -> None:
    text = (
        changed('lane = "I1"', "lane = I1")
        .replace('host = "127.0.0.1"', 'host = "127.0.0.1')
        .replace('kind = "line-scanner"', 'kind = "line-scaner"')
    )
    faults = faults_of(text, tmp_path)
    assert [(fault.line, fault.message_code) for fault in faults] == [
        (4, "syntax"),
        (12, "syntax"),
        (17, "unknown-kind"),
    ]


def test_a_key_given_twice_is_a_syntax_fault_at_its_line(tmp_path: Path) -> None:
    fault = only_fault(changed('port = "/dev/ttyS0"', 'port = "/dev/ttyS0"\nport = "/dev/ttyS9"'), tmp_path)
    assert (fault.line, fault.message_code, fault.where) == (16, "syntax", "port")


def test_a_broken_table_name_stops_the_search(tmp_path: Path) -> None:
    fault = only_fault(changed("[device.scale]", "[device.scale"), tmp_path)
    assert (fault.line, fault.message_code) == (13, "syntax")


@pytest.mark.parametrize(
    ("old", "new", "where", "code"),
    [
        ('"/dev/ttyS0"', '"/dev/ttyS0"\nbaud = "9600"', "device.scale.baud", "not-one-of"),
        ('"/dev/ttyS0"', '"/dev/ttyS0"\nchecksum = 1', "device.scale.checksum", "wrong-type"),
        ('"/dev/ttyS0"', '"/dev/ttyS0"\nsilence = 2.0', "device.scale.silence", "wrong-type"),
        ('"/dev/ttyS0"', '"/dev/ttyS0"\nparity = "7E1"', "device.scale.parity", "not-one-of"),
        ('"/dev/ttyS1"', '"/dev/ttyS0"', "device.scanner.port", "wire-twice"),
        ('"rtsp://127.0.0.1:8554/x"', '"rtsps://127.0.0.1/x"', "device.camera.url", "refused"),
        ('kind = "line-scanner"\n', "", "device.scanner", "missing-kind"),
        ("[device.camera]", "[device.kamera]", "lane.parts.camera", "no-such-device"),
        ('kind = "toledo-continuous"', 'kind = "line-scanner"', "lane.parts.scale", "unfit-device"),
        ('[vision]\nmanifest = "models/manifest.toml"\n', "", "lane.parts.reader", "no-vision"),
        ("[vision]", '[vision]\ndevice = "eye"', "vision.device", "reader-mismatch"),
        ("[vision]", '[vision]\nsecond_reader = "ocr"', "vision.second_reader", "wrong-type"),
        ("[vision]", "[vision]\nceiling_mib = 100", "vision.ceiling_mib", "out-of-range"),
        ("[vision]", "[vision]\nceiling_mib = 5000", "vision.ceiling_mib", "out-of-range"),
        ("400, 200]", "400, 0]", "lane.plate_region", "no-region"),
        ("400, 200]", "400, 200, 1]", "lane.plate_region", "too-long"),
        ("[trust]", '[link]\nhost = "127.0.0.1"\npassword = "x"\n[trust]', "link.password", "secret"),
        ("[trust]", '[link]\nhost = "127.0.0.1"\ncert = "x"\n[trust]', "link", "half-a-key"),
        ("[trust]", '[link]\nhost = "127.0.0.1"\nversion = 5\n[trust]', "link.version", "not-one-of"),
        ("[trust]", "[lnik]\n[trust]", "lnik", "unknown-key"),
        (
            "[device.scale]",
            '[device."a b"]\nkind = "adam-6060"\nhost = "h"\n[device.scale]',
            "device.a b",
            "wrong-form",
        ),
    ],
)
def test_each_fault_is_named_at_its_place(old: str, new: str, where: str, code: str, tmp_path: Path) -> None:
    fault = only_fault(changed(old, new), tmp_path)
    assert (fault.where, fault.message_code) == (where, code)
    assert fault.line > 1
    assert fault.message_vi != fault.message_en


def test_a_part_left_out_on_purpose_needs_no_device(tmp_path: Path) -> None:
    path = tmp_path / "lane.toml"
    path.write_text(changed("[device.scanner]", "[device.spare]") + '[lane.parts]\nscanner = ""\n')
    assert load(path).parameters.parts.scanner == ""


@pytest.mark.parametrize("text", [b"\xff\xfe", b"[" * 100_000, b"#" * 1_000_001])
def test_what_is_no_text_of_settings_is_refused(text: bytes, tmp_path: Path) -> None:
    assert len(faults_of(text, tmp_path)) == 1


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsFaulty, match=r"nowhere\.toml:1:1"):
        load(tmp_path / "nowhere.toml")


def test_what_is_nested_without_end_is_a_syntax_fault(tmp_path: Path) -> None:
    faults = faults_of("x = " + "[" * 100_000, tmp_path)
    assert [fault.where for fault in faults if fault.message_code == "syntax"] == ["x"]


def test_an_empty_file_says_what_is_missing(tmp_path: Path) -> None:
    missing = [fault.where for fault in faults_of("", tmp_path) if fault.message_code == "missing"]
    assert missing == ["lane", "schema", "trust"]


@given(data=st.data())
def test_no_damage_to_a_good_file_ever_raises_anything_else(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    at = data.draw(st.integers(0, len(GOOD)))
    upto = data.draw(st.integers(at, min(len(GOOD), at + 20)))
    path = tmp_path_factory.getbasetemp() / "damaged.toml"
    path.write_text(GOOD[:at] + data.draw(st.text(max_size=8)) + GOOD[upto:])
    with contextlib.suppress(SettingsFaulty):
        load(path)


def test_the_json_schema_accepts_what_loads_and_describes_the_fields() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(tomllib.loads(GOOD))
    validator.validate(tomllib.loads(EXAMPLE.read_text()))
    assert list(validator.iter_errors(tomllib.loads(GOOD.replace("toledo-", "tolede-"))))
    assert "serial port" in json.dumps(schema["$defs"]["toledo-continuous"]["properties"]["port"])
