"""`station drop-outputs` over real Modbus: motion off, red on, no boom comes down; 0 also for a dead module."""

import json
from collections.abc import Callable
from pathlib import Path

from drivers.contract.quantities import Millis
from tests.commands.premises import SETTINGS, Premises, Told
from tests.drivers.adam_bench import Bench
from tests.drivers.harnesses.sign import LedSignHarness
from tests.drivers.io_bench import WaveshareBench
from tests.support import free_port

Command = Callable[..., Told]


def with_barrier(place: Premises, port: int) -> None:
    text = SETTINGS.replace('barrier = ""', 'barrier = "barrier"')
    place.settings.write_text(text + f'[device.barrier]\nkind = "adam-6060"\nhost = "127.0.0.1"\nport = {port}\n')


def test_motion_goes_off_and_red_comes_on(place: Premises, command: Command) -> None:
    with Bench() as bench:
        with_barrier(place, bench.port.port)
        link = bench.link()
        link.open()
        link.write_coils(16, (True, False, False, True), Millis(300))  # raise held on, green
        link.close()
        told = command("drop-outputs", "--settings", place.settings)
        assert (told.status, told.out) == (0, "barrier: motion outputs off: done\nbarrier: red on: done\n")
        assert bench.model.outputs[:4] == (False, False, True, False)
        assert bench.motion_frames() != [] and all("lower=1" not in text for text in bench.motion_frames())


def test_a_module_on_a_serial_bus_is_reached_too(place: Premises, command: Command, tmp_path: Path) -> None:
    with WaveshareBench(tmp_path) as bench:
        text = SETTINGS.replace('barrier = ""', 'barrier = "barrier"')
        bus = f'[bus.yard]\nkind = "modbus-rtu"\nport = "{bench.port.name}"\n'
        place.settings.write_text(text + bus + '[device.barrier]\nkind = "waveshare-relay-8ch"\nbus = "yard"\n')
        with bench.lock:
            bench.model.modes = [0] * 8
            bench.model.set_outputs(0, (True, False, False, True))
        told = command("drop-outputs", "--settings", place.settings)
        assert (told.status, told.out) == (0, "barrier: motion outputs off: done\nbarrier: red on: done\n")
        assert bench.model.outputs[:4] == (False, False, True, False)


def test_a_dead_module_is_told_and_does_not_stop_the_unit(place: Premises, command: Command) -> None:
    with_barrier(place, free_port())
    told = command("drop-outputs", "--settings", place.settings)
    assert told.status == 0 and "barrier: motion outputs off: failed" in told.err and "red on: failed" in told.err
    reports = json.loads(command("drop-outputs", "--settings", place.settings, "--json").out)["dropped"]
    assert [line.split(": ")[1] for line in reports["barrier"]] == ["failed", "failed"]


def test_a_sign_that_still_says_go_is_blanked_and_a_dead_one_told(
    place: Premises, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "far").mkdir()
    with LedSignHarness(tmp_path / "far") as sign:
        sign.peer.texts.append("GO")
        device = f'[device.sign]\nkind = "led-sign"\nport = "{sign.port.name}"\nprofile = "am03127"\n'
        place.settings.write_text(SETTINGS + device)
        told = command("drop-outputs", "--settings", place.settings)
        assert (told.status, told.out) == (0, "sign: sign blank: done\n")
        assert sign.peer.shown == ""
    told = command("drop-outputs", "--settings", place.settings)
    assert told.status == 0 and "sign: sign blank: failed" in told.err


def test_a_lane_without_a_barrier_has_nothing_to_drop(place: Premises, command: Command) -> None:
    told = command("drop-outputs", "--settings", place.settings)
    assert (told.status, told.out) == (0, "the settings have no barrier\n")


def test_faulty_settings_are_78(place: Premises, command: Command) -> None:
    place.settings.write_text("schema = 2\n")
    assert command("drop-outputs", "--settings", place.settings).status == 78
