"""Buses in settings: what becomes of a good one, and every way in which devices and buses can disagree."""

import tomllib
from pathlib import Path

import jsonschema
import pytest

from drivers.links.bus_settings import SerialBusSettings, TcpBusSettings
from station.hosting.host import BusSpec, WorkerSpec
from station.journal.folder import DataFolder
from station.lane.assembly import refuse_real_ports, worker_specs
from station.lane.refusal import SettingsRefused
from station.settings.faults import SettingsFault, SettingsFaulty
from station.settings.load import cautions, load
from station.settings.schema import json_schema

GOOD = """\
schema = 1
[lane]
station = "VN-HN"
lane = "I1"
office = "15BB"
data_folder = "data"
run_folder = "run"
act_socket = "run/act.sock"
[lane.parts]
scanner = ""
camera = ""
reader = ""
[bus.yard]
kind = "modbus-rtu"
port = "/dev/serial/by-id/usb-adapter"
parity = "even"
[device.barrier]
kind = "waveshare-relay-8ch"
bus = "yard"
unit = 3
[device.scale]
kind = "modbus-indicator"
profile = "laumas"
bus = "yard"
[trust]
root = "root.pub"
station_key = "station.key"
officers = "officers.signed"
centre = "centre.signed"
"""


def written(text: str, folder: Path) -> Path:
    path = folder / "lane.toml"
    path.write_text(text)
    return path


def faults_of(text: str, folder: Path) -> tuple[SettingsFault, ...]:
    with pytest.raises(SettingsFaulty) as caught:
        load(written(text, folder))
    return caught.value.faults


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def unused_in(path: Path) -> list[SettingsFault]:
    return [caution for caution in cautions(path) if caution.message_code == "bus-unused"]


def test_a_bus_becomes_settings_and_one_worker(tmp_path: Path) -> None:
    settings = load(written(GOOD, tmp_path))
    assert settings.buses == {"yard": SerialBusSettings("modbus-rtu", "/dev/serial/by-id/usb-adapter", parity="even")}
    [spec] = worker_specs(settings, DataFolder(tmp_path / "data"))
    assert isinstance(spec, BusSpec)
    assert (spec.bus, spec.settings) == ("yard", settings.buses["yard"])
    assert [unit.device for unit in spec.units] == ["barrier", "scale"]
    assert "bus-unused" not in [caution.message_code for caution in cautions(tmp_path / "lane.toml")]


def test_a_device_with_a_host_keeps_a_worker_of_its_own(tmp_path: Path) -> None:
    settings = load(written(changed('bus = "yard"\nunit = 3', 'host = "127.0.0.1"'), tmp_path))
    own, bus = worker_specs(settings, DataFolder(tmp_path / "data"))
    assert isinstance(own, WorkerSpec) and isinstance(bus, BusSpec)
    assert (own.device, [unit.device for unit in bus.units]) == ("barrier", ["scale"])


def test_a_bus_may_stand_behind_a_serial_server(tmp_path: Path) -> None:
    serial = 'kind = "modbus-rtu"\nport = "/dev/serial/by-id/usb-adapter"\nparity = "even"\n'
    text = changed(serial, 'kind = "modbus-rtu-over-tcp"\nhost = "127.0.0.1"\nport = 4001\n')
    settings = load(written(text, tmp_path))
    assert settings.buses == {"yard": TcpBusSettings("modbus-rtu-over-tcp", "127.0.0.1", 4001)}
    jsonschema.Draft202012Validator(json_schema()).validate(tomllib.loads(text))


