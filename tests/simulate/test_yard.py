"""A yard in one thread, its clock moved by the test, its barrier module worked over a real Modbus TCP connection."""

import json
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick
from station.simulate.stories import ALL_STORIES, Story
from station.simulate.yard import LOG_FILE, SimulateOptions, Yard, run_simulate

STORY = {story.name: story for story in ALL_STORIES}
RAISE, LOWER, RED, GREEN = 16, 17, 18, 19
_PATIENCE_MS = 90_000


class Bench:
    """Moves the yard's clock and writes coils as a host would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.yard = Yard(folder)
        self.at = now()
        self._host = socket.create_connection(("127.0.0.1", int(self.yard.ports["barrier"])))
        self._host.setblocking(False)
        self._written = 0
        self._greeted = self.at

    def close(self) -> None:
        self._host.close()
        self.yard.close()

    def coil(self, address: int, on: bool) -> None:
        self._written += 1
        pdu = struct.pack(">BHH", 5, address, 0xFF00 if on else 0)
        self._host.send(struct.pack(">HHHB", self._written, 0, len(pdu) + 1, 1) + pdu)
        self.run(Millis(20))

    def pulse(self, address: int) -> None:
        self.coil(address, True)
        self.run(Millis(500))
        self.coil(address, False)

    def run(self, wait: Millis) -> None:
        for _ in range(wait // 10):
            self.at = Tick(self.at + 10)
            self.yard.service(self.at)

    def run_until(self, condition: Callable[[], object]) -> None:
        end = self.at + _PATIENCE_MS
        while not condition():
            assert self.at < end, self.log()[-5:]
            if self.at - self._greeted > 2_000:  # the module's host watchdog wants to hear somebody
                self._greeted = self.at
                self.coil(21, False)
            self.run(Millis(10))

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / LOG_FILE).read_text().splitlines()]

    def has(self, what: str, **seen: object) -> bool:
        return any(line["what"] == what and seen.items() <= line.items() for line in self.log())

    def events(self) -> list[str]:
        return [line["event"] for line in self.log() if line["what"] == "truck"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def drive_in(bench: Bench, story: Story) -> None:
    bench.coil(RED, True)
    bench.yard.send(story)
    bench.run_until(lambda: "stands" in bench.events())


def test_a_truck_goes_only_when_light_and_boom_both_say_so(bench: Bench) -> None:
    drive_in(bench, STORY["green"])
    bench.run_until(lambda: "shows-code" in bench.events())
    bench.coil(RED, False)
    bench.coil(GREEN, True)
    bench.run(Millis(3_000))
    assert "drives-off" not in bench.events()  # green alone moves nobody
    bench.coil(GREEN, False)
    bench.pulse(RAISE)
    bench.run_until(lambda: bench.has("boom", phase="up"))
    bench.run(Millis(3_000))
    assert "drives-off" not in bench.events()  # nor does an open boom alone
    bench.coil(GREEN, True)
    bench.run_until(lambda: bench.yard.is_quiet)
    assert bench.events() == ["arrives", "stands", "shows-code", "drives-off", "gone"]
    loops = [(line["name"], line["occupied"]) for line in bench.log() if line["what"] == "loop"][3:]
    assert loops == [
        ("entry", True),
        ("entry", False),
        ("under-boom", True),
        ("exit", True),
        ("under-boom", False),
        ("exit", False),
    ]
    assert bench.has("deck", mass=42_140_000, load=42_140_000)
    assert bench.has("frame", text="FC5 raise=1")


def test_the_boom_refuses_to_come_down_on_a_truck(bench: Bench) -> None:
    drive_in(bench, STORY["green"])
    bench.pulse(RAISE)
    bench.run_until(lambda: bench.has("boom", phase="up"))
    bench.coil(GREEN, True)
    bench.run_until(lambda: bench.has("loop", name="under-boom", occupied=True))
    bench.pulse(LOWER)
    bench.run(Millis(500))
    assert not bench.has("boom", phase="lowering")


@pytest.mark.parametrize(
    ("name", "times_felt", "times_broken"),
    [("high-bed", 2, 1), ("drawbar", 1, 1), ("low-loader", 1, 1), ("across-the-boom", 1, 1), ("follower", 1, 2)],
)
def test_what_fools_a_loop_does_not_fool_the_beam(bench: Bench, name: str, times_felt: int, times_broken: int) -> None:
    drive_in(bench, STORY[name])
    bench.pulse(RAISE)
    bench.run_until(lambda: bench.has("boom", phase="up"))
    bench.coil(RED, False)
    bench.coil(GREEN, True)
    bench.run_until(lambda: bench.yard.is_quiet)
    lines = bench.log()
    assert (
        sum(line["what"] == "loop" and line["name"] == "under-boom" and line["occupied"] for line in lines)
        == times_felt
    )
    assert sum(line["what"] == "beam" and line["broken"] for line in lines) == times_broken
    assert ("halts" in bench.events()) == (STORY[name].halts_m > 0)


def test_an_impatient_driver_backs_out(bench: Bench) -> None:
    drive_in(bench, replace(STORY["green"], patience=Millis(1_000)))
    bench.run_until(lambda: bench.yard.is_quiet)
    assert bench.events() == ["arrives", "stands", "shows-code", "gives-up", "reverses", "gone"]
    assert not bench.has("loop", name="under-boom", occupied=True)


def test_the_bay_is_reached_by_a_wave(bench: Bench) -> None:
    drive_in(bench, STORY["overweight"])
    bench.run(Millis(4_000))
    assert "turns-aside" not in bench.events()
    bench.yard.wave()
    bench.run_until(lambda: bench.yard.is_quiet)
    assert bench.events()[-2:] == ["turns-aside", "gone"]
    assert not bench.has("loop", name="exit", occupied=True)
    assert bench.has("deck", mass=0, load=0)


def test_the_next_truck_waits_for_a_boom_that_is_down(bench: Bench) -> None:
    bench.coil(RED, True)
    bench.pulse(RAISE)
    bench.yard.send(STORY["green"])
    bench.run(Millis(5_000))
    assert bench.events() == []
    bench.pulse(LOWER)
    bench.run_until(lambda: bench.events() == ["arrives"])


def test_a_story_nobody_knows_is_refused_with_the_known_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_simulate(SimulateOptions(tmp_path / "yard", stories=("grene",))) == 2
    assert "grene" in (said := capsys.readouterr().err) and "second-picture" in said
    assert not (tmp_path / "yard").exists()


def test_a_folder_without_pictures_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run_simulate(SimulateOptions(tmp_path / "yard", pictures=empty)) == 74
    assert str(empty) in capsys.readouterr().err
