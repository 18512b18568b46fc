"""Trucks through a whole lane on real ports: what each stage took, told by the journal and the yard's own log."""

import json
import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drivers.contract.clock import now
from drivers.contract.readings import PictureTaken, PlateRead
from station.bench.memory import pss_mib
from station.bench.samples import Measured, measured
from station.centre.publisher import publish_list, read_entries
from station.centre.store import CentreStore
from station.core.facts import DeviceRead
from station.core.records import OrderIssued
from station.journal.reader import JournalReader
from station.simulate.brokers import DemoBroker
from station.simulate.children import Children
from station.simulate.container_view import CONTAINER_VIEWS
from station.simulate.demo_folder import OFFICE, STATION, DemoFolder
from station.simulate.following import Following
from station.simulate.stories import STORIES, Story
from station.simulate.yard import Yard

TURN_AIM_MS = 5.0
ORDER_AIM_MS = 50.0
CORE_AIM_MIB = 60.0
LANE_AIM_MIB = 350.0
_START_S = 90.0
_TRUCK_S = 90.0
_RECEIPT_S = 60.0
_LOOK_MS = 10
_DEVICES = 5
_MOST_ROWS = 1_000_000
_FIRST_DECLARATION = 107_900_001_000


def measure_trucks(root: Path, trucks: int, broker: DemoBroker, tell: Callable[[str], None]) -> list[Measured]:
    """Send `trucks` ordinary trucks through. `root` must be new or a demo's. Raises BenchFailed, ChildDied, OSError."""
    stories = [replace(STORIES[0], code=str(_FIRST_DECLARATION + number)) for number in range(trucks)]
    folder = DemoFolder(root)
    folder.make(stories)
    children = Children(folder.logs, os.environ)
    yard = Yard(folder.yard, stories=stories[:1])
    following = Following(folder.journal, folder.physical_log)
    try:
        bench = _Bench(folder, broker, children, yard, following)
        bench.start(stories)
        for number, story in enumerate(stories, start=1):
            tell(f"{number}/{trucks}")
            bench.play(story)
        bench.await_receipts()
        centre = children.pid("centre")
        pss = {"centre": pss_mib(centre)}
        children.stop("lane")
    finally:
        following.close()
        yard.close()
        children.close()
        folder.release()
    figures = json.loads((folder.root / "figures.json").read_text(encoding="utf-8"))
    return [*_of_turns(figures), *_of_journal(folder), *_of_memory(figures["pss"], pss)]


class BenchFailed(Exception):
    """What was to be measured did not happen in time; names it."""


