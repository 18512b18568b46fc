"""The bus worker's loop by itself, turn by turn on the test's clock: orders of a life that is over, and whose turn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, LowerBoom, Order, RaiseBoom, ShowLight
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import Reading
from drivers.links.bus_schedule import RETRY_PAUSE
from drivers.links.bus_wire import BusWire
from station.hosting import wire
from station.hosting.bus_worker import NOT_OPEN, _BusWorker, _Served
from station.hosting.lane_talk import LaneTalk
from station.hosting.order_queue import VOIDED
from tests.drivers.rtu_wire import VirtualWire

FAR = Tick(1 << 60)


@dataclass
class Device:
    """Fails where told to; `said` is sent to the worker while it opens."""

    lane: wire.Wire
    fault: str = ""
    said: list[Order] = field(default_factory=list)
    did: list[str] = field(default_factory=list)

    def open(self) -> Identity:
        for order in self.said:
            assert self.lane.send(wire.Obey(order, "gate"))
        self._do("open")
        return Identity("device", "")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        self._do("poll")
        return ()

    def obey(self, order: Order, patience: Millis) -> Answer:
        self._do(order.order_id)
        return Answer("accepted")

    def close(self) -> None:
        self.did.append("close")

    def _do(self, what: str) -> None:
        self.did.append(what)
        if self.fault:
            raise DeviceFault("wiring" if self.fault == "wiring" else "silent", "gate", self.fault, "look")


class Loop:
    def __init__(self) -> None:
        ours, theirs = wire.pair()
        self.lane, self._worker_end = wire.Wire(ours), wire.Wire(theirs)
        self.clock = VirtualWire()
        self.devices = {"gate": Device(self.lane), "meter": Device(self.lane)}
        self.talk = LaneTalk(self._worker_end, self.clock.clock)
        bus = BusWire(self.clock, self.clock.clock)
        units = {
            name: _Served(
                wire.BusUnit(wire.Open(name, "", "", ""), Millis(200), is_first=name == "gate"),
                bus,
                lambda opening, _: self.devices[opening.device],
            )
            for name in self.devices
        }
        self.worker = _BusWorker(units, self.talk, self.clock.clock)

    def turns(self, count: int, ms: int = 0) -> list[wire.ToLane]:
        """What was told in so many turns, `ms` apart, without beats."""
        told: list[wire.ToLane] = []
        for _ in range(count):
            self.clock.now_ms += ms
            self.worker.turn()
            self.talk.tell()
            while (message := self.lane.receive(wire.ToLane)) is not None:
                told += [] if isinstance(message, wire.Beat) else [message]
        return told

    def close(self) -> None:
        self.lane.close()
        self._worker_end.close()


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    made.turns(2)
    assert [device.did for device in made.devices.values()] == [["open"], ["open"]]
    yield made
    made.close()


def test_an_order_of_the_life_that_is_over_is_refused_and_never_obeyed(loop: Loop) -> None:
    gate = loop.devices["gate"]
    gate.fault = "no answer"
    [lost] = loop.turns(1, ms=1)
    assert isinstance(lost, wire.Faulted)
    gate.fault, gate.said = "", [RaiseBoom("late", FAR)]
    assert loop.lane.send(wire.Obey(RaiseBoom("later", FAR), "gate"))
    told = [message for message in loop.turns(4, ms=RETRY_PAUSE) if message.device == "gate"]  # type: ignore[union-attr]
    assert told == [
        wire.Answered("later", NOT_OPEN, "gate"),
        wire.Answered("late", NOT_OPEN, "gate"),
        wire.Opened(Identity("device", ""), "gate"),
    ]
    assert not {"late", "later"} & set(gate.did)


def test_an_order_to_nobody_is_refused(loop: Loop) -> None:
    assert loop.lane.send(wire.Obey(RaiseBoom("o", FAR), "stranger"))
    assert loop.turns(1) == [wire.Answered("o", NOT_OPEN, "stranger")]


def test_protective_orders_first_then_the_barriers_and_nothing_behind_undoes_them(loop: Loop) -> None:
    orders: list[tuple[Order, str]] = [
        (ShowLight("m-green", FAR, "green"), "meter"),
        (LowerBoom("lower", FAR), "gate"),
        (ShowLight("g-green", FAR, "green"), "gate"),
        (DropMotion("m-drop", FAR), "meter"),
        (DropMotion("g-drop", FAR), "gate"),
    ]
    for order, device in orders:
        assert loop.lane.send(wire.Obey(order, device))
    told = loop.turns(8)
    assert wire.Answered("lower", VOIDED, "gate") in told
    done = [message.order_id for message in told if isinstance(message, wire.Answered) and message.answer != VOIDED]
    assert done == ["g-drop", "m-drop", "g-green", "m-green"]


def test_a_fault_under_an_order_answers_unknown_loses_the_device_and_forgets_its_other_orders(loop: Loop) -> None:
    loop.devices["gate"].fault = "no answer"
    for order_id in ("first", "second"):
        assert loop.lane.send(wire.Obey(RaiseBoom(order_id, FAR), "gate"))
    assert loop.lane.send(wire.Obey(ShowLight("other", FAR, "red"), "meter"))
    told = loop.turns(3)
    answers = {message.order_id: message.answer.code for message in told if isinstance(message, wire.Answered)}
    assert answers == {"first": "unknown", "other": "accepted"}
    assert [message.device for message in told if isinstance(message, wire.Faulted)] == ["gate"]


def test_a_device_that_can_still_hear_is_left_safe_when_it_is_lost(loop: Loop) -> None:
    gate = loop.devices["gate"]
    gate.fault = "wiring"
    loop.turns(1, ms=1)
    assert gate.did[-4:] == ["poll", "leaving", "leaving", "close"]


def test_at_the_end_every_open_device_is_left_safe_the_barrier_first(loop: Loop) -> None:
    loop.worker.leave()
    for device in loop.devices.values():
        assert device.did[-3:] == ["leaving", "leaving", "close"]
