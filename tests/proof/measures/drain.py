"""How fast a backlog drains: from the journal to the receipt behind PostgreSQL's commit, beside a bare paho publisher.

Real processes: mosquitto, PostgreSQL that syncs each commit, receivers on one shared subscription, the unmodified
courier. The bare publisher sends the very batches that the courier sends, with the same window and QoS 1, to the same
broker, and is done with the last PUBACK; nobody subscribes to it. Both are measured in turns, in pairs: on a link of
`LINK_MS` there and back, as a border post has, and with no link between, where all processes share one machine.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from drivers.contract.plain import encode
from drivers.contract.quantities import Grams, Millis, Permille, Tick
from station.centre import queries
from station.centre.store import CentreStore
from station.core.facts import TimePassed
from station.core.records import (
    CrossingCompleted,
    CrossingDecided,
    CrossingOpened,
    CrossingReleased,
    Record,
    Stamped,
    WeightRecorded,
)
from station.courier.broker import Broker
from station.courier.mqtt_link import Arrived, MqttLink, Up
from station.courier.outbox import BATCH_RECORDS, URGENT_PLACES, WINDOW, batch_length
from station.courier.settings import CourierSettings, command
from station.courier.store import Cursor
from station.courier.stream import RecordStream
from station.courier.talk import LinkIs, Receipted
from station.journal.store import Journal
from station.messages.envelope import decode_batch, encode_batch
from tests.courier.bench import STATION, Keys, LaneEnd
from tests.services import end_process, running_mosquitto, running_postgres
from tests.support import free_port, is_port_open, wait_until

_ROOT = Path(__file__).parents[3]
_PATIENCE_S = 300.0
LINK_MS = 50
"""There and back: what a mobile or leased line within the country takes."""
_UTC_MS = 1_790_000_000_000
_CROSSINGS_A_TURN = 4
_NOBODYS = "bare/records"
"""Outside what receivers subscribe to: each batch from a station that is not theirs would be an alarm of theirs."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Records per second of one drain, and of the bare publisher right before it."""

    drained: float
    bare: float

    @property
    def share(self) -> float:
        """Of the bare publisher's rate."""
        return self.drained / self.bare


@dataclass(frozen=True, slots=True)
class Drained:
    """`receivers` processes, a backlog of `records`: pairs over the link and without one.

    Of one more drain: `sent` batches were seen at the broker, where `needed` would do.
    """

    receivers: int
    records: int
    over_link: tuple[Pair, ...]
    without: tuple[Pair, ...]
    sent: int
    needed: int


class Backlog:
    """A journal of `records` records as crossings leave them, and what a courier makes of it."""

    def __init__(self, folder: Path, records: int) -> None:
        self.folder = folder
        self.keys = Keys(folder / "keys")
        self.journal = folder / "journal"
        self.newest = _write(self.journal, records)

    def batches(self, lane: str) -> list[bytes]:
        """The payloads that the courier of `lane` sends, each once."""
        stream = RecordStream(self.journal, STATION, lane)
        made: list[bytes] = []
        seq = stream.start(Cursor())
        while records := stream.after(seq, BATCH_RECORDS):
            taken = records[: batch_length([len(record.encoded) for record in records])]
            made.append(encode_batch(record.encoded for record in taken))
            seq = taken[-1].seq
        stream.close()
        return made


class Place:
    """A broker, a database, and as many receivers as wanted. Each drain is a lane of its own."""

    def __init__(self, backlog: Backlog, port: int, link_port: int, database: str) -> None:
        self.backlog = backlog
        self.near = Broker(port=port)
        self.over_link = Broker(port=link_port)
        self.database = database
        self._lanes = count(1)
        self._lane = ""

    @contextmanager
    def receivers(self, number: int) -> Iterator[None]:
        """So many processes of `station centre` on one shared subscription, each connected."""
        with ExitStack() as stack:
            for at in range(number):
                settings = self._settings(f"centre-{number}-{at}")
                arguments = [sys.executable, "-m", "station", "centre", "--settings", str(settings)]
                process = subprocess.Popen(
                    arguments, cwd=_ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
                )
                stack.callback(end_process, process)
            self.drain(self.near)  # for warmth: what starts meanwhile takes the next lane up
            yield

    def drain(self, broker: Broker, hear: Callable[[], object] = lambda: None) -> float:
        """Records per second from the courier's connection to its last receipt, verified and kept."""
        self._lane = lane = f"L{next(self._lanes)}"
        folder = self.backlog.folder / lane
        keys, end, journal = self.backlog.keys, LaneEnd(), str(self.backlog.journal)
        trust = str(keys.root_file), str(keys.statements_file)
        settings = CourierSettings(STATION, lane, journal, str(folder), *trust, broker)
        fd = end.courier_end.fileno()
        process = subprocess.Popen(
            command(encode(settings), fd), cwd=_ROOT, stdin=subprocess.DEVNULL, pass_fds=[fd], env=os.environ
        )
        end.courier_end.close()
        try:
            wait_until(lambda: end.of(LinkIs), _PATIENCE_S, "the courier is connected")
            began = time.monotonic()

            def is_through() -> bool:
                hear()
                receipts = end.of(Receipted)
                return bool(receipts) and receipts[-1] == Receipted(1, self.backlog.newest)

            wait_until(is_through, _PATIENCE_S, f"{self.backlog.newest} records are receipted")
            return self.backlog.newest / (time.monotonic() - began)
        finally:
            end_process(process)
            end.close()

    def pair(self, broker: Broker) -> Pair:
        """The bare publisher and the drain, one right after the other; the centre has every record then."""
        payloads = self.backlog.batches("L0")
        bare = self.backlog.newest / _published(broker, _NOBODYS, payloads)
        pair = Pair(self.drain(broker), bare)
        if self._stored() != self.backlog.newest:
            raise RuntimeError(f"{self._stored()} of {self.backlog.newest} records are at the centre")
        return pair

    def listened(self) -> tuple[int, int]:
        """(batches that a drain sent, batches that would do)."""
        listener = MqttLink(self.near, "listener", ["bgs/1/+/+/up/records"])
        heard: list[tuple[int, int]] = []
        is_up: list[Up] = []

        def hear() -> object:
            for event in listener.take():
                if isinstance(event, Up):
                    is_up.append(event)
                elif isinstance(event, Arrived):
                    batch = decode_batch(event.payload)
                    heard.append((batch[0].seq, batch[-1].seq))
            return is_up

        listener.connect("5")
        try:
            wait_until(hear, _PATIENCE_S, "the listener is connected")
            self.drain(self.near, hear)
            wait_until(lambda: hear() and heard[-1][1] == self.backlog.newest, _PATIENCE_S, "the last batch is heard")
        finally:
            listener.close()
        return len(heard), len(set(heard))

    def _stored(self) -> int:
        """How far the centre has the lane that was drained last."""
        store = CentreStore(self.database)
        try:
            return queries.prefixes(store)[STATION, self._lane].seq
        finally:
            store.close()

    def _settings(self, name: str) -> Path:
        file = self.backlog.folder / f"{name}.toml"
        file.write_text(
            f'database = "{self.database}"\nkey_file = "{self.backlog.keys.centre_key}"\nstations = ["{STATION}"]\n'
            f'name = "{name}"\nshare = "centre"\n[broker]\nport = {self.near.port}\n'
        )
        return file


