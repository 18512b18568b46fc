"""The Modbus link over real loopback TCP: right answers, wrong answers, no answers, any bytes at all."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault, Fault
from drivers.contract.quantities import Millis
from drivers.links.modbus_link import ModbusLink, from_low_word_first, low_word_first
from drivers.links.tcp_link import TcpLink
from tests.drivers.adam_bench import Bench
from tests.support import free_port

PATIENCE = Millis(200)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench() as running:
        yield running


@pytest.fixture
def link(bench: Bench) -> Iterator[ModbusLink]:
    made = bench.link()
    made.open()
    yield made
    made.close()


def fault_of(act: Callable[[], object]) -> Fault:
    with pytest.raises(DeviceFault) as caught:
        act()
    return caught.value.fault


def test_coils_and_registers(bench: Bench, link: ModbusLink) -> None:
    assert link.read_coils(0, 6, PATIENCE) == (False, False, False, False, True, True)  # boom down, beam unbroken
    link.write_coils(18, (True, False), PATIENCE)
    link.write_coil(20, True, PATIENCE)
    assert link.read_coils(16, 6, PATIENCE) == (False, False, True, False, True, False)
    link.write_registers(24, low_word_first(70_000), PATIENCE)
    assert link.read_registers(24, 2, PATIENCE) == (70_000 & 0xFFFF, 1)
    assert from_low_word_first(link.read_registers(24, 4, PATIENCE)) == (70_000, 10_000)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (1, "illegal function"),
        (2, "illegal data address"),
        (3, "illegal data value"),
        (4, "device failure"),
        (6, "device busy"),
        (0x63, "not in the Modbus specification"),
        (0, "not in the Modbus specification"),
    ],
)
def test_an_exception_is_refused_by_name_and_the_connection_goes_on(
    bench: Bench, link: ModbusLink, code: int, name: str
) -> None:
    bench.faults.exceptions = {1: code}
    fault = fault_of(lambda: link.read_coils(0, 6, PATIENCE))
    assert fault.code == "refused"
    assert f"function 1: exception {code} ({name})" in fault.seen
    assert fault.next_step
    bench.faults.exceptions = {}
    assert link.read_coils(16, 1, PATIENCE) == (False,)
    assert link.connections == 1


def test_another_function_code_is_garbled(bench: Bench, link: ModbusLink) -> None:
    bench.faults.answer_function = 2
    fault = fault_of(lambda: link.read_coils(0, 6, PATIENCE))
    assert (fault.code, fault.seen) == ("garbled", "function 2 answers function 1")
    assert not link.is_connected


@pytest.mark.parametrize("extra", [-2, -1, 1, 2])
def test_another_count_is_garbled(bench: Bench, link: ModbusLink, extra: int) -> None:
    bench.faults.extra_bytes = extra
    assert fault_of(lambda: link.read_coils(0, 6, PATIENCE)).code == "garbled"
    link.ready(PATIENCE)
    assert fault_of(lambda: link.read_registers(12, 4, PATIENCE)).code == "garbled"


def test_another_unit_is_no_answer(bench: Bench, link: ModbusLink) -> None:
    bench.faults.answer_unit = 2
    fault = fault_of(lambda: link.read_coils(0, 6, Millis(50)))
    assert fault.code == "garbled"
    assert "no answer in" in fault.seen


def test_silence_ends_within_the_patience_and_the_connection_with_it(bench: Bench, link: ModbusLink) -> None:
    bench.faults.silent = True
    began = now()
    assert fault_of(lambda: link.read_coils(0, 6, Millis(80))).code == "silent"
    assert 80 <= now() - began < 2_080
    assert not link.is_connected
    assert fault_of(lambda: link.read_coils(0, 6, PATIENCE)).code == "port-missing"
    bench.faults.silent = False
    link.ready(PATIENCE)
    assert link.read_coils(0, 6, PATIENCE)[4]
    assert link.connections == 2


def test_a_late_answer_is_never_taken_for_the_next_one(bench: Bench) -> None:
    link = bench.link(worst_answer=400)
    link.open()
    link.write_coils(16, (False, False, True), PATIENCE)
    for late in (250, 350, 450, 600):
        bench.faults.late_ms = late
        assert fault_of(lambda: link.read_coils(18, 1, Millis(30))).code == "silent"
        bench.faults.late_ms = 0
        link.ready(Millis(2_000))
        for _ in range(5):
            assert link.read_coils(19, 1, PATIENCE) == (False,)
            assert link.read_coils(18, 1, PATIENCE) == (True,)
    link.close()


def test_after_a_time_out_the_worst_answer_time_is_waited_out(bench: Bench) -> None:
    link = bench.link(worst_answer=1_000)
    link.open()
    bench.faults.silent = True
    asked = now()
    fault_of(lambda: link.read_coils(0, 6, Millis(20)))
    bench.faults.silent = False
    fault = fault_of(lambda: link.ready(Millis(30)))
    assert (fault.code, now() - asked < 900) == ("silent", True)
    link.ready(Millis(3_000))
    assert now() - asked >= 1_000
    link.close()


@pytest.mark.parametrize("how", ["drop", "reboot", "hang up"])
def test_a_lost_connection_is_told_and_made_again_only_when_asked(bench: Bench, link: ModbusLink, how: str) -> None:
    link.read_coils(0, 1, PATIENCE)
    if how == "hang up":
        bench.faults.hang_up = True
    else:
        with bench.lock:
            bench.port.drop_connections() if how == "drop" else bench.port.reboot()
        bench.wait_turn()
    assert fault_of(lambda: link.read_coils(0, 6, PATIENCE)).code == "port-missing"
    bench.faults.hang_up = False
    assert fault_of(lambda: link.read_coils(0, 6, PATIENCE)).code == "port-missing"
    assert link.connections == 1
    link.ready(PATIENCE)
    assert link.read_coils(4, 1, PATIENCE) == (True,)


def test_ready_notices_that_the_far_end_has_gone_without_sending_anything(bench: Bench, link: ModbusLink) -> None:
    link.read_coils(0, 1, PATIENCE)
    with bench.lock:
        bench.port.drop_connections()
    bench.wait_turn()
    assert fault_of(lambda: link.ready(PATIENCE)).code == "port-missing"
    link.ready(PATIENCE)
    assert (bench.peer.requests, link.connections) == (1, 2)


def test_nobody_there() -> None:
    link = ModbusLink(TcpLink("127.0.0.1", free_port(), deadline=Millis(100)), 1, Millis(100), now)
    assert fault_of(link.open).code == "port-missing"
    assert fault_of(lambda: link.ready(PATIENCE)).code == "port-missing"
    link.close()
    link.close()


def test_a_link_that_was_never_opened_says_so() -> None:
    link = ModbusLink(TcpLink("127.0.0.1", 1), 1, Millis(100), now)
    assert fault_of(lambda: link.ready(PATIENCE)).code == "port-missing"
    assert fault_of(lambda: link.read_coils(0, 1, PATIENCE)).code == "port-missing"


@contextmanager
def answering(reply: Callable[[bytes], bytes]) -> Iterator[int]:
    """A TCP port that answers whatever it hears with `reply(heard)`; yields its number."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            call, _ = listener.accept()
            call.settimeout(5)  # a failed test leaves its link open; the thread ends all the same
            with call, suppress(ConnectionError, TimeoutError):
                while heard := call.recv(4096):
                    if heard == b"end":
                        return
                    call.sendall(reply(heard))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with socket.create_connection(listener.getsockname()) as last:
            last.sendall(b"end")
            thread.join()
        listener.close()


