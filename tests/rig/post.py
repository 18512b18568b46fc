"""A border post's link as real processes: edge and courier, broker, two receivers and PostgreSQL, with ways that break.

Whatever ends by itself is counted and started again, as its unit would. Two witnesses stand by: one hears every signed
receipt at the broker and asks the database at once, one looks at what the courier counts as delivered.
"""

import json
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import psycopg

from drivers.contract.plain import encode
from station.centre.settings import CentreSettings
from station.courier.broker import Broker
from station.courier.mqtt_link import Arrived, Down, MqttLink
from station.courier.settings import CourierSettings
from station.messages.topics import LaneTopics
from station.trust.keys import save_key
from tests.centre.databases import fresh_url
from tests.courier.bench import LANE, STATION, Keys
from tests.rig import books
from tests.rig.books import Books, CentreBook, Counts, Key
from tests.rig.child import Child, Target, children_of
from tests.rig.way import Way
from tests.services import Mosquitto, Postgres
from tests.support import free_port

RECEIVERS = 2
HOLE_MS = 2_000
_LOOK_S = 0.02
_CURSOR_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Mutants:
    """What is broken on purpose: a receiver of tests.conform.receivers, a courier that believes the broker."""

    receiver: str = "Receiver"
    courier: str = ""


@dataclass
class Witnesses:
    """What was claimed, and how often the database did not have it."""

    topic: str
    link: MqttLink
    centre: CentreBook
    data: Path
    claims: int = 0
    asked_at_once: int = 0
    ahead: int = 0
    _waiting: list[tuple[int, int, bytes]] = field(default_factory=list)
    _connect_at: float = 0.0
    _look_at: float = 0.0
    _cursor: tuple[int, int, bytes] | None = None

    def look(self) -> None:
        """Hear what there is and ask the database; what it cannot say now it is asked again."""
        for event in self.link.take():
            if isinstance(event, Down):
                self._connect_at = time.monotonic() + 0.2
            elif isinstance(event, Arrived) and event.topic == self.topic:
                self._hear(event.payload)
        if self._connect_at and time.monotonic() > self._connect_at:
            self._connect_at = 0.0
            self.link.connect("5")
        if time.monotonic() > self._look_at:
            self._look_at = time.monotonic() + _CURSOR_EVERY_S
            cursor = books.read_cursor(self.data)
            if cursor is not None and cursor != self._cursor:
                self._cursor = cursor
                self._waiting.append(cursor)
        self._ask()

    def close(self) -> None:
        self.link.close()
        self.centre.close()

    def _hear(self, payload: bytes) -> None:
        said = json.loads(json.loads(payload)["payload"])
        if said["is"] == "Receipt" and said["seq"]:
            self._waiting.append((said["epoch"], said["seq"], bytes.fromhex(said["hash"])))

    def _ask(self) -> None:
        with suppress(psycopg.OperationalError):
            while self._waiting:
                has = self.centre.has(*self._waiting[0])
                self._waiting.pop(0)
                self.claims += 1
                self.ahead += not has


