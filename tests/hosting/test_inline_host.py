"""The same promises in one thread, on the journey's clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from drivers.contract.driver import Answer, Identity
from drivers.contract.faults import DeviceFault
from drivers.contract.orders import DropMotion, Order, RaiseBoom
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import LoopEdge, Reading
from station.hosting.host import BusSpec, HostEvent, WorkerAnswered, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.inline_host import InlineHost
from station.hosting.order_queue import VOIDED

FAR = Tick(1 << 60)


@dataclass
class Gate:
    """A device with a switch for its wire."""

    is_plugged: bool = True
    readings: list[Reading] = field(default_factory=list)
    obeyed: list[str] = field(default_factory=list)
    is_open: bool = False

    def open(self) -> Identity:
        self._need_wire()
        self.is_open = True
        return Identity("gate", "")

    def poll(self, patience: Millis) -> Sequence[Reading]:
        self._need_wire()
        taken = self.readings.copy()
        self.readings.clear()
        return taken

    def obey(self, order: Order, patience: Millis) -> Answer:
        self._need_wire()
        self.obeyed.append(order.order_id)
        return Answer("accepted")

    def close(self) -> None:
        self.is_open = False

    def _need_wire(self) -> None:
        if not self.is_plugged:
            raise DeviceFault("port-missing", "gate", "unplugged", "plug it in")


class Journey:
    def __init__(self) -> None:
        self.tick = Tick(0)
        self.gate = Gate()
        self.host = InlineHost(lambda _: self.gate, lambda: self.tick)
        self.host.start(WorkerSpec("gate", "", "gate", None, Path()))

    def turn(self, later: int = 0) -> list[HostEvent]:
        self.tick = Tick(self.tick + later)
        self.host.turn(self.tick)
        return self.host.receive(Millis(0))


def test_it_opens_reads_and_obeys_protective_orders_that_nothing_undoes() -> None:
    journey = Journey()
    assert not journey.host.send("gate", RaiseBoom("early", FAR))
    assert journey.turn() == [WorkerOpened("gate", Identity("gate", ""))]
    journey.gate.readings.append(LoopEdge("entry-loop", True))
    assert journey.host.send("gate", RaiseBoom("raise", FAR))
    assert journey.host.send("gate", DropMotion("drop", FAR))
    assert journey.turn() == [
        WorkerAnswered("gate", "raise", VOIDED),
        WorkerAnswered("gate", "drop", Answer("accepted")),
        WorkerRead("gate", LoopEdge("entry-loop", True)),
    ]
    journey.host.close()
    assert not journey.gate.is_open


def test_a_fault_is_told_once_and_the_device_opened_again_after_the_pause() -> None:
    journey = Journey()
    journey.turn()
    journey.gate.is_plugged = False
    (lost,) = journey.turn(1000)
    assert isinstance(lost, WorkerLost)
    assert not journey.host.send("gate", RaiseBoom("o", FAR))
    assert [event for _ in range(50) for event in journey.turn(100)] == []  # tries again, fails the same way
    journey.gate.is_plugged = True
    events = [event for _ in range(700) for event in journey.turn(100)]
    assert events == [WorkerOpened("gate", Identity("gate", ""))]
    assert journey.gate.obeyed == []


def test_a_fault_under_an_order_answers_unknown_and_forgets_the_rest() -> None:
    journey = Journey()
    journey.turn()
    journey.gate.is_plugged = False
    for order_id in ("first", "second"):
        assert journey.host.send("gate", RaiseBoom(order_id, FAR))
    answered, lost = journey.turn()
    assert isinstance(answered, WorkerAnswered)
    assert (answered.order_id, answered.answer.code) == ("first", "unknown")
    assert isinstance(lost, WorkerLost)


def test_the_devices_of_a_bus_are_lost_and_opened_each_by_itself() -> None:
    gates = {"gate": Gate(), "meter": Gate()}
    tick = Tick(0)
    host = InlineHost(lambda spec: gates[spec.device], lambda: tick)
    host.start(BusSpec("yard", None, tuple(WorkerSpec(name, "", name, None, Path()) for name in gates)))
    assert [event.device for event in host.receive(Millis(0))] == ["gate", "meter"]
    gates["meter"].is_plugged = False
    [lost] = host.receive(Millis(0))
    assert isinstance(lost, WorkerLost)
    assert lost.device == "meter"
    assert host.send("gate", RaiseBoom("o", FAR))
    assert not host.send("meter", RaiseBoom("o", FAR))
    assert host.receive(Millis(0)) == [WorkerAnswered("gate", "o", Answer("accepted"))]
    gates["meter"].is_plugged = True
    tick = Tick(100)
    host.turn(tick)
    assert host.receive(Millis(0)) == [WorkerOpened("meter", Identity("gate", ""))]