def drained(folder: Path, records: int, pairs: int, receivers: Sequence[int] = (1, 2, 4)) -> Iterator[Drained]:
    """The drain with each number of receivers."""
    backlog = Backlog(folder, records)
    with (
        running_mosquitto(folder / "broker", "set_tcp_nodelay true") as broker,  # as docs/scale-out.md asks for
        running_postgres() as server,
        _slow_link(broker.port) as link_port,
    ):
        place = Place(backlog, broker.port, link_port, server.url)
        for number in receivers:
            with place.receivers(number):
                over_link = tuple(place.pair(place.over_link) for _ in range(pairs))
                without = tuple(place.pair(place.near) for _ in range(pairs))
                sent, needed = place.listened()
            yield Drained(number, backlog.newest, over_link, without, sent, needed)


def share(pairs: Sequence[Pair]) -> float:
    """The median share of the pairs."""
    return statistics.median(pair.share for pair in pairs)


def rate(pairs: Sequence[Pair]) -> float:
    """The median of the drains, records per second."""
    return statistics.median(pair.drained for pair in pairs)


@contextmanager
def _slow_link(port: int) -> Iterator[int]:
    """The port from which a link of LINK_MS leads to `port`."""
    link_port = free_port()
    arguments = [sys.executable, "-m", "tests.proof.measures.slow_link", str(link_port), str(port), str(LINK_MS // 2)]
    process = subprocess.Popen(arguments, cwd=_ROOT, stdin=subprocess.DEVNULL)
    try:
        wait_until(lambda: is_port_open(link_port), _PATIENCE_S, "the link is there")
        yield link_port
    finally:
        end_process(process)


def _published(broker: Broker, topic: str, payloads: Sequence[bytes]) -> float:
    """Seconds that paho takes from the first publish to the last PUBACK, with the courier's window."""
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    places = threading.Semaphore(WINDOW - URGENT_PLACES)
    up = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.max_inflight_messages_set(0)
    client.on_connect = lambda *_: up.set()
    client.on_publish = lambda *_: places.release()
    client.connect(broker.host, broker.port)
    client.loop_start()
    try:
        assert up.wait(_PATIENCE_S), "the bare publisher is connected"
        began = time.monotonic()
        for payload in payloads:
            places.acquire()
            client.publish(topic, payload, qos=1)
        for _ in range(WINDOW - URGENT_PLACES):
            places.acquire()
        return time.monotonic() - began
    finally:
        client.disconnect()
        client.loop_stop()


def _write(folder: Path, records: int) -> int:
    with Journal.open(folder) as journal:
        number = 0
        while journal.next_seq <= records:
            tick = Tick(1_000 + number)
            made = [record for at in range(_CROSSINGS_A_TURN) for record in _crossing(number + at)]
            number += _CROSSINGS_A_TURN
            stamped = [
                Stamped(seq, tick, _UTC_MS + number, "synced", 0, record)
                for seq, record in enumerate(made, start=journal.next_seq)
            ]
            journal.append([TimePassed(tick)], stamped, bytes(32))
        return journal.next_seq - 1


def _crossing(number: int) -> list[Record]:
    crossing, gross, none = f"{STATION}-L1-E1-{number:06}", Grams(40_000_000 + number), Millis(0)
    return [
        CrossingOpened(crossing, test=False, previous=""),
        WeightRecorded(crossing, f"w{number}", gross, Grams(0), 9, Millis(3_000), 1),
        CrossingDecided(crossing, "PASS", "", (), 1, none, f"1079{number:08}"),
        CrossingReleased(crossing, "RULES", f"1079{number:08}", ()),
        CrossingCompleted(
            crossing, 1, "DEPARTED", "", False, "12C04567", Permille(990), f"1079{number:08}", gross, f"w{number}",
            gross, "PASS", "RULES", (), (), none, none, none, none, none, none, none, True, "",
        ),
    ]  # fmt: skip
