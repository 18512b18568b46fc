"""One device of a bus by itself, from the command line."""

from collections.abc import Callable
from pathlib import Path

from tests.commands.premises import Premises, Told
from tests.drivers.io_bench import WaveshareBench


def test_a_device_of_a_bus_is_tested_on_its_bus(place: Premises, tmp_path: Path, command: Callable[..., Told]) -> None:
    with WaveshareBench(tmp_path) as bench:
        with place.settings.open("a") as settings:
            settings.write(
                f'[bus.yard]\nkind = "modbus-rtu"\nport = "{bench.port.name}"\n'
                '[device.gate]\nkind = "waveshare-relay-8ch"\nbus = "yard"\nslowest_answer = 140\n'
            )
        test = ("devices", "test", "gate", "--settings", place.settings, "--may-act", "--seconds", 2)
        told = command(*test)
        for _ in range(3):  # this machine may be too busy to answer in 140 ms
            told = told if told.status == 0 else command(*test)
        assert told.status == 0, told.err
        assert "boom position: position down" in told.out
        listed = command("devices", "list", "--settings", place.settings)
        assert "bus yard" in listed.out