@pytest.mark.parametrize(
    ("old", "new", "where", "code"),
    [
        ('bus = "yard"\nunit = 3', 'bus = "yrad"\nunit = 3', "device.barrier.bus", "no-such-bus"),
        ("unit = 3", "unit = 1", "device.scale.bus", "unit-twice"),
        ("unit = 3", 'unit = 3\nhost = "127.0.0.1"', "device.barrier.bus", "host-and-bus"),
        ('bus = "yard"\nunit = 3', "unit = 3", "device.barrier.kind", "no-address"),
        ("unit = 3", "unit = 0", "device.barrier.unit", "out-of-range"),
        (
            'kind = "modbus-indicator"\nprofile = "laumas"',
            'kind = "toledo-continuous"\nport = "/dev/ttyS7"',
            "bus",
            "no-bus-kind",
        ),
        ('kind = "modbus-rtu"', 'kind = "modbus-rut"', "bus.yard.kind", "unknown-kind"),
        ('kind = "modbus-rtu"\n', "", "bus.yard", "missing-kind"),
        ('parity = "even"', 'parity = "8E1"', "bus.yard.parity", "not-one-of"),
        ('parity = "even"', "baud = 1200", "bus.yard.baud", "not-one-of"),
        ('parity = "even"', "bauds = 9600", "bus.yard.bauds", "unknown-key"),
        ('port = "/dev/serial/by-id/usb-adapter"\n', "", "bus.yard.port", "missing"),
    ],
)
def test_each_disagreement_is_named_once_at_its_place(
    old: str, new: str, where: str, code: str, tmp_path: Path
) -> None:
    [fault] = faults_of(changed(old, new), tmp_path)
    assert fault.where.endswith(where)
    assert fault.message_code == code
    assert fault.line > 1
    assert fault.message_vi != fault.message_en


def test_what_is_refused_says_what_would_be_right(tmp_path: Path) -> None:
    [fault] = faults_of(changed('bus = "yard"\nunit = 3', 'bus = "yrad"\nunit = 3'), tmp_path)
    assert str(fault).endswith("there is no [bus.yrad]; buses: yard; did you mean 'yard'?")
    [fault] = faults_of(changed('parity = "even"', "bauds = 9600"), tmp_path)
    assert fault.hint == "baud"
    [fault] = faults_of(changed('kind = "modbus-rtu"', 'kind = "modbus-rut"'), tmp_path)
    assert fault.hint == "modbus-rtu"


def test_a_port_is_not_shared_by_a_bus_and_a_device(tmp_path: Path) -> None:
    gauge = '[device.gauge]\nkind = "toledo-continuous"\nport = "/dev/serial/by-id/usb-adapter"\n[trust]'
    [fault] = faults_of(changed("[trust]", gauge), tmp_path)
    assert (fault.where, fault.message_code) == ("device.gauge.port", "wire-twice")
    assert "[bus.yard]" in fault.message_en


def test_more_units_than_a_segment_carries_are_refused(tmp_path: Path) -> None:
    more = "".join(
        f'[device.m{n}]\nkind = "modbus-indicator"\nprofile = "laumas"\nbus = "yard"\nunit = {n}\n'
        for n in range(10, 41)
    )
    [fault] = faults_of(changed("[trust]", more + "[trust]"), tmp_path)
    assert (fault.where, fault.message_code) == ("bus.yard", "bus-crowded")


def test_a_bus_nobody_uses_is_a_caution_and_starts_nothing(tmp_path: Path) -> None:
    text = changed("[trust]", '[bus.spare]\nkind = "modbus-rtu"\nport = "/dev/ttyS7"\n[trust]')
    path = written(text, tmp_path)
    [caution] = [caution for caution in cautions(path) if caution.message_code == "bus-unused"]
    assert (caution.where, caution.message_code, caution.line) == ("bus.spare", "bus-unused", 25)
    assert len(worker_specs(load(path), DataFolder(tmp_path / "data"))) == 1


@pytest.mark.parametrize(
    "real", ['port = "/dev/ttyUSB0"', 'kind = "modbus-rtu-over-tcp"\nhost = "192.0.2.7"\nport = 4001']
)
def test_a_demo_root_opens_no_real_bus(real: str, tmp_path: Path) -> None:
    serial = 'kind = "modbus-rtu"\nport = "/dev/serial/by-id/usb-adapter"\nparity = "even"'
    text = changed(serial, real if "kind" in real else f'kind = "modbus-rtu"\n{real}')
    with pytest.raises(SettingsRefused, match=r"bus\.yard: .* next: provision a real root first"):
        refuse_real_ports(load(written(text, tmp_path)))


def test_a_demo_root_opens_a_simulated_bus(tmp_path: Path) -> None:
    refuse_real_ports(load(written(changed("/dev/serial/by-id/usb-adapter", "/dev/pts/4711"), tmp_path)))