@settings(max_examples=60)
@given(pdu=st.one_of(st.binary(max_size=12), st.binary(max_size=3).map(b"\x01".__add__)), junk=st.binary(max_size=8))
def test_no_answer_of_any_shape_gives_anything_but_a_value_or_a_fault(pdu: bytes, junk: bytes) -> None:
    def reply(heard: bytes) -> bytes:
        return heard[:4] + (len(pdu) + 1).to_bytes(2, "big") + b"\x01" + pdu + junk

    with answering(reply) as port:
        link = ModbusLink(TcpLink("127.0.0.1", port, deadline=Millis(20)), 1, Millis(1), now)
        requests: tuple[Callable[[], object], ...] = (
            lambda: len(link.read_coils(0, 6, Millis(20))) == 6,
            lambda: len(link.read_registers(0, 2, Millis(20))) == 2,
            lambda: link.write_coils(16, (True,), Millis(20)),
            lambda: link.write_coil(16, True, Millis(20)),
            lambda: link.write_registers(12, (1, 2), Millis(20)),
        )
        for request in requests:
            link.open()
            with suppress(DeviceFault):
                assert request() is not False
        link.close()


@settings(max_examples=40)
@given(noise=st.binary(min_size=1, max_size=600))
def test_any_bytes_instead_of_an_answer_are_a_fault(noise: bytes) -> None:
    with answering(lambda _: noise) as port:
        link = ModbusLink(TcpLink("127.0.0.1", port, deadline=Millis(20)), 1, Millis(1), now)
        link.open()
        began = time.monotonic()
        fault_of(lambda: link.read_coils(0, 6, Millis(20)))
        assert time.monotonic() - began < 5
        link.close()


def test_a_split_answer_is_put_together(bench: Bench) -> None:
    answer = bytes.fromhex("0001 0000 0004 01 01 01 2a")

    def slowly(heard: bytes) -> bytes:
        return answer if heard[:2] == b"\0\1" else b""

    with answering(slowly) as port:
        wire = _Splitting(TcpLink("127.0.0.1", port, deadline=Millis(100)))
        link = ModbusLink(wire, 1, Millis(100), now)
        link.open()
        assert link.read_coils(0, 6, PATIENCE) == (False, True, False, True, False, True)
        link.close()


class _Splitting:
    """A wire that gives one byte at a time."""

    def __init__(self, wire: TcpLink) -> None:
        self._wire = wire
        self._rest = b""

    def open(self) -> None:
        self._wire.open()

    def read(self, patience: Millis) -> bytes:
        self._rest = self._rest or self._wire.read(patience)
        first, self._rest = self._rest[:1], self._rest[1:]
        return first

    def write(self, data: bytes, patience: Millis) -> None:
        self._wire.write(data, patience)

    def discard_input(self) -> None:
        self._wire.discard_input()

    def close(self) -> None:
        self._wire.close()
