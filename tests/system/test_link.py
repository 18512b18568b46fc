"""Courier, broker and centre as real processes, killed where it hurts: nothing is lost, nothing is doubled."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from drivers.contract.plain import decode, encode
from station.centre import queries
from station.centre.store import CentreStore
from station.courier.mqtt_link import Arrived, MqttLink, Up
from station.courier.settings import command
from station.courier.talk import CourierBeat, LinkIs, Receipted
from station.journal.reader import JournalReader
from station.messages.envelope import decode_batch
from station.messages.states import LaneState
from station.messages.topics import EVERY_STATE, EVERY_UPLINK
from tests.courier.bench import LANE, STATION, Bench, LaneEnd, write_records
from tests.services import Mosquitto, end_process
from tests.support import wait_until

_ROOT = Path(__file__).parents[2]
Row = tuple[int, int, bytes, bytes]


class Link(Bench):
    """The bench with processes instead of objects."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        super().__init__(folder, broker.port)
        self.mosquitto = broker
        self.courier_process: subprocess.Popen[bytes] | None = None
        self.centre_process: subprocess.Popen[bytes] | None = None

    def run_centre(self, role: str = "centre") -> "subprocess.Popen[bytes]":
        arguments = [sys.executable, "-m", "tests.system.link_processes", role, encode(self.centre_settings).decode()]
        self.centre_process = subprocess.Popen(arguments, cwd=_ROOT, stdin=subprocess.DEVNULL)
        return self.centre_process

    def run_courier(self, *, mutant: bool = False) -> "subprocess.Popen[bytes]":
        if self.lane is not None:
            self.lane.close()
        self.lane = LaneEnd()
        fd = self.lane.courier_end.fileno()
        arguments = command(encode(self.courier_settings), fd)
        if mutant:
            arguments[2:3] = ["tests.system.link_processes", "mutant"]
        self.courier_process = subprocess.Popen(arguments, cwd=_ROOT, stdin=subprocess.DEVNULL, pass_fds=[fd])
        self.lane.courier_end.close()
        return self.courier_process

    def kill(self, process: "subprocess.Popen[bytes] | None") -> None:
        assert process is not None
        process.kill()
        process.wait(10)

    def receipted(self) -> int:
        assert self.lane is not None
        seqs = [message.seq for message in self.lane.of(Receipted) if isinstance(message, Receipted)]
        return seqs[-1] if seqs else 0

    def has_receipted(self, seq: int) -> bool:
        return self.receipted() == seq

    def sees(self, kind: type) -> Callable[[], object]:
        return lambda: self.lane and self.lane.of(kind)

    def at_centre(self) -> list[Row]:
        store = CentreStore(self.database)
        try:
            found = queries.records(store, STATION, LANE, limit=1_000_000)
        finally:
            store.close()
        return [(record.epoch, record.seq, record.body, record.hash) for record in found]

    def in_journal(self) -> list[Row]:
        with JournalReader(self.folder / "lane") as reader:
            return [(row.epoch, row.seq, row.body, row.hash) for row in reader.records(0, 1_000_000)]

    def __exit__(self, *_: object) -> None:
        for process in (self.courier_process, self.centre_process):
            if process is not None:
                end_process(process)
        if self.lane is not None:
            self.lane.close()
        self.journal.close()


@pytest.fixture
def link(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Link]:
    with Link(tmp_path / "link", mosquitto) as made:
        yield made


@contextlib.contextmanager
def listener(link: Link) -> Iterator[Callable[[], list[Arrived]]]:
    """A third party at the broker: whatever it has heard, the broker has taken."""
    monitor = MqttLink(link.broker, "listener", [EVERY_UPLINK, EVERY_STATE])
    heard: list[Arrived] = []
    is_up: list[Up] = []

    def hear() -> list[Arrived]:
        for event in monitor.take():
            if isinstance(event, Up):
                is_up.append(event)
            elif isinstance(event, Arrived):
                heard.append(event)
        return heard

    monitor.connect("5")
    try:
        wait_until(lambda: hear() is not None and is_up, 10, "the listener is connected")
        yield hear
    finally:
        monitor.close()


def taken_by_broker(heard: list[Arrived]) -> int:
    batches = [decode_batch(event.payload) for event in heard if event.topic.endswith("up/records")]
    return max((event.seq for batch in batches for event in batch), default=0)