class Post:
    """Use as a context manager; everything runs inside it."""

    def __init__(self, folder: Path, database: Postgres, seed: int, mutants: Mutants = Mutants()) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.data = folder / "lane"
        self.crashes: list[str] = []
        self.database = database
        self.broker = Mosquitto(folder / "mosquitto", free_port(), ("max_queued_messages 20000",))
        self._keys = Keys(folder / "keys")
        self._url = fresh_url(database.url, folder)
        self._mutants = mutants
        self._held: set[str] = set()
        self._stack = ExitStack()
        self.edge = Child(
            "edge",
            [sys.executable, "-m", "tests.rig.edge", str(folder), str(seed), *filter(None, [mutants.courier])],
            folder / "edge.log",
        )
        self.receivers = [Child(f"receiver {n}", [], folder / f"receiver-{n}.log") for n in range(RECEIVERS)]

    def __enter__(self) -> Self:
        with self._stack:
            self._start()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self) -> None:
        self.broker.start()
        self._stack.callback(self._end_broker)
        self.lane_way, self.centre_way = (self._stack.enter_context(Way(self.broker.port)) for _ in range(2))
        self._furnish()
        for child in (*self.receivers, self.edge):
            self._stack.callback(self._end, child)
            child.start()
        topic = LaneTopics(STATION, LANE).receipt
        link = MqttLink(Broker(port=self.broker.port), "witness", [topic])
        self.witnesses = Witnesses(topic, link, CentreBook(self.database.port, self.database.user), self.data)
        self._stack.callback(self.witnesses.close)
        link.connect("5")
        self.wait(lambda: self.witnesses.claims, 60, "the first receipt")

    def _furnish(self) -> None:
        keys = self._keys
        save_key(keys.station, self.folder / "keys" / "station.key")
        lane = str(self.data)
        broker = Broker(port=self.lane_way.port)
        courier = CourierSettings(STATION, LANE, lane, lane, str(keys.root_file), str(keys.statements_file), broker)
        (self.folder / "courier.json").write_bytes(encode(courier))
        settings = CentreSettings(
            self._url,
            str(keys.centre_key),
            (STATION,),
            Broker(port=self.centre_way.port),
            share="centre",
            station_keys=((STATION, keys.station.public.text),),
        )
        for child in self.receivers:
            mine = encode(replace(settings, name=child.name.replace(" ", "-"))).decode()
            program = ["-m", "tests.conform.receivers", self._mutants.receiver, mine, str(HOLE_MS)]
            child.command = [sys.executable, *program]

    # ------------------------------------------------------------------ looking
    def wait(self, condition: Callable[[], object], patience_s: float, what: str) -> None:
        """Wait while the witnesses look and whatever ended by itself is started again. Raises TimeoutError."""
        end = time.monotonic() + patience_s
        while not condition():
            self.witnesses.look()
            self._supervise()
            if time.monotonic() > end:
                raise TimeoutError(f"waited {patience_s:.0f} s in vain: {what} ({self.folder})")
            time.sleep(_LOOK_S)

    def run(self, seconds: float) -> None:
        """Let everything go on for so long."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= end, seconds + 60, "time passes")

    def acknowledged(self) -> Key:
        """The newest record that the edge said it had stored."""
        said = [line.split() for line in self.edge.log.read_text().splitlines() if line.startswith("stored ")]
        return max(((int(epoch), int(seq)) for _, epoch, seq in said), default=(0, 0))

    def drain(self, patience_s: float) -> bool:
        """No new records; whether in time the courier counts all as delivered and the centre has all."""
        (self.folder / "quiet").touch()
        with suppress(TimeoutError):
            self.wait(self._is_drained, patience_s, "everything is delivered")
            return True
        return False

    def judge(self) -> Counts:
        """What the books say."""
        self.witnesses.look()
        lane, forks = books.read_lane(self.data)
        centre, aside, alarms = self.witnesses.centre.rows()
        return books.judge(Books(lane, centre, aside, forks, alarms), self.acknowledged(), self.witnesses.ahead)

    def records(self) -> int:
        """How many the lane has written."""
        return len(books.read_lane(self.data)[0])

    def _is_drained(self) -> bool:
        cursor = books.read_cursor(self.data)
        newest = self.acknowledged()
        if cursor is None or cursor[:2] < newest:
            return False
        with suppress(psycopg.OperationalError):
            return self.witnesses.centre.prefix() >= newest
        return False

    def _supervise(self) -> None:
        for child in (self.edge, *self.receivers):
            if child.command and not child.is_running and child.name not in self._held:
                self.crashes.append(f"{child.name} ended with {child.reap()}: {child.log}")
                child.start()

    # ------------------------------------------------------------------ hands
    def courier(self) -> Target:
        """Raises ProcessLookupError while there is none."""
        text = (self.folder / "courier.pid").read_text() if (self.folder / "courier.pid").exists() else ""
        if not text:
            raise ProcessLookupError("courier")
        return Target(int(text))

    def kill_edge(self) -> None:
        """As its unit does: the rest is killed too, then all begins anew."""
        family = []
        for pid in children_of(self.edge.pid):
            with suppress(ProcessLookupError):
                family.append(Target(pid))
        self.edge.kill()
        for target in family:
            target.send(signal.SIGKILL)
            target.await_end()
            target.close()
        self.edge.start()

    def _end(self, child: Child) -> None:
        if child.is_running:
            child.send(signal.SIGCONT)
        child.stop()

    def _end_broker(self) -> None:
        if self.broker.process is not None:
            self.broker.process.send_signal(signal.SIGCONT)
            self.broker.stop()
