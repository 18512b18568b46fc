"""The order of a turn: protect, keep, permit; what the commit was too slow for; what a void order comes to."""

from pathlib import Path

import pytest

from drivers.contract.faults import Fault
from drivers.contract.orders import Order, RaiseBoom, ShowLight, is_motion, is_protective
from station.core.effects import Send
from station.core.facts import DeviceLost, Spent, Suspended
from station.core.records import (
    CrossingCompleted,
    CrossingDecided,
    CrossingHeld,
    CrossingReleased,
    OrderEnded,
    OrderIssued,
)
from station.core.step import Step, step
from station.hosting.inline_host import InlineHost
from station.journal.reader import JournalReader
from station.journal.refusals import JournalUnwritable
from station.lane.loop import SLOWEST_COMMIT_US, LaneLoop
from tests.journeys.gate import DECLARATION, Gate


class WatchedHost(InlineHost):
    """Notes for each order how far the journal had come, as another process reads it, when the order was sent."""

    data: Path
    sent: list[tuple[Order, int, set[str]]]

    def send(self, device: str, order: Order) -> bool:
        with JournalReader(self.data) as reader:
            records = [reader.as_record(row) for row in reader.records(0, 1_000)]
            newest, _ = reader.newest()
        issued = {record.order_id for record in records if isinstance(record, OrderIssued)}
        self.sent.append((order, newest, issued))
        return super().send(device, order)


class WatchedLoop(LaneLoop):
    """Notes how far the journal had come before each turn's commit."""

    before: int = 0

    def keep(self, facts: object, decided: Step) -> int:
        self.before = self._journal.next_fseq - 1
        return super().keep(facts, decided)  # type: ignore[arg-type]


def test_protective_orders_leave_before_the_commit_and_all_others_after_it(tmp_path: Path, picture: bytes) -> None:
    WatchedHost.data, WatchedHost.sent = tmp_path / "data", []
    with Gate(tmp_path, host_class=WatchedHost, loop_class=WatchedLoop) as gate:
        gate.show_plate(picture)
        gate.ready()
        WatchedHost.sent.clear()
        gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
        early: list[Order] = []
        late: list[Order] = []
        while not (gate.yard.is_empty and gate.is_idle):
            gate.turn()
            loop = gate.loop
            assert isinstance(loop, WatchedLoop)
            for order, newest, issued in WatchedHost.sent:
                (early if newest == loop.before else late).append(order)
                assert not is_motion(order) or order.order_id in issued
            WatchedHost.sent.clear()
    assert [type(order) for order in early] == [ShowLight]  # red, when the truck is under the boom
    assert all(is_protective(order) for order in early)
    assert {"RaiseBoom", "LowerBoom", "ShowLight", "TakeWeight", "TakePicture", "ReadPlate"} == {
        type(order).__name__ for order in late
    }
    assert not any(is_protective(order) for order in late)


class SlowDisk(LaneLoop):
    """The first commit that would let a boom rise takes a quarter of a second too long."""

    slow = 0

    def permit(self, decided: Step, took_us: int) -> None:
        is_slow = self.slow == 0 and any(isinstance(stamped.record, CrossingReleased) for stamped in decided.records)
        self.slow += is_slow
        super().permit(decided, SLOWEST_COMMIT_US + 1 if is_slow else 0)


def test_a_raise_that_waited_too_long_for_the_disk_is_dropped_and_decided_afresh(
    tmp_path: Path, picture: bytes
) -> None:
    with Gate(tmp_path, loop_class=SlowDisk) as gate:
        gate.show_plate(picture)
        gate.ready()
        gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
        gate.until(lambda: getattr(gate.loop, "slow", 0) == 1, 60, "the slow commit")
        assert gate.yard.motions == []
        gate.until(lambda: gate.yard.is_empty and gate.is_idle, 120, "the truck is through")
        records = gate.records()
        raises = [r for r in records if isinstance(r, OrderIssued) and r.order == "RaiseBoom"]
        ended = {r.order_id: r.outcome for r in records if isinstance(r, OrderEnded)}
        assert [ended[raised.order_id] for raised in raises] == ["dropped", "confirmed"]
        assert sum(isinstance(r, CrossingReleased) for r in records) == 2  # re-checked and released again
        assert [what for _, what in gate.yard.motions] == ["raise", "lower"]


def test_what_cannot_be_looked_up_or_given_back_holds_the_truck_and_not_the_lane(gate: Gate) -> None:
    gate.eligible.close()
    for name in ("courier.db", "courier.db-wal", "courier.db-shm"):
        (gate.data.root / name).unlink(missing_ok=True)
    (gate.data.root / "courier.db").write_bytes(b"this is no database" * 500)
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: gate.loop.state.phase == "HELD", 60, "held")
    crossing = gate.loop.state.crossing
    assert crossing is not None and crossing.hold is not None
    assert crossing.hold.reason == "LIST_UNAVAILABLE"
    assert not any(isinstance(record, CrossingDecided) for record in gate.records()), "nothing was decided"
    assert gate.yard.motions == []


def test_a_snapshot_that_fails_takes_no_turn_back(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(state: bytes, fseq: int) -> None:
        raise JournalUnwritable("disk-full", gate.data.journal, "no room")

    monkeypatch.setattr(gate.journal, "snapshot", full)
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: gate.yard.is_empty and gate.is_idle, 120, "the truck is through")
    gate.run(1_000)
    assert gate.loop.is_keeping
    assert len(gate.completed()) == 1
    with JournalReader(gate.data.root) as reader:
        assert reader.first_broken() is None


def test_a_raise_is_never_sent_after_something_in_the_same_turn_made_it_void(gate: Gate) -> None:
    """The barrier is lost in the very turn that would tell it to rise."""
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: (c := gate.loop.state.crossing) is not None and c.request.startswith("b"), 60, "booking")
    crossing = gate.loop.state.crossing
    assert crossing is not None
    now = gate.clock()
    spent = Spent(now, crossing.request, accepted=True, reason="", holder=crossing.crossing)
    lost = DeviceLost(now, "barrier", Fault("silent", "barrier", "no answer", "look"))
    decided = step(gate.loop.state, [spent, lost])
    assert any(isinstance(e, Send) and isinstance(e.order, RaiseBoom) for e in decided.effects)
    gate.loop.tell([spent, lost])
    gate.loop._later.clear()
    gate.run(200)
    assert gate.yard.motions == []
    assert not any(isinstance(r, CrossingCompleted) for r in gate.records())


def test_a_suspension_in_the_turn_of_the_release_keeps_the_boom_down_and_nothing_waits(gate: Gate) -> None:
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: (c := gate.loop.state.crossing) is not None and c.request.startswith("b"), 60, "booking")
    crossing = gate.loop.state.crossing
    assert crossing is not None
    now = gate.clock()
    gate.loop._later.clear()
    spent = Spent(now, crossing.request, accepted=True, reason="", holder=crossing.crossing)
    suspended = Suspended(now, DECLARATION, lifted=False, number=1)
    gate.loop.tell([spent, suspended])
    gate.run(200)
    assert gate.loop.state.phase == "HELD", "not after the patience for a limit switch"
    assert gate.loop.state.motion is None
    held = [record.reason for record in gate.records() if isinstance(record, CrossingHeld)]
    assert held == ["SUSPENDED"]
    ended = [record.outcome for record in gate.records() if isinstance(record, OrderEnded)]
    assert ended == ["dropped"]
    gate.run(10_000)
    assert gate.yard.motions == []