class _Bench:
    def __init__(
        self, folder: DemoFolder, broker: DemoBroker, children: Children, yard: Yard, following: Following
    ) -> None:
        self._folder = folder
        self._broker = broker
        self._children = children
        self._yard = yard
        self._following = following
        self._fit: set[str] = set()
        self._has_list = False
        self._completed = 0

    def start(self, stories: list[Story]) -> None:
        folder, broker = self._folder, self._broker
        if broker.is_ours:
            self._children.start("broker", broker.command)
        self._until(broker.answers, _START_S, "the broker")
        ports = {device: port for device, port in self._yard.ports.items() if device not in CONTAINER_VIEWS}
        folder.write_settings(ports, (broker.host, broker.port), broker.version)
        store = CentreStore(f"sqlite:///{folder.centre / 'centre.db'}")
        entries = read_entries(folder.list.read_bytes(), str(folder.list))
        publish_list(store, STATION, OFFICE, entries, time.time_ns() // 1_000_000)
        store.close()
        station = (sys.executable, "-m", "station")
        self._children.start("centre", (*station, "centre", "--settings", str(folder.centre_settings)))
        lane = (sys.executable, "-m", "station.bench.timed_lane")
        self._children.start("lane", (*lane, str(folder.lane_settings), str(folder.root / "figures.json")))
        self._until(lambda: self._has_list and len(self._fit) >= _DEVICES, _START_S, "the lane")

    def play(self, story: Story) -> None:
        wanted = self._completed + 1
        self._yard.send(story)
        self._until(lambda: self._completed >= wanted and self._yard.is_quiet, _TRUCK_S, "a crossing")

    def await_receipts(self) -> None:
        self._until(self._following.is_receipted, _RECEIPT_S, "the centre's receipt")

    def _until(self, condition: Callable[[], bool], patience_s: float, what: str) -> None:
        """Let the yard live until something is true."""
        deadline = time.monotonic() + patience_s
        while not condition():
            if time.monotonic() > deadline:
                raise BenchFailed(f"{what} did not come within {patience_s:.0f} s; see {self._folder.logs}")
            at = now()
            self._yard.service(at)
            poll = select.poll()
            for fileno in self._yard.filenos():
                poll.register(fileno, select.POLLIN)
            poll.poll(max(0, at + _LOOK_MS - now()))
            self._children.check()
            for happening in self._following.news():
                self._take(happening.what, happening.body)

    def _take(self, what: str, body: dict[str, Any]) -> None:
        match what:
            case "device.state" if body["fit"]:
                self._fit.add(body["device"])
            case "list.applied":
                self._has_list = True
            case "crossing.completed":
                self._completed += 1


def _of_turns(figures: dict[str, Any]) -> Iterator[Measured]:
    yield measured("bench-turn", figures["turns"], "ms", TURN_AIM_MS)
    yield measured("bench-commit", figures["commits"], "ms")
    yield measured("bench-closing", figures["closings"], "ms")


def _of_memory(lane: dict[str, float], others: dict[str, float]) -> Iterator[Measured]:
    for name, mib in lane.items():
        aim = CORE_AIM_MIB if name == "lane" else None
        yield measured("bench-pss", [mib], "MiB", aim, of=name)
    yield measured("bench-pss-lane", [sum(lane.values())], "MiB", LANE_AIM_MIB)
    for name, mib in others.items():
        yield measured("bench-pss", [mib], "MiB", of=name)


def _of_journal(folder: DemoFolder) -> Iterator[Measured]:
    """Latencies between processes in a crossing; all of them count the same monotonic milliseconds."""
    seen = _Seen.read(folder)
    yield measured("bench-raise", seen.delays(seen.raises, seen.raise_frames), "ms", ORDER_AIM_MS)
    yield measured("bench-picture", seen.picture_to_plate, "ms")


@dataclass(frozen=True, slots=True)
class _Seen:
    """Ticks of what follows each other, and differences that the facts state themselves."""

    raises: list[int]
    raise_frames: list[int]
    picture_to_plate: list[int]

    @staticmethod
    def delays(causes: list[int], effects: list[int]) -> list[int]:
        """From each cause to the first effect at or after it."""
        return [min(later) - cause for cause in causes if (later := [effect for effect in effects if effect >= cause])]

    @classmethod
    def read(cls, folder: DemoFolder) -> "_Seen":
        lines = [json.loads(line) for line in folder.physical_log.read_text(encoding="utf-8").splitlines()]
        with JournalReader(folder.journal) as reader:
            rows = reader.records(0, _MOST_ROWS)
            facts = [reader.as_fact(row) for row in reader.facts(0, _MOST_ROWS)]
            orders = [(row.tick, record) for row in rows if isinstance(record := reader.as_record(row), OrderIssued)]
        read = [(fact.tick, fact.reading) for fact in facts if isinstance(fact, DeviceRead)]
        taken = {reading.sha256: reading.taken for _, reading in read if isinstance(reading, PictureTaken)}
        return cls(
            raises=[tick for tick, order in orders if order.order == "RaiseBoom"],
            raise_frames=[line["tick"] for line in lines if line["what"] == "frame" and "raise pulses" in line["text"]],
            picture_to_plate=[
                tick - taken[reading.sha256]
                for tick, reading in read
                if isinstance(reading, PlateRead) and reading.sha256 in taken
            ],
        )
