"""`station devices`: the catalog, the ports, and one device by itself, on real ports with simulated far ends."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from drivers.catalog import DRIVERS
from drivers.contract import readings
from drivers.contract.clock import now
from drivers.contract.quantities import Tick
from drivers.links.flight_recorder import Entry, read_recording
from drivers.links.serial_link import SerialLink
from station.words.language import Language
from station.words.readings import PARTS, READINGS
from tests.commands.premises import ROOT, SETTINGS, Premises, Told, premises, running_lane
from tests.drivers.harnesses.barrier import HARNESSES as BARRIERS
from tests.drivers.harnesses.scanner import HARNESSES as SCANNERS
from tests.drivers.harnesses.weighbridge import ToledoHarness, YaohuaHarness
from tests.support import wait_until

Command = Callable[..., Told]


@pytest.fixture
def scale(tmp_path: Path) -> Iterator[ToledoHarness]:
    folder = tmp_path / "scale"
    folder.mkdir()
    with ToledoHarness(folder) as made:
        yield made


@pytest.fixture
def with_scale(place: Premises, scale: ToledoHarness) -> Premises:
    with place.settings.open("a") as settings:
        settings.write(f'[device.scale]\nkind = "toledo-continuous"\nport = "{scale.port.name}"\n')
    return place


def told_with(wanted: str, command: Command, *arguments: object, language: Language = "en") -> Told:
    """What a command says, run again if a busy machine let it see too little."""
    seen: list[str] = []
    for _ in range(8):
        told = command(*arguments, language=language)
        if wanted in told.out:
            return told
        seen.append(told.out + told.err)
    raise AssertionError(f"never said {wanted!r}: {seen}")


def lines_of(told: Told) -> list[dict[str, object]]:
    return [json.loads(line) for line in told.out.splitlines()]


def test_every_reading_has_a_name_in_both_languages() -> None:
    given = {reading.__name__ for spec in DRIVERS.values() for reading in spec.readings}
    assert given - set(READINGS) == set()
    parts = {field.name for name in READINGS for field in fields(getattr(readings, name))}
    assert parts == set(PARTS)
    assert all(vietnamese.strip() and english.strip() for vietnamese, english in READINGS.values())


def test_list_shows_every_kind_and_the_configured_devices(with_scale: Premises, command: Command) -> None:
    told = command("devices", "list", "--settings", with_scale.settings)
    assert told.status == 0
    for kind in DRIVERS:
        assert re.search(rf"(?m)^{kind} .* (UNVERIFIED|\S+)$", told.out), kind
    assert re.search(r"(?m)^scale +toledo-continuous +\S+/tty", told.out)
    body = json.loads(command("devices", "list", "--json", "--settings", with_scale.settings).out)
    assert [kind["kind"] for kind in body["kinds"]] == list(DRIVERS)
    assert [device["device"] for device in body["devices"]] == ["scale"]
    assert "Các loại thiết bị" in command("devices", "list", language="vi").out


def test_scan_lists_ports(command: Command) -> None:
    told = command("devices", "scan", "--json")
    assert told.status == 0
    assert all({"port", "by_id", "by_path", "proposed", "held_by"} <= set(port) for port in json.loads(told.out))
    assert "Serial ports:" in command("devices", "scan").out


def test_scan_hears_a_scale_and_sends_nothing(scale: ToledoHarness, command: Command) -> None:
    told = command("devices", "scan", scale.port.name)
    assert told.status == 0
    assert " baud:" in told.out and "a hint, no verdict: it may be toledo-continuous" in told.out
    assert scale.acts() == 0


def test_scan_of_noise_and_of_silence_understands_nothing(scale: ToledoHarness, command: Command) -> None:
    scale.spoil()
    told = told_with("wrong-baud?", command, "devices", "scan", scale.port.name, "--baud", 9600, "--json")
    (heard,) = lines_of(told)
    assert (told.status, heard["understood_by"]) == (1, [])
    with scale.serving:
        scale.peer.fail("silent")
    told = command("devices", "scan", scale.port.name, "--baud", 9600, "--seconds", 0.3)
    assert told.status == 1 and "No kind understands it" in told.out


def test_scan_tells_a_yaohua_from_a_toledo(tmp_path: Path, command: Command) -> None:
    with YaohuaHarness(tmp_path) as harness:
        heard = lines_of(command("devices", "scan", harness.port.name, "--json"))[-1]
    found = heard["understood_by"]
    assert isinstance(found, list)
    assert "yaohua-xk3190 profile=xor" in found and not any(str(kind).startswith("toledo") for kind in found)


@pytest.mark.parametrize("kind", ["cccd-reader", "mrz-reader", "line-scanner"])
def test_scan_shows_nothing_that_could_be_a_persons(kind: str, tmp_path: Path, command: Command) -> None:
    readers = {reader.kind: reader for reader in SCANNERS}
    with readers[kind](tmp_path) as harness:
        port = str(tmp_path / "tty")
        told = told_with("not shown", command, "devices", "scan", port, "--baud", 9600)
        heard = lines_of(command("devices", "scan", port, "--baud", 9600, "--json"))[-1]
    assert "|" not in told.out and heard["sample"] == "" and harness.acts() == 0
    assert (f"it may be {kind}" in told.out) == (kind != "line-scanner")


def test_test_shows_what_a_scale_is_and_says(with_scale: Premises, scale: ToledoHarness, command: Command) -> None:
    seen = "load on the deck: mass 20 000 kg, moving no, valid yes"
    told = told_with(seen, command, "devices", "test", "scale", "--settings", with_scale.settings, "--seconds", 1)
    assert told.status == 0
    assert "= toledo-continuous: listening on" in told.out
    assert told.out.endswith("scale: ok\n")
    assert scale.acts() == 0
    seen = "tải trên bàn cân: khối lượng 20 000 kg, đang động không, hợp lệ có"
    arguments = ("devices", "test", "scale", "--settings", with_scale.settings, "--seconds", 1)
    assert told_with(seen, command, *arguments, language="vi").out.endswith("scale: tốt\n")


def test_test_tells_a_fault_in_plain_words_and_exits_1(
    with_scale: Premises, scale: ToledoHarness, command: Command
) -> None:
    scale.spoil()
    told = command("devices", "test", "scale", "--settings", with_scale.settings, "--seconds", 10)
    assert told.status == 1
    assert "bytes arrive but" in told.out or "garbled" in told.out
    assert "next: compare baud rate" in told.out and told.out.endswith("scale: faults\n")
    assert "Wrong baud?" in told.out
    scale.unplug()
    told = command("devices", "test", "scale", "--settings", with_scale.settings)
    assert told.status == 1 and "the port or address is missing" in told.out


def test_an_unknown_device_is_refused_with_those_that_exist(with_scale: Premises, command: Command) -> None:
    for verb in (["test", "skale"], ["watch", "skale"], ["record", "skale", "x.flight"]):
        told = command("devices", *verb, "--settings", with_scale.settings)
        assert told.status == 2 and "there are: scale" in told.err


def test_a_held_port_is_busy_and_its_holder_named(with_scale: Premises, scale: ToledoHarness, command: Command) -> None:
    link = SerialLink(str(scale.port.name))
    link.open()
    try:
        for verb in (["test", "scale", "--settings", with_scale.settings], ["scan", scale.port.name]):
            told = command("devices", *verb)
            assert told.status == 75 and f"process {os.getpid()} (" in told.err
    finally:
        link.close()


def test_watch_shows_bytes_and_readings(with_scale: Premises, command: Command) -> None:
    arguments = ("devices", "watch", "scale", "--settings", with_scale.settings, "--seconds", 1)
    told = told_with("load on the deck", command, *arguments)
    assert told.status == 0
    assert re.search(r"(?m)^ +\d+\.\d{3} < (?:[0-9a-f]{2} )+.*\|.*\|$", told.out)
    told = told_with('"<"', command, *arguments, "--json")
    marks = {str(line.get("mark")) for line in lines_of(told)}
    assert {"<", "="} <= marks and ">" not in marks


@pytest.mark.timeout(180)
def test_watch_goes_on_after_a_fault_until_it_is_interrupted(with_scale: Premises, scale: ToledoHarness) -> None:
    command = [sys.executable, "-m", "station", "devices", "watch", "scale", "--settings", str(with_scale.settings)]
    log = with_scale.folder / "watch.log"
    with log.open("wb") as out:
        watching = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, "LANG": "C"})
    try:
        wait_until(lambda: b"load on the deck" in log.read_bytes(), 40, "the first reading")
        scale.unplug()
        wait_until(lambda: b"the port or address is missing" in log.read_bytes(), 40, "the fault is told")
        scale.plug_in()
        seen = log.read_bytes().count(b"load on the deck")
        wait_until(lambda: log.read_bytes().count(b"load on the deck") > seen, 40, "readings again")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 0
    finally:
        watching.kill()
        watching.wait()


def test_what_is_recorded_plays_the_same_readings(with_scale: Premises, scale: ToledoHarness, command: Command) -> None:
    file = with_scale.folder / "scale.flight"
    told = command("devices", "record", "scale", file, "--settings", with_scale.settings, "--seconds", 3, "--json")
    assert told.status == 0 and scale.acts() == 0
    recorded = [line["reading"] for line in lines_of(told) if "reading" in line]
    assert recorded
    played = command("devices", "play", file, "--json")
    assert played.status == 0
    assert [line["reading"] for line in lines_of(played) if "reading" in line][: len(recorded)] == recorded
    assert "load on the deck: mass 20 000 kg" in command("devices", "play", file, "--bytes").out
    again = command("devices", "record", "scale", file, "--settings", with_scale.settings)
    assert again.status == 74 and "the file exists" in again.err


def test_a_recording_is_played_as_another_kind_if_asked(tmp_path: Path, command: Command) -> None:
    file = tmp_path / "raw.flight"
    frame = bytes.fromhex("022b303032303030323142 03".replace(" ", ""))
    file.write_bytes(b"".join(Entry(Tick(100 * n), "<", frame).line() for n in range(20)))
    told = command("devices", "play", file)
    assert told.status == 2 and "there is no such kind" in told.err
    told = command("devices", "play", file, "--kind", "yaohua-xk3190", "--set", "profile=xor", "--json")
    assert told.status == 0 and any("reading" in line for line in lines_of(told))
    told = command("devices", "play", file, "--kind", "yaohua-xk3190", "--set", "profile=morse")
    assert told.status == 2 and "morse" in told.err
    (tmp_path / "no.flight").write_bytes(b"nothing of ours\n")
    assert command("devices", "play", tmp_path / "no.flight").status == 74


def test_a_device_whose_outputs_drop_at_opening_needs_a_word(place: Premises, tmp_path: Path, command: Command) -> None:
    folder = tmp_path / "barrier"
    folder.mkdir()
    with next(kind for kind in BARRIERS if kind.kind == "adam-6060")(folder) as harness:
        port = harness.settings.port  # type: ignore[attr-defined]
        with place.settings.open("a") as settings:
            settings.write(f'[device.barrier]\nkind = "adam-6060"\nhost = "127.0.0.1"\nport = {port}\n')
        acts = harness.acts()
        for verb in (["test", "barrier"], ["watch", "barrier"], ["record", "barrier", place.folder / "b.flight"]):
            told = command("devices", *verb, "--settings", place.settings, "--seconds", 1)
            assert told.status == 77 and "--may-act" in told.err
        assert harness.acts() == acts
        arguments = ("devices", "test", "barrier", "--settings", place.settings, "--may-act", "--seconds", 1)
        assert told_with("boom position: position down", command, *arguments).status in (0, 1)  # 1: a late answer


def test_what_identifies_a_person_is_neither_shown_nor_recorded(
    place: Premises, tmp_path: Path, command: Command
) -> None:
    folder = tmp_path / "reader"
    folder.mkdir()
    with next(kind for kind in SCANNERS if kind.kind == "cccd-reader")(folder) as harness:
        port = harness.settings.port  # type: ignore[attr-defined]
        with place.settings.open("a") as settings:
            settings.write(f'[device.reader]\nkind = "cccd-reader"\nport = "{port}"\n')
        for form in ([], ["--json"]):
            seen = '"is": "IdentityRe' if form else "not shown"
            told = told_with(
                seen, command, "devices", "watch", "reader", "--settings", place.settings, "--seconds", 1, *form
            )
            assert told.status == 0
            assert "Nguy" not in told.out and "|0" not in told.out and not re.search(r"\d{12}", told.out)
        told = command("devices", "record", "reader", place.folder / "r.flight", "--settings", place.settings)
        assert told.status == 77 and "never recorded" in told.err
        assert not (place.folder / "r.flight").exists()


def test_a_running_lane_keeps_its_devices_and_is_watched_through_its_recorder(
    with_scale: Premises, scale: ToledoHarness, command: Command
) -> None:
    text = with_scale.settings.read_text()
    with_scale.settings.write_text(text.replace('scale = ""', 'scale = "scale"'))
    recording = with_scale.data / "flight" / "scale"
    with running_lane(with_scale):
        wait_until(lambda: recording.is_dir() and list(recording.iterdir()), 20, "the lane records its scale")
        for verb in (["test", "scale"], ["record", "scale", with_scale.folder / "s.flight"]):
            told = command("devices", *verb, "--settings", with_scale.settings)
            assert told.status == 75 and "I1" in told.err and "station devices watch" in told.err
        told = command("devices", "scan", scale.port.name)
        assert told.status == 75 and f"of the lane --settings {with_scale.settings}" in told.err
        arguments = ("devices", "watch", "scale", "--settings", with_scale.settings, "--seconds", 1)
        told = told_with("load on the deck", command, *arguments)
        assert told.status == 0 and " < " in told.out
    played = command("devices", "play", recording)
    assert "load on the deck: mass 20 000 kg" in played.out
    assert all(entry.tick <= now() for entry in read_recording(recording))


def test_a_lane_without_a_recorder_is_not_watched(tmp_path: Path, demo_keys: Path, command: Command) -> None:
    settings = SETTINGS.replace('mode = "CLOSED"', 'mode = "CLOSED"\nflight_recorder = false')
    folder = tmp_path / "scale"
    folder.mkdir()
    with ToledoHarness(folder) as harness:
        device = f'[device.scale]\nkind = "toledo-continuous"\nport = "{harness.port.name}"\n'
        place = premises(tmp_path, demo_keys, settings + device)
        with running_lane(place):
            told = command("devices", "watch", "scale", "--settings", place.settings, "--seconds", 1)
            assert told.status == 77 and "does not record" in told.err
        assert not (place.data / "flight").exists()
