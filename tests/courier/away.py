"""A station that was without a link for sixty days, while its centre's keys went on: two rotations, one revocation."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from unittest import mock

from sqlalchemy import func, select

from station.centre import publisher, queries, tables, trust_offer
from station.core.facts import EligibleEntry
from station.courier.talk import DecisionArrived, DownlinkRefused, ListArrived, Receipted
from station.messages.downlinks import Decision, EligibleList
from station.messages.topics import LaneTopics
from station.trust.chain import Trusted, next_statement
from station.trust.keys import PrivateKey, save_key
from station.trust.signed import Purpose, Signed, sign, verify
from station.trust.statements import CentreKey, KeysInForce, Officer, OfficersFile, Scope
from tests.courier.bench import FAR_MS, LANE, STATION, Bench, entry, write_records

TOPICS = LaneTopics(STATION, LANE)
DAY = 86_400_000
ALL: tuple[Scope, ...] = ("receipt", "list", "suspension", "decision", "officers")


@dataclass
class Clock:
    """The wall clock of both ends, moved by days."""

    utc_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)

    def __call__(self) -> int:
        return self.utc_ms


class Away:
    """Use as a context manager; a bench whose centre changes its key, under a clock of the test."""

    def __init__(self, folder: Path, port: int) -> None:
        self.clock = Clock()
        self.bench = Bench(folder / "bench", port)
        self.statements: list[Signed] = []
        self.keys: dict[str, PrivateKey] = {}
        self.folder = folder
        both = ("station.courier.loop", "station.centre.receiver")
        self._patches = [mock.patch(f"{module}.utc_now", self.clock) for module in both]
        bare = Trusted(Signed.from_wire(self.bench.keys.root_file.read_bytes()))
        self.trusted = bare
        self.grant("A", 30)
        self.trusted.save(self.bench.keys.root_file, self.bench.keys.statements_file)

    def __enter__(self) -> Self:
        for patch in self._patches:
            patch.start()
        self.bench.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bench.__exit__(kind, error, trace)
        for patch in self._patches:
            patch.stop()

    # ------------------------------------------------------------------ the root
    def grant(self, name: str, days: int, scopes: tuple[Scope, ...] = ALL) -> Signed:
        """The root gives a new key of the centre these scopes; the statement."""
        key = self.keys[name] = PrivateKey.make()
        save_key(key, self.folder / f"{name}.key")
        granted = CentreKey(key.public.text, scopes, self.clock() + days * DAY, 1)
        return self._state(next_statement(self.trusted, self.bench.keys.root, self.clock(), grant=granted))

    def revoke(self, name: str) -> Signed:
        """The root takes a key back; the statement."""
        key_id = self.keys[name].key_id
        return self._state(next_statement(self.trusted, self.bench.keys.root, self.clock(), revoke=key_id))

    def _state(self, signed: Signed) -> Signed:
        self.trusted = self.trusted.renewed(signed)
        self.statements.append(signed)
        return signed

    # ------------------------------------------------------------------ both ends
    def start_station(self) -> None:
        """As its process does: from its own files."""
        settings = self.bench.courier_settings
        files = Path(settings.root_file), Path(settings.statements_file), Path(settings.arrived_file)
        self.bench.keys.trusted = Trusted.load(*files)
        self.bench.start_courier()

    def start_centre(self, name: str) -> None:
        """The centre signs with this key, and has the root's newest statement."""
        bench = self.bench
        bench.keys.centre_key.write_bytes((self.folder / f"{name}.key").read_bytes())
        store = bench.start_receiver().store
        root = Trusted(Signed.from_wire(bench.keys.root_file.read_bytes()))
        trust_offer.publish(store, root, self.statements[-1], self.clock())

    def publish_list(self, *entries: EligibleEntry) -> int:
        """The centre's newest list; its number."""
        assert self.bench.receiver is not None
        return publisher.publish_list(self.bench.receiver.store, STATION, "15BB", entries, self.clock())

    def put(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Somebody at the broker publishes this."""
        assert self.bench.receiver is not None
        self.bench.receiver._link.publish(topic, payload, retain=retain)

    def heard(self, kind: type) -> list[Any]:
        """What the courier told its lane."""
        return [message for message in self.bench.heard() if isinstance(message, kind)]

    def refusals(self) -> list[str]:
        """The reasons of all refusals."""
        return [message.reason for message in self.heard(DownlinkRefused)]

    def taken(self) -> list[object]:
        """The lists and decisions that reached the lane."""
        return [*self.heard(ListArrived), *self.heard(DecisionArrived)]

    def refused(self, topic: str, payload: bytes, *, retain: bool = False) -> str:
        """The reason with which the lane refuses this; "" if it takes it."""
        before, taken = len(self.refusals()), len(self.taken())
        courier = self.bench.courier
        assert courier is not None
        serial = courier._judge.trusted.serial
        self.put(topic, payload, retain=retain)
        self.bench.pump(
            lambda: (
                len(self.refusals()) > before or len(self.taken()) > taken or courier._judge.trusted.serial != serial
            ),
            "it is judged",
        )
        return self.refusals()[-1] if len(self.refusals()) > before else ""

    def thief_returns(self, stolen: bytes) -> bool:
        """Yesterday's statement and the thief's list, one behind the other: is the list in force?"""
        lists, refusals = len(self.heard(ListArrived)), len(self.refusals())
        self.put(TOPICS.trust, self.statements[1].to_wire())
        self.put(TOPICS.list, stolen)
        self.bench.pump(
            lambda: len(self.heard(ListArrived)) > lists or "key-revoked" in self.refusals()[refusals:], "it is judged"
        )
        return len(self.heard(ListArrived)) > lists

    def listed(self, name: str, number: int) -> bytes:
        """A list as the holder of that key signs it; the entry X would pass."""
        thing = EligibleList(STATION, "15BB", number, self.clock(), FAR_MS, (entry("X"),))
        return sign("list", thing, self.keys[name]).to_wire()

    def decided(self, name: str) -> bytes:
        """A decision as the holder of that key signs it."""
        thing = Decision(STATION, LANE, "{}", 1, self.clock(), FAR_MS)
        return sign("decision", thing, self.keys[name]).to_wire()

    def officers(self, name: str, number: int, station: str = STATION) -> bytes:
        """An officers' file as the holder of that key signs it."""
        one = Officer("1001", "officer", PrivateKey.make().public.text, FAR_MS)
        return sign("officers", OfficersFile(station, number, (one,)), self.keys[name]).to_wire()

    def publish_officers(self, data: bytes) -> None:
        """Give it to the centre."""
        assert self.bench.receiver is not None
        trust_offer.publish_officers(self.bench.receiver.store, self.trusted, data, self.clock())

    def stored(self) -> tuple[int, int]:
        """How many records of the lane the centre has, and how many numbers."""
        assert self.bench.receiver is not None
        table = tables.record
        with self.bench.receiver.store.engine.connect() as connection:
            row = connection.execute(select(func.count(), func.count(func.distinct(table.c.seq))).select_from(table))
            rows, numbers = row.one()
        return rows, numbers

    def alarms(self) -> list[str]:
        """The codes of the centre's alarms."""
        assert self.bench.receiver is not None
        return [alarm.code for alarm in queries.alarms(self.bench.receiver.store)]

    # ------------------------------------------------------------------ the sixty days
    def go_away(self, records: int) -> tuple[int, bytes]:
        """Day 0: all is well. Then sixty days: A gives way to B, B is stolen and gives way to C.

        Returns the newest record, and a list that the thief signed on day 30, good for years.
        """
        bench = self.bench
        newest = write_records(bench.journal, 20)
        self.start_centre("A")
        self.start_station()
        self.publish_list(entry("D1"))
        bench.pump(lambda: Receipted(1, newest) in self.heard(Receipted), "day 0: receipted")
        bench.pump(lambda: self.heard(ListArrived), "day 0: the list")
        bench.stop_courier()
        bench.stop_receiver()
        newest = write_records(bench.journal, records, per_turn=20)
        self.clock.utc_ms += 20 * DAY
        self.grant("B", 60)
        self.clock.utc_ms += 10 * DAY
        stolen = self.listed("B", 1_000)
        self.clock.utc_ms += 10 * DAY
        self.grant("C", 60)
        self.revoke("B")
        self.clock.utc_ms += 20 * DAY
        return newest, stolen

    def come_back(self, newest: int) -> None:
        """Day 60: centre with C, then the station; until all is receipted and the new list is there."""
        self.start_centre("C")
        number = self.publish_list(entry("D2"))
        self.start_station()
        self.bench.pump(lambda: Receipted(1, newest) in self.heard(Receipted), "day 60: receipted", 60)
        self.bench.pump(lambda: self.heard(ListArrived), "day 60: the list")
        assert self.heard(ListArrived)[-1].number == number


Flaw = Literal["no serial check", "no scope check"]


@contextmanager
def crippled(flaw: Flaw) -> Iterator[None]:
    """A station that leaves one check out."""

    def any_statement(trusted: Trusted, signed: Signed) -> Trusted:
        return Trusted(trusted._root, [signed])

    def any_scope(trusted: Trusted, signed: Signed, purpose: Purpose, utc_ms: int) -> Any:  # noqa: ANN401 - JSON
        trusted_keys = {
            key_id: key
            for key_id, (key, statement) in trusted._keys.items()
            if key_id not in trusted.revoked and utc_ms <= statement.not_after_ms
        }
        return verify(signed, purpose, trusted_keys)

    name, instead = ("renewed", any_statement) if flaw == "no serial check" else ("verify", any_scope)
    with mock.patch.object(Trusted, name, instead):
        yield


def forged(away: Away) -> bytes:
    """A statement of another root, with a higher serial, that grants a key of its own."""
    other = PrivateKey.make()
    granted = CentreKey(other.public.text, ALL, FAR_MS, 1)
    return sign("trust", KeysInForce(99, away.clock(), (granted,), ()), other).to_wire()


def forged_with_its_name(away: Away) -> bytes:
    """The same, under the name of the true root."""
    signed = Signed.from_wire(forged(away))
    return replace(signed, key=away.trusted.root_key.key_id).to_wire()
