"""Packets are whole, bounded and refused by name; a full wire is a fact, not a wait."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract import plain
from drivers.contract.driver import Answer
from drivers.contract.faults import Fault
from drivers.contract.orders import ReadPlate, ShowLight
from drivers.contract.quantities import Grams, Millis, Tick
from drivers.contract.readings import BytesRefused, CodeScanned, DeckSample, LoopEdge, OutputsRead, Reading
from station.hosting import wire
from station.hosting.pending import LaneDeaf, Pending


@pytest.fixture
def ends() -> Iterator[tuple[wire.Wire, wire.Wire]]:
    lane, worker = wire.pair()
    with wire.Wire(lane) as lane_end, wire.Wire(worker) as worker_end:
        yield lane_end, worker_end


def test_messages_arrive_as_they_were_sent(ends: tuple[wire.Wire, wire.Wire]) -> None:
    lane, worker = ends
    to_worker: list[wire.ToWorker] = [
        wire.Open("gate", "adam-6060", '{"is":"X"}', "/evidence"),
        wire.OpenBus("yard", "{}", (wire.BusUnit(wire.Open("a", "k", "{}", "/e"), Millis(200), is_first=True),)),
        wire.Obey(ShowLight("o", Tick(5), "red")),
        wire.Obey(ShowLight("o", Tick(5), "red"), "gate"),
        wire.Obey(ReadPlate("o", Tick(5), "/p.jpg", "00", (1, 2, 3, 4))),
        wire.Stop(),
    ]
    to_lane: list[wire.ToLane] = [
        wire.Read((LoopEdge("exit-loop", True), CodeScanned("107900000010", "]C0", "31"))),
        wire.Read((LoopEdge("exit-loop", True),), "gate"),
        wire.Answered("o", Answer("expired"), "gate"),
        wire.Faulted(Fault("silent", "gate", "nothing", "look")),
        wire.Beat(Tick(7)),
    ]
    assert all(lane.send(message) for message in to_worker)
    assert all(worker.send(message) for message in to_lane)
    assert [worker.receive(wire.ToWorker) for _ in to_worker] == to_worker
    assert [lane.receive(wire.ToLane) for _ in to_lane] == to_lane
    assert lane.receive(wire.ToLane) is None


def test_a_closed_wire_is_told_both_ways(ends: tuple[wire.Wire, wire.Wire]) -> None:
    lane, worker = ends
    lane.close()
    lane.close()
    with pytest.raises(wire.WireClosed):
        worker.receive(wire.ToWorker)
    with pytest.raises(wire.WireClosed):
        worker.send(wire.Beat(Tick(1)))


def test_a_full_wire_takes_nothing_and_does_not_wait(ends: tuple[wire.Wire, wire.Wire]) -> None:
    lane, worker = ends
    sent = 0
    while worker.send(wire.Beat(Tick(sent))):
        sent += 1
    assert sent > 10
    assert [lane.receive(wire.ToLane) for _ in range(sent)] == [wire.Beat(Tick(n)) for n in range(sent)]


def test_a_message_beyond_a_packet_is_refused_by_its_sender(ends: tuple[wire.Wire, wire.Wire]) -> None:
    _, worker = ends
    with pytest.raises(wire.MessageTooLong, match="Read of"):
        worker.send(wire.Read((CodeScanned("x" * wire.LARGEST_PACKET, "", ""),)))


@given(data=st.binary(min_size=1, max_size=200) | st.text(min_size=1).map(str.encode))
def test_nonsense_is_refused_by_name(data: bytes) -> None:
    ours, theirs = wire.pair()
    with wire.Wire(ours) as lane, theirs:
        theirs.send(data)
        with pytest.raises(plain.NotPlain):
            lane.receive(wire.ToLane)


def test_an_oversize_packet_is_refused_by_its_receiver() -> None:
    ours, theirs = wire.pair()
    with wire.Wire(ours) as lane, theirs:
        theirs.send(b" " * (wire.LARGEST_PACKET + 1))
        with pytest.raises(plain.NotPlain, match="more than"):
            lane.receive(wire.ToLane)


readings = st.one_of(
    st.booleans().map(lambda on: LoopEdge("entry-loop", on)),
    st.integers(0, 10**8).map(lambda grams: DeckSample(Grams(grams), moving=False, valid=True)),
    st.booleans().map(lambda on: OutputsRead(on, lower_pulse=False, light="red", siren=False)),
    st.integers(1, 99).map(lambda count: BytesRefused(count, "00", "")),
    st.text(max_size=9000).map(lambda text: CodeScanned(text, "", "")),
)


@given(given_readings=st.lists(readings, max_size=60))
def test_what_waits_keeps_every_edge_in_order_and_the_newest_sample(given_readings: list[Reading]) -> None:
    pending = Pending()
    for reading in given_readings:
        pending.put(reading)
    got: list[Reading] = []
    ours, theirs = wire.pair()
    with wire.Wire(ours) as lane, wire.Wire(theirs) as worker:
        is_flushed = False
        while not is_flushed:
            is_flushed = pending.flush(worker)
            while (message := lane.receive(wire.ToLane)) is not None:
                got.extend(message.readings)
    samples = (DeckSample, OutputsRead, BytesRefused)
    assert [r for r in got if not isinstance(r, samples)] == [r for r in given_readings if not isinstance(r, samples)]
    for kind in samples:
        assert [r for r in got if isinstance(r, kind)] == [r for r in given_readings if isinstance(r, kind)][-1:]


@given(given_readings=st.lists(st.tuples(st.sampled_from("abc"), readings), max_size=60))
def test_the_devices_of_a_bus_keep_their_own_edges_and_samples(given_readings: list[tuple[str, Reading]]) -> None:
    pending = Pending()
    for device, reading in given_readings:
        pending.put(reading, device)
    got: list[tuple[str, Reading]] = []
    ours, theirs = wire.pair()
    with wire.Wire(ours) as lane, wire.Wire(theirs) as worker:
        is_flushed = False
        while not is_flushed:
            is_flushed = pending.flush(worker)
            while (message := lane.receive(wire.ToLane)) is not None:
                got.extend((message.device, reading) for reading in message.readings)
    samples = (DeckSample, OutputsRead, BytesRefused)
    assert [r for r in got if not isinstance(r[1], samples)] == [
        r for r in given_readings if not isinstance(r[1], samples)
    ]
    for device in "abc":
        for kind in samples:
            expected = [r for r in given_readings if r[0] == device and isinstance(r[1], kind)][-1:]
            assert [r for r in got if r[0] == device and isinstance(r[1], kind)] == expected


def test_a_lane_that_never_listens_is_taken_for_gone() -> None:
    pending = Pending()
    for _ in range(10_000):
        pending.put(LoopEdge("entry-loop", True))
    with pytest.raises(LaneDeaf):
        pending.put(LoopEdge("entry-loop", True))


def test_a_reading_that_never_fits_is_refused() -> None:
    with pytest.raises(wire.MessageTooLong, match="CodeScanned"):
        Pending().put(CodeScanned("x" * wire.LARGEST_PACKET, "", ""))