def acknowledged_by_the_broker_and_then_lost(link: Link, *, mutant: bool) -> tuple[int, int, int]:
    """The one story of both tests: (written, claimed as delivered, really at the centre), all healed."""
    written = write_records(link.journal, 120, per_turn=10)
    with listener(link) as hear:
        link.run_courier(mutant=mutant)
        wait_until(lambda: taken_by_broker(hear()) == written, 15, "the broker has taken every record")
    if mutant:
        wait_until(lambda: link.receipted() == written, 10, "the mutant believes in delivery")
    assert link.at_centre() == []
    link.mosquitto.kill()
    wait_until(lambda: LinkIs(up=False) in (link.lane.of(LinkIs) if link.lane else []), 10, "the loss is noticed")
    link.mosquitto.start()
    link.run_centre()
    more = write_records(link.journal, 5)
    if mutant:
        while not link.at_centre():  # until the centre is there to hear one
            more = write_records(link.journal, 1)
            wait_until(partial(link.has_receipted, more), 20, "the mutant goes on")
    else:
        wait_until(lambda: link.receipted() == more, 30, "everything is receipted")
    return more, link.receipted(), len(link.at_centre())


def test_what_only_the_broker_had_is_delivered_in_the_end(link: Link) -> None:
    written, claimed, stored = acknowledged_by_the_broker_and_then_lost(link, mutant=False)
    assert claimed == stored == written == 125
    assert link.at_centre() == link.in_journal()


def test_a_courier_that_believes_the_puback_loses_in_the_same_story(link: Link) -> None:
    written, claimed, stored = acknowledged_by_the_broker_and_then_lost(link, mutant=True)
    assert claimed == written
    assert stored < written


@pytest.mark.parametrize("point", ["before-commit", "before-receipt"])
def test_a_centre_killed_around_its_commit_loses_and_doubles_nothing(link: Link, point: str) -> None:
    centre = link.run_centre(point)
    link.run_courier()
    wait_until(link.sees(LinkIs), 15, "the link is up")
    end = time.monotonic() + 30
    while centre.poll() is None and time.monotonic() < end:
        write_records(link.journal, 5)
        time.sleep(0.02)  # a lane's pace: several transactions at the centre, not one
    assert centre.returncode == -signal.SIGKILL
    stored_then, receipted_then = len(link.at_centre()), link.receipted()
    assert receipted_then <= stored_then
    if point == "before-receipt":
        assert receipted_then < stored_then
    newest = write_records(link.journal, 10)
    link.run_centre()
    wait_until(lambda: link.receipted() == newest, 20, "everything is receipted")
    assert link.at_centre() == link.in_journal()


def test_the_last_will_says_that_the_courier_died(link: Link) -> None:
    with listener(link) as hear:
        process = link.run_courier()
        wait_until(lambda: [e for e in hear() if e.topic.endswith("/state")], 15, "online")
        link.kill(process)
        wait_until(lambda: len([e for e in hear() if e.topic.endswith("/state")]) >= 2, 15, "the will")
        states: list[LaneState] = [decode(LaneState, e.payload) for e in hear() if e.topic.endswith("/state")]
    assert [state.online for state in states] == [True, False]
    assert states[0].boot == states[1].boot


def test_a_stopped_courier_beats_no_more_and_goes_on_when_it_may(link: Link) -> None:
    link.run_centre()
    process = link.run_courier()
    wait_until(lambda: link.lane and len(link.lane.of(CourierBeat)) > 1, 15, "beats")
    process.send_signal(signal.SIGSTOP)
    try:
        newest = write_records(link.journal, 30)
        count = len(link.lane.of(CourierBeat)) if link.lane else 0
        time.sleep(1.2)  # longer than two beats: the silence is what is measured
        assert link.lane is not None
        assert len(link.lane.of(CourierBeat)) <= count + 1
    finally:
        process.send_signal(signal.SIGCONT)
    wait_until(lambda: link.receipted() == newest, 20, "everything is receipted")


def test_the_courier_ends_when_its_lane_is_gone(link: Link) -> None:
    process = link.run_courier()
    wait_until(link.sees(LinkIs), 15, "the link is up")
    assert link.lane is not None
    link.lane.close()
    assert process.wait(10) == 0


def test_a_missing_root_is_named_and_ends_the_courier(link: Link) -> None:
    link.keys.root_file.unlink()
    process = link.run_courier()
    assert process.wait(15) == 78
    assert [getattr(message, "reason", "") for message in link.heard()] == ["key-file-missing"]
