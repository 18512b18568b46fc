"""The simulated module against the Modbus specification, byte by byte, and against any bytes at all."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.barrier.adam60xx_model import FACTORY_WIDTH, Adam6060Model
from drivers.barrier.adam60xx_peer import Adam60xxPeer
from drivers.barrier.boom_model import BoomModel
from drivers.barrier.io_module_model import OutputName
from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick
from tests.drivers.adam_bench import Bench
from tests.support import wait_until


def module(**settings: Millis | None) -> Adam60xxPeer:
    return Adam60xxPeer(Adam6060Model(BoomModel(), under_boom_loop=lambda: True, **settings))  # type: ignore[arg-type]


def adu(pdu: str, transaction: int = 0x1234, unit: int = 1) -> bytes:
    body = bytes.fromhex(pdu)
    return transaction.to_bytes(2, "big") + b"\0\0" + (len(body) + 1).to_bytes(2, "big") + bytes([unit]) + body


def ask(peer: Adam60xxPeer, pdu: str) -> str:
    answer = peer.feed(adu(pdu))
    assert answer[:7] == adu(answer[7:].hex())[:7]
    return answer[7:].hex(" ")


@pytest.mark.parametrize(
    ("request_pdu", "answer"),
    [
        ("01 0000 0006", "01 01 12"),  # DI1 (under-boom loop) and DI4 (boom down)
        ("02 0000 0006", "02 01 12"),
        ("01 0004 0001", "01 01 01"),
        ("01 0010 0006", "01 01 00"),
        ("05 0012 ff00", "05 00 12 ff 00"),
        ("0f 0012 0002 01 01", "0f 00 12 00 02"),
        ("06 000c 1388", "06 00 0c 13 88"),
        ("10 0018 0002 04 1388 0000", "10 00 18 00 02"),
        ("03 000c 0002", f"03 04 {FACTORY_WIDTH.to_bytes(2, 'big').hex(' ')} 00 00"),
        # refusals: function, address, value
        ("07", "87 01"),
        ("2b 0e 01 00", "ab 01"),
        ("01 0006 0001", "81 02"),
        ("01 0010 0007", "81 02"),
        ("01 0000 0000", "81 03"),
        ("01 0000 07d1", "81 03"),
        ("02 0010 0001", "82 02"),
        ("03 0030 0001", "83 02"),
        ("03 0000 007e", "83 03"),
        ("03 0000", "83 03"),
        ("05 0000 ff00", "85 02"),  # coil 0 is an input, often taken for the first output
        ("05 0010 0001", "85 03"),
        ("0f 0010 0002 02 0100", "8f 03"),
        ("0f 0010 0009 01 01", "8f 03"),
        ("0f 0015 0002 01 03", "8f 02"),
        ("10 0000 0002 04 0000 0000", "90 02"),  # counters cannot be written
        ("10 0018 0002 03 138800", "90 03"),
    ],
)
def test_answers_of_the_specification(request_pdu: str, answer: str) -> None:
    assert ask(module(), request_pdu) == answer


def test_low_word_first() -> None:
    peer = module()
    ask(peer, "10 0018 0002 04 0001 0002")
    assert peer.model.high_widths[0] == 0x0002_0001
    assert ask(peer, "03 0018 0002") == "03 04 00 01 00 02"
    ask(peer, "06 0019 0000")
    assert peer.model.high_widths[0] == 1


def test_another_unit_is_not_answered() -> None:
    assert module().feed(adu("01 0000 0006", unit=2)) == b""


def test_frames_may_come_in_any_pieces_and_together() -> None:
    peer = module()
    stream = adu("01 0000 0006", 1) + adu("01 0010 0006", 2)
    answers = b"".join(peer.feed(bytes([byte])) for byte in stream)
    assert answers == adu("01 01 12", 1) + adu("01 01 00", 2)
    assert module().feed(stream) == answers


def pulsed(high_ms: int, low_ms: int, count: int) -> list[tuple[Tick, OutputName, bool, Millis]]:
    changes: list[tuple[Tick, OutputName, bool, Millis]] = []
    model = Adam6060Model(BoomModel(), on_output=lambda *change: changes.append(change))
    peer = Adam60xxPeer(model)
    peer.feed(adu(f"10 000c 0002 04 {low_ms * 10:04x} 0000"))
    peer.feed(adu(f"10 0018 0002 04 {high_ms * 10:04x} 0000"))
    peer.feed(adu(f"10 0024 0002 04 {count:04x} 0000"))
    peer.advance(Millis(3000))
    return changes


def test_the_module_times_its_pulses_exactly() -> None:
    assert pulsed(500, 100, 1) == [(0, "raise", True, 0), (500, "raise", False, 500)]
    assert pulsed(200, 100, 2) == [
        (0, "raise", True, 0),
        (200, "raise", False, 200),
        (300, "raise", True, 0),
        (500, "raise", False, 200),
    ]


def test_a_plain_coil_holds_and_a_coil_write_ends_a_pulse() -> None:
    peer = module(watchdog=None)
    ask(peer, "05 0010 ff00")
    peer.advance(Millis(60_000))
    assert peer.model.outputs[0]
    assert peer.model.held_ms["raise"].longest_ms == 60_000
    ask(peer, "10 0026 0002 04 0001 0000")
    assert ask(peer, "03 0026 0002") == "03 04 00 01 00 00"
    ask(peer, "0f 0010 0002 01 00")
    assert peer.model.outputs == (False,) * 6
    assert ask(peer, "03 0026 0002") == "03 04 00 00 00 00"


def test_a_raise_pulse_raises_the_boom() -> None:
    peer = module()
    ask(peer, "10 0024 0002 04 0001 0000")
    peer.advance(Millis(1999))
    assert ask(peer, "01 0003 0002") == "01 01 00"
    peer.advance(Millis(1))
    assert ask(peer, "01 0003 0002") == "01 01 01"
    assert ask(peer, "03 0006 0002") == "03 04 00 01 00 00"  # DI3's counter saw it come


def test_without_a_host_the_watchdog_stops_motion_and_shows_red() -> None:
    peer = module()
    ask(peer, "05 0010 ff00")
    ask(peer, "05 0013 ff00")
    peer.advance(Millis(4999))
    assert peer.model.outputs == (True, False, False, True, False, False)
    peer.advance(Millis(1))
    assert peer.model.outputs == (False, False, True, False, False, False)
    ask(peer, "0f 0012 0002 01 02")
    peer.advance(Millis(4999))
    assert peer.model.outputs[3]
    assert peer.model.watchdog_trips == 1


def test_faults() -> None:
    peer = module()
    peer.faults.exceptions = {1: 6}
    assert ask(peer, "01 0000 0006") == "81 06"
    peer.faults.exceptions = {}
    peer.faults.answer_function = 4
    assert ask(peer, "01 0000 0006") == "04 01 12"
    peer.faults.answer_function = None
    peer.faults.extra_bytes = 1
    assert ask(peer, "01 0000 0006") == "01 02 12 00"
    peer.faults.extra_bytes = 0
    peer.faults.mute = True
    assert peer.feed(adu("05 0014 ff00")) == b""
    assert peer.model.outputs[4]
    peer.faults.mute, peer.faults.silent = False, True
    assert peer.feed(adu("05 0014 0000")) == b""
    assert peer.model.outputs[4]
    peer.faults.silent, peer.faults.late_ms = False, 300
    assert peer.feed(adu("01 0014 0001")) == b""
    assert peer.advance(Millis(299)) == b""
    assert peer.advance(Millis(1)) == adu("01 01 01")


PDUS = st.one_of(
    st.binary(min_size=1, max_size=40),
    st.builds(
        lambda function, address, count, rest: (
            bytes([function]) + address.to_bytes(2, "big") + count.to_bytes(2, "big") + rest
        ),
        st.sampled_from([1, 2, 3, 5, 6, 15, 16]),
        st.integers(0, 60),
        st.integers(0, 60),
        st.binary(max_size=12),
    ),
)


@given(st.lists(st.one_of(st.binary(max_size=300), PDUS.map(lambda pdu: adu(pdu.hex()))), max_size=20))
def test_no_bytes_crash_it_or_grow_its_memory(chunks: list[bytes]) -> None:
    peer = module()
    for chunk in chunks:
        peer.feed(chunk)
        peer.advance(Millis(100))
        assert len(peer._wire._rest) < 300
    peer._wire = peer.converse()  # whatever was unfinished
    assert ask(peer, "01 0000 0001")[:5] == "01 01"


def test_one_connection_of_rubbish_does_not_disturb_another() -> None:
    with Bench() as bench, socket.create_connection(("127.0.0.1", bench.port.port), 5) as good:
        with socket.create_connection(("127.0.0.1", bench.port.port), 5) as bad:
            good.sendall(adu("01 0000 0006")[:9])
            bad.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert bad.recv(100) == b""
        good.sendall(adu("01 0000 0006")[9:])
        assert good.recv(100) == adu("01 01 30")


def test_a_module_without_power_takes_no_connection() -> None:
    with Bench() as bench:
        bench.wait_turn()
        with bench.lock:
            bench.port.reboot(Millis(150))
        with socket.create_connection(("127.0.0.1", bench.port.port), 5) as call:
            assert call.recv(100) == b""
        wait_until(lambda: now() > bench.port._dark_until, 2, "power")
        with socket.create_connection(("127.0.0.1", bench.port.port), 5) as call:
            call.sendall(adu("01 0000 0006"))
            assert call.recv(100) == adu("01 01 30")
