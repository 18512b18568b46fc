"""Real worker processes: killed, stopped, hung, flooding, faulting; the lane's side never waits for any of them."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.orders import DropMotion, LowerBoom, Order, RaiseBoom, ShowLight
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import DeckSample, LoopEdge
from station.hosting.host import HostEvent, WorkerAnswered, WorkerLost, WorkerOpened, WorkerRead, WorkerSpec
from station.hosting.order_queue import VOIDED
from station.hosting.process_host import ProcessHost
from tests.hosting.scripted_worker import FLOOD_EDGES, ScriptedSettings
from tests.support import process_exists

FAR = Tick(1 << 60)


class Bench:
    """A host, its turns, and everything it ever said."""

    def __init__(self, folder: Path) -> None:
        self.host = ProcessHost()
        self.events: list[HostEvent] = []
        self.worst_turn_ms = 0.0
        self._folder = folder

    def start(self, device: str, behaviour: str) -> None:
        settings = ScriptedSettings("scripted", behaviour, str(self.diary(device)))  # type: ignore[arg-type]
        self.host.start(WorkerSpec(device, "tests.hosting.scripted_worker", "scripted", settings, self._folder))

    def diary(self, device: str) -> Path:
        return self._folder / f"{device}.diary"

    def turn(self) -> list[HostEvent]:
        fresh = self.host.receive(Millis(10))
        began = time.monotonic()
        fresh += self.host.receive(Millis(0))
        self.host.turn(now())
        self.worst_turn_ms = max(self.worst_turn_ms, (time.monotonic() - began) * 1000)
        self.events += fresh
        return fresh

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, f"waited {seconds} s for {what}; events: {self.events}"
            self.turn()
        return time.monotonic() - began

    def count(self, kind: type, device: str) -> int:
        return sum(isinstance(event, kind) and event.device == device for event in self.events)

    def until_opened(self, device: str, times: int = 1) -> None:
        self.until(lambda: self.count(WorkerOpened, device) >= times, 15, f"{device} opened {times} times")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.host.close()


def test_an_order_is_obeyed_and_answered(bench: Bench) -> None:
    bench.start("gate", "calm")
    assert not bench.host.send("gate", RaiseBoom("too-early", FAR))
    bench.until_opened("gate")
    assert bench.host.send("gate", RaiseBoom("o1", FAR))
    bench.until(lambda: bench.count(WorkerAnswered, "gate") == 1, 15, "the answer")
    answered = [event for event in bench.events if isinstance(event, WorkerAnswered)]
    assert (answered[0].order_id, answered[0].answer.code) == ("o1", "accepted")
    assert not bench.host.send("elsewhere", RaiseBoom("o2", FAR))


def test_protective_orders_overtake_and_nothing_undoes_them(bench: Bench) -> None:
    bench.start("gate", "calm")
    bench.until_opened("gate")
    os.kill(bench.host.pids()["gate"], signal.SIGSTOP)  # so that all wait together
    dropped = (LowerBoom("lower", FAR), ShowLight("green", FAR, "green"))
    for order in (*dropped, ShowLight("red", FAR, "red"), DropMotion("drop", FAR), LowerBoom("again", FAR)):
        assert bench.host.send("gate", order)
    os.kill(bench.host.pids()["gate"], signal.SIGCONT)
    bench.until(lambda: bench.count(WorkerAnswered, "gate") == 5, 15, "five answers")
    answers = {event.order_id: event.answer for event in bench.events if isinstance(event, WorkerAnswered)}
    assert answers["lower"] == answers["green"] == VOIDED
    noted = [line for line in bench.diary("gate").read_text().splitlines() if line.startswith("{")]
    assert [plain.decode(Order, line.encode()).order_id for line in noted] == ["red", "drop", "again"]


def test_a_killed_worker_is_lost_and_replaced(bench: Bench) -> None:
    bench.start("gate", "calm")
    bench.until_opened("gate")
    first = bench.host.pids()["gate"]
    os.kill(first, signal.SIGKILL)
    bench.until_opened("gate", times=2)
    assert bench.count(WorkerLost, "gate") == 1
    assert bench.host.pids()["gate"] != first


def test_a_stopped_worker_is_found_by_its_silence_and_never_heard_again(bench: Bench) -> None:
    bench.start("gate", "calm")
    bench.until_opened("gate")
    first = bench.host.pids()["gate"]
    os.kill(first, signal.SIGSTOP)
    took = bench.until(lambda: bench.count(WorkerLost, "gate") == 1, 15, "the loss")
    assert 1.4 < took < 10
    assert not bench.host.send("gate", RaiseBoom("lost", FAR))
    bench.until_opened("gate", times=2)
    assert not process_exists(first)
    assert "lost" not in bench.diary("gate").read_text()


def test_a_worker_that_wakes_after_the_warning_leaves_in_good_order_and_unheard(bench: Bench) -> None:
    bench.start("gate", "calm")
    bench.until_opened("gate")
    first = bench.host.pids()["gate"]
    os.kill(first, signal.SIGSTOP)
    assert bench.host.send("gate", ShowLight("late", FAR, "dark"))
    bench.until(lambda: bench.count(WorkerLost, "gate") == 1, 15, "the loss")
    os.kill(first, signal.SIGCONT)
    bench.until_opened("gate", times=2)
    assert bench.count(WorkerAnswered, "gate") == 0


def test_a_worker_hung_in_a_system_call_is_replaced_while_others_go_on(bench: Bench) -> None:
    bench.start("hung", "hangs")
    bench.start("gate", "calm")
    bench.until_opened("gate")
    bench.until_opened("hung")
    sent, worst_ms = 0, list[float]()
    for times in (2, 3, 4):  # a lane that waits for its worker does so each time, a busy machine does not
        bench.worst_turn_ms = 0.0
        began = time.monotonic()
        while bench.count(WorkerOpened, "hung") < times:
            assert time.monotonic() - began < 30, "the hung worker was not replaced"
            if sent == bench.count(WorkerAnswered, "gate"):
                sent += 1
                assert bench.host.send("gate", RaiseBoom(f"o{sent}", FAR))
            bench.turn()
        worst_ms.append(bench.worst_turn_ms)
        if bench.worst_turn_ms < 300:
            break
    print(f"worst turn {worst_ms} ms over {sent} orders to the other worker")
    assert bench.count(WorkerLost, "gate") == 0
    assert sent > 20
    assert min(worst_ms) < 300


def test_a_flood_loses_samples_but_no_edge(bench: Bench) -> None:
    bench.start("gate", "floods")
    bench.until_opened("gate")
    time.sleep(1.5)  # the lane is busy: the wire fills up and readings wait in the worker
    readings: list[object] = []

    def all_edges() -> bool:
        readings[:] = [event.reading for event in bench.events if isinstance(event, WorkerRead)]
        return sum(isinstance(reading, LoopEdge) for reading in readings) >= FLOOD_EDGES

    bench.until(all_edges, 20, "every edge")
    edges = [reading.occupied for reading in readings if isinstance(reading, LoopEdge)]
    samples = [reading.mass for reading in readings if isinstance(reading, DeckSample)]
    assert edges == [n % 2 == 1 for n in range(1, FLOOD_EDGES + 1)]
    assert samples == sorted(samples)
    assert 0 < len(samples) < FLOOD_EDGES


def test_a_worker_that_takes_nothing_is_at_fault(bench: Bench) -> None:
    bench.start("gate", "calm")
    bench.until_opened("gate")
    os.kill(bench.host.pids()["gate"], signal.SIGSTOP)
    began = time.monotonic()
    sent = 0
    while bench.host.send("gate", RaiseBoom(f"o{sent}", FAR)):
        sent += 1
        assert sent < 10_000
    assert time.monotonic() - began < 1.5
    bench.turn()
    assert bench.count(WorkerLost, "gate") == 1
    bench.until_opened("gate", times=2)


def test_the_same_fault_at_open_is_told_once(bench: Bench) -> None:
    bench.start("gate", "fails-to-open")
    bench.until(lambda: bench.count(WorkerLost, "gate") == 1, 15, "the fault")
    lost = next(event for event in bench.events if isinstance(event, WorkerLost))
    assert (lost.fault.code, lost.fault.next_step) == ("port-missing", "plug it in")
    tries: set[int] = set()

    def tried_again() -> bool:
        tries.update(bench.host.pids().values())
        return len(tries) >= 3

    bench.until(tried_again, 30, "two more tries")
    assert bench.count(WorkerLost, "gate") == 1


def test_a_fault_under_an_order_answers_unknown_first(bench: Bench) -> None:
    bench.start("gate", "faults-on-raise")
    bench.until_opened("gate")
    assert bench.host.send("gate", RaiseBoom("o1", FAR))
    bench.until(lambda: bench.count(WorkerLost, "gate") == 1, 15, "the fault")
    answered, lost = bench.events[-2:]
    assert isinstance(answered, WorkerAnswered)
    assert answered.answer.code == "unknown"
    assert isinstance(lost, WorkerLost)
    assert lost.fault.code == "silent"


def test_a_bug_in_a_driver_is_a_loss_with_its_exit_status(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    bench.start("gate", "crashes")
    bench.until(lambda: bench.count(WorkerLost, "gate") == 1, 30, "the loss")
    bench.until(lambda: bench.count(WorkerOpened, "gate") >= 2, 30, "another try")
    assert "a bug in the driver" in capfd.readouterr().err
    assert "close" in bench.diary("gate").read_text()


def test_an_unknown_kind_is_refused_by_name(bench: Bench, tmp_path: Path) -> None:
    settings = ScriptedSettings("scripted", "calm", "")
    bench.host.start(WorkerSpec("gate", "station.hosting.child", "teleporter", settings, tmp_path))
    bench.until(lambda: bench.count(WorkerLost, "gate") == 1, 30, "the refusal")
    lost = next(event for event in bench.events if isinstance(event, WorkerLost))
    assert lost.fault.code == "unfit"
    assert "teleporter" in lost.fault.seen


def test_a_device_is_served_once(bench: Bench) -> None:
    bench.start("gate", "calm")
    with pytest.raises(ValueError, match="gate"):
        bench.start("gate", "calm")


def test_close_ends_a_stopped_worker_too(bench: Bench) -> None:
    bench.start("gate", "calm")
    bench.start("stuck", "calm")
    bench.until_opened("gate")
    bench.until_opened("stuck")
    pids = bench.host.pids()
    os.kill(pids["stuck"], signal.SIGSTOP)
    began = time.monotonic()
    bench.host.close()
    assert time.monotonic() - began < 10
    assert not any(process_exists(pid) for pid in pids.values())
    assert bench.diary("gate").read_text().splitlines()[-1] == "close"


def test_a_worker_that_cannot_be_started_is_a_fault_and_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as out_of_processes:
        out_of_processes.setattr("station.hosting.worker_process.subprocess.Popen", refuse)
        bench.start("gate", "calm")
        bench.turn()
    [lost] = [event for event in bench.events if isinstance(event, WorkerLost)]
    assert "no worker could be started" in lost.fault.seen
    bench.until_opened("gate")
