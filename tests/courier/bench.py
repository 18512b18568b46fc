"""Both ends of the link on one bench: a real journal, real keys, a courier and a receiver turned by the test itself."""

import random
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from drivers.contract.clock import now
from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Grams, Millis, Permille, Tick, kilograms
from station.centre.keys import issue_centre_key
from station.centre.receiver import Receiver, utc_now
from station.centre.settings import CentreSettings
from station.core.facts import EligibleEntry, TimePassed
from station.core.records import AlarmRaised, CrossingOpened, Stamped
from station.courier.broker import Broker, Version
from station.courier.loop import Courier
from station.courier.settings import CourierSettings
from station.courier.talk import MOST_PACKET, LaneWire, ToCourier, ToLane
from station.journal.seal import Signer
from station.journal.store import Journal
from station.trust.chain import Trusted, make_root
from station.trust.keys import PrivateKey

STATION, LANE = "VNHUN1", "L1"
FAR_MS = 4_000_000_000_000
"""A time in 2096."""


def write_records(journal: Journal, count: int, *, per_turn: int = 1, alarm: bool = False) -> int:
    """Append `count` records to a real journal; the newest seq."""
    for at in range(0, count, per_turn):
        first = journal.next_seq
        stamped = [
            Stamped(
                first + index,
                Tick(first + index),
                1_700_000_000_000 + first + index,
                "synced",
                0,
                AlarmRaised("TEST", "thing", "", "")
                if alarm
                else CrossingOpened(f"c{first + index}", test=False, previous=""),
            )
            for index in range(min(per_turn, count - at))
        ]
        journal.append([TimePassed(Tick(first))], stamped, bytes(32))
    return journal.next_seq - 1


def entry(declaration: str, goods: int = 20_000_000) -> EligibleEntry:
    """An entry of an eligible list."""
    return EligibleEntry(
        declaration,
        "15BB",
        "15C12345",
        "",
        "",
        Grams(goods),
        kilograms(15_000),
        "cleared",
        "green",
        FAR_MS,
    )


@dataclass
class Keys:
    """A demo root and a centre key it has issued, in files of `folder`."""

    folder: Path
    root: PrivateKey = field(default_factory=PrivateKey.make)

    station: PrivateKey = field(default_factory=PrivateKey.make)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        bare = Trusted(make_root(self.root, demo=True))
        self.trusted = issue_centre_key(self.root, bare, self.centre_key, FAR_MS)
        self.trusted.save(self.root_file, self.statements_file)

    @property
    def centre_key(self) -> Path:
        return self.folder / "centre.key"

    @property
    def root_file(self) -> Path:
        return self.folder / "root.json"

    @property
    def statements_file(self) -> Path:
        return self.folder / "statements.jsonl"


class LaneEnd:
    """The lane's end of the pair: remembers everything the courier said."""

    def __init__(self) -> None:
        self._sock, self.courier_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._sock.setblocking(False)
        self.heard: list[ToLane] = []

    def say(self, message: ToCourier) -> None:
        self._sock.send(encode(message))

    def listen(self) -> None:
        while True:
            try:
                packet = self._sock.recv(MOST_PACKET)
            except BlockingIOError:
                return
            if not packet:
                return
            self.heard.append(decode(ToLane, packet))

    def of(self, kind: type[ToLane]) -> list[ToLane]:
        self.listen()
        return [message for message in self.heard if isinstance(message, kind)]

    def close(self) -> None:
        self._sock.close()


class Bench:
    """Use as a context manager; `pump` turns whoever is there until a condition holds."""

    def __init__(self, folder: Path, port: int, version: Version = "5", database: str = "") -> None:
        self.folder = folder
        self.keys = Keys(folder / "keys")
        signer = Signer(STATION, LANE, self.keys.station, utc_now)
        self.journal = Journal.open(folder / "lane", signer=signer)
        self.broker = Broker(port=port, version=version)
        self.database = database or f"sqlite:///{folder}/centre.db"
        self.watch_key_id = ""
        self.settings_sha256 = ""
        self.evidence = ""
        self.courier: Courier | None = None
        self.receiver: Receiver | None = None
        self.lane: LaneEnd | None = None

    @property
    def courier_settings(self) -> CourierSettings:
        lane = str(self.folder / "lane")
        keys = self.keys
        files = (str(keys.root_file), str(keys.statements_file))
        plain = CourierSettings(STATION, LANE, lane, lane, *files, self.broker, watch_key_id=self.watch_key_id)
        plain = replace(plain, settings_sha256=self.settings_sha256)
        return replace(plain, arrived_file=f"{lane}/trust.signed", arrived_officers=f"{lane}/officers.signed")

    @property
    def centre_settings(self) -> CentreSettings:
        station_keys = ((STATION, self.keys.station.public.text),)
        return CentreSettings(
            self.database,
            str(self.keys.centre_key),
            (STATION,),
            self.broker,
            station_keys=station_keys,
            evidence=self.evidence,
            evidence_reserve_mib=1,
        )

    def start_courier(self, courier_class: type[Courier] = Courier) -> Courier:
        """Beside a receiver that was started before, only when that one listens: what a lane says earlier, a broker
        tells nobody.
        """
        receiver = self.receiver
        if receiver is not None:
            self.pump(lambda: receiver._is_up, "the centre listens")
        self.lane = LaneEnd()
        chance = random.Random(7)
        self.courier = courier_class(
            self.courier_settings,
            self.keys.trusted,
            now,
            lambda: Permille(chance.randrange(1001)),
            f"{time.time_ns():x}",
            LaneWire(self.lane.courier_end),
        )
        return self.courier

    def stop_courier(self) -> None:
        if self.courier is not None and self.lane is not None:
            self.courier.close()
            self.lane.close()
        self.courier = None

    def start_receiver(self) -> Receiver:
        self.receiver = Receiver(self.centre_settings)
        return self.receiver

    def stop_receiver(self) -> None:
        if self.receiver is not None:
            self.receiver.close()
        self.receiver = None

    def turn(self) -> None:
        if self.courier is not None:
            self.courier.turn(Millis(2))
        if self.receiver is not None:
            self.receiver.turn(Millis(2))

    def pump(self, condition: Callable[[], object], what: str, deadline_s: float = 15.0) -> None:
        end = time.monotonic() + deadline_s
        while not condition():
            assert time.monotonic() < end, f"waited {deadline_s} s in vain: {what}; heard {self.heard()}"
            self.turn()

    def heard(self) -> list[ToLane]:
        if self.lane is None:
            return []
        self.lane.listen()
        return [message for message in self.lane.heard if type(message).__name__ != "CourierBeat"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_courier()
        self.stop_receiver()
        self.journal.close()
