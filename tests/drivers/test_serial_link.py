"""Byte wires: a serial port over a real pty, TCP over a real socket, a loopback with a fake clock."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.quantities import Millis, Permille, Tick
from drivers.links.loopback_link import Damage, LoopbackLink
from drivers.links.pacing import PtyPort
from drivers.links.readiness import wait_readable
from drivers.links.serial_link import SerialLink
from drivers.links.tcp_link import TcpLink


class Echo:
    """A peer that answers what it hears, and says `speech` once when time passes."""

    def __init__(self, speech: bytes = b"") -> None:
        self.heard = b""
        self.speech = speech

    def feed(self, data: bytes) -> bytes:
        self.heard += data
        return data

    def advance(self, elapsed: Millis) -> bytes:
        said, self.speech = self.speech, b""
        return said


def _collect(link: Link, count: int, service: Callable[[], None], deadline_s: float = 5) -> bytes:
    data = b""
    end = time.monotonic() + deadline_s
    while len(data) < count and time.monotonic() < end:
        service()
        data += link.read(Millis(5))
    return data


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def port(tmp_path: Path, echo: Echo) -> Iterator[PtyPort]:
    pty = PtyPort(tmp_path / "tty", echo, baud=115200)
    yield pty
    pty.close()


@pytest.fixture
def link(port: PtyPort) -> Iterator[SerialLink]:
    serial = SerialLink(str(port.name), baud=115200)
    serial.open()
    yield serial
    serial.close()


def test_serial_bytes_go_out_and_come_back_unchanged(port: PtyPort, link: SerialLink, echo: Echo) -> None:
    everything = bytes(range(256))  # 0x11, 0x13, 0x0D and 0x0A included: no flow control, no translation
    link.write(everything, Millis(500))
    assert _collect(link, 256, lambda: port.service(now())) == everything
    assert echo.heard == everything


def test_serial_read_returns_empty_after_its_patience(link: SerialLink) -> None:
    began = time.monotonic()
    assert link.read(Millis(50)) == b""
    assert 0.045 <= time.monotonic() - began < 1


def test_serial_port_that_does_not_exist_is_named(tmp_path: Path) -> None:
    missing = SerialLink(str(tmp_path / "nothing"))
    with pytest.raises(DeviceFault) as caught:
        missing.open()
    assert caught.value.fault.code == "port-missing"
    assert caught.value.fault.thing == str(tmp_path / "nothing")


def test_a_file_that_is_no_serial_port_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DeviceFault) as caught:
        SerialLink(str(tmp_path / "file")).open()
    assert caught.value.fault.code == "port-missing"


def test_a_second_opener_is_told_that_the_port_is_busy(port: PtyPort, link: SerialLink) -> None:
    with pytest.raises(DeviceFault) as caught:
        SerialLink(str(port.name), baud=115200).open()
    assert caught.value.fault.code == "port-busy"
    link.write(b"still mine", Millis(500))
    assert _collect(link, 10, lambda: port.service(now())) == b"still mine"


def test_a_closed_port_is_free_again(port: PtyPort, link: SerialLink) -> None:
    link.close()
    link.close()
    second = SerialLink(str(port.name), baud=115200)
    second.open()
    second.close()
    with pytest.raises(DeviceFault):
        link.read(Millis(0))


def test_unplugged_while_open_is_a_fault_and_replugged_works_again(port: PtyPort, link: SerialLink) -> None:
    port.unplug()
    with pytest.raises(DeviceFault) as caught:
        link.read(Millis(100))
    assert caught.value.fault.code == "port-missing"
    with pytest.raises(DeviceFault):
        link.open()
    port.replug()
    link.open()
    link.write(b"back", Millis(500))
    assert _collect(link, 4, lambda: port.service(now())) == b"back"


def test_a_write_nobody_takes_ends_with_a_fault_within_its_patience(link: SerialLink) -> None:
    began = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        link.write(bytes(1_000_000), Millis(100))
    assert caught.value.fault.code == "silent"
    assert time.monotonic() - began < 2


def test_discarded_input_is_not_read(tmp_path: Path) -> None:
    pty = PtyPort(tmp_path / "tty", Echo(b"stale"), baud=115200)
    serial = SerialLink(str(pty.name))
    try:
        serial.open()
        pty.service(Tick(0))
        pty.service(Tick(1))
        pty.service(Tick(100))
        serial.discard_input()
        assert serial.read(Millis(20)) == b""
    finally:
        serial.close()
        pty.close()


def test_bytes_leave_at_the_pace_of_the_baud_rate(tmp_path: Path) -> None:
    pty = PtyPort(tmp_path / "tty", Echo(bytes(96)), baud=9600)  # 10 bits each: 0.96 bytes per millisecond
    serial = SerialLink(str(pty.name))
    try:
        serial.open()
        arrived = 0
        pty.service(Tick(0))
        pty.service(Tick(1))  # the peer speaks now
        for tick in range(2, 102):
            pty.service(Tick(tick))
            arrived += len(serial.read(Millis(0)))
            assert arrived <= (tick - 1) * 0.96
        arrived += len(serial.read(Millis(100)))
        assert arrived == 96
    finally:
        serial.close()
        pty.close()


def test_an_idle_line_saves_up_no_time(tmp_path: Path) -> None:
    echo = Echo(bytes(2))
    pty = PtyPort(tmp_path / "tty", echo, baud=9600)
    serial = SerialLink(str(pty.name))
    try:
        serial.open()
        pty.service(Tick(0))
        pty.service(Tick(1))
        echo.speech = bytes(96)
        pty.service(Tick(1001))  # the two bytes leave, and the peer speaks again after an idle second
        assert len(serial.read(Millis(100))) == 2
        pty.service(Tick(1011))
        assert len(serial.read(Millis(100))) == 9
    finally:
        serial.close()
        pty.close()


def test_bytes_to_nobody_are_lost_and_counted(tmp_path: Path) -> None:
    pty = PtyPort(tmp_path / "tty", Echo(bytes(60000)), baud=115200)
    try:
        for tick in range(0, 10_000, 50):
            pty.service(Tick(tick))
        assert pty.lost > 0
    finally:
        pty.close()


@pytest.fixture
def far_end() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_tcp_carries_bytes_both_ways_and_reports_the_far_end_closing(far_end: socket.socket) -> None:
    link = TcpLink("127.0.0.1", far_end.getsockname()[1])
    link.open()
    device, _ = far_end.accept()
    try:
        assert link.read(Millis(10)) == b""
        link.write(b"ask", Millis(500))
        assert device.recv(16) == b"ask"
        device.sendall(b"answer")
        assert link.read(Millis(500)) == b"answer"
        device.sendall(b"stale")
        assert wait_readable(link.fileno(), Millis(1000))
        link.discard_input()
        assert link.read(Millis(10)) == b""
        device.close()
        with pytest.raises(DeviceFault) as caught:
            link.read(Millis(500))
        assert caught.value.fault.code == "port-missing"
    finally:
        device.close()
        link.close()


def test_tcp_write_to_a_deaf_device_ends_within_its_patience(far_end: socket.socket) -> None:
    link = TcpLink("127.0.0.1", far_end.getsockname()[1])
    link.open()
    device, _ = far_end.accept()
    try:
        with pytest.raises(DeviceFault) as caught:
            link.write(bytes(64_000_000), Millis(100))
        assert caught.value.fault.code == "silent"
    finally:
        link.close()
        device.close()


def test_tcp_refused_is_port_missing(far_end: socket.socket) -> None:
    number = far_end.getsockname()[1]
    far_end.close()
    with pytest.raises(DeviceFault) as caught:
        TcpLink("127.0.0.1", number).open()
    assert caught.value.fault.code == "port-missing"
    assert caught.value.fault.thing == f"127.0.0.1:{number}"


class Hand:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.tick = Tick(1000)

    def __call__(self) -> Tick:
        return self.tick

    def move(self, elapsed: int) -> None:
        self.tick = Tick(self.tick + elapsed)


def test_loopback_carries_what_the_peer_says_and_answers() -> None:
    clock = Hand()
    echo = Echo(b"hello")
    link = LoopbackLink(echo, clock)
    link.open()
    assert link.read(Millis(1000)) == b""
    clock.move(1)
    assert link.read(Millis(0)) == b"hello"
    link.write(b"ask", Millis(100))
    assert link.read(Millis(0)) == b"ask"


def test_loopback_delay_keeps_the_order_and_the_bytes() -> None:
    clock = Hand()
    link = LoopbackLink(Echo(), clock, Damage(seed=3, delay=Millis(50), split=Permille(300)))
    link.open()
    sent = bytes(range(200))
    link.write(sent, Millis(100))
    early = link.read(Millis(0))
    assert len(early) < 200
    data = early
    for _ in range(500):
        clock.move(1)
        data += link.read(Millis(0))
    assert data == sent


@pytest.mark.parametrize(
    ("damage", "shorter", "longer"),
    [
        (Damage(seed=1, drop=Permille(200)), True, False),
        (Damage(seed=1, duplicate=Permille(200)), False, True),
        (Damage(seed=1, flip=Permille(200)), False, False),
    ],
)
def test_loopback_damage_is_repeatable_by_seed(damage: Damage, shorter: bool, longer: bool) -> None:
    def once() -> bytes:
        link = LoopbackLink(Echo(), Hand(), damage)
        link.open()
        link.write(bytes(500), Millis(100))
        return link.read(Millis(0))

    data = once()
    assert data == once()
    assert data != bytes(500)
    assert (len(data) < 500, len(data) > 500) == (shorter, longer)


def test_loopback_unplugged_is_a_fault_until_replugged_and_opened() -> None:
    link = LoopbackLink(Echo(), Hand())
    link.open()
    link.unplug()
    with pytest.raises(DeviceFault) as caught:
        link.read(Millis(0))
    assert caught.value.fault.code == "port-missing"
    with pytest.raises(DeviceFault):
        link.open()
    link.replug()
    with pytest.raises(DeviceFault):
        link.write(b"x", Millis(0))
    link.open()
    link.write(b"x", Millis(0))
    assert link.read(Millis(0)) == b"x"
