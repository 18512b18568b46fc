"""A scale's bytes repeated to a second party: exactly, one way, and never at the cost of our own reading."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.catalog import DRIVERS
from drivers.contract.clock import now
from drivers.contract.describing import field_texts
from drivers.contract.orders import TakeWeight
from drivers.contract.quantities import Millis, kilograms
from drivers.contract.readings import DeckSample
from drivers.contract.tools import Tools
from drivers.links.pacing import PtyPort
from drivers.links.pass_through import MOST_CLIENTS, PassThrough, SerialOutlet, TcpOutlet, address_of
from drivers.links.serial_link import SerialLink
from drivers.links.wires import serial_wire
from drivers.weighbridge.toledo_driver import ToledoDriver, ToledoSettings
from tests.drivers.harnesses.weighbridge import ToledoHarness
from tests.support import free_port


class Indicator:
    """A wire that says numbered frames for as long as it is read."""

    def __init__(self) -> None:
        self.count = 0
        self.size = 18
        self.heard = b""
        self.is_quiet = False

    def __str__(self) -> str:
        return "an indicator"

    def open(self) -> None: ...

    def read(self, patience: Millis) -> bytes:
        if self.is_quiet:
            return b""
        self.count += 1
        return b"%0*d" % (self.size, self.count)

    def write(self, data: bytes, patience: Millis) -> None:
        self.heard += data

    def discard_input(self) -> None: ...

    def close(self) -> None: ...


class SecondParty:
    """A peer at the far end of the second serial port; what it says is what a yard's program might send."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.says = b""

    def feed(self, data: bytes) -> bytes:
        self.heard += data
        return b""

    def advance(self, elapsed: Millis) -> bytes:
        return self.says


@pytest.fixture
def indicator() -> Indicator:
    return Indicator()


@pytest.fixture
def party() -> SecondParty:
    return SecondParty()


@pytest.fixture
def port(tmp_path: Path, party: SecondParty) -> Iterator[PtyPort]:
    made = PtyPort(tmp_path / "second", party, baud=115200)
    yield made
    made.close()


@pytest.fixture
def tcp() -> Iterator[TcpOutlet]:
    outlet = TcpOutlet("127.0.0.1", free_port())
    yield outlet
    outlet.close()


def connected(outlet: TcpOutlet) -> socket.socket:
    client = socket.create_connection(address_of(str(outlet)), timeout=5)
    client.setblocking(False)
    return client


def received(client: socket.socket) -> bytes:
    try:
        return client.recv(1_000_000)
    except BlockingIOError:
        return b""


def hear_all(link: PassThrough, client: socket.socket, count: int) -> bytes:
    """What the client hears until it has `count` bytes."""
    heard = bytearray()
    end = time.monotonic() + 10
    while len(heard) < count and time.monotonic() < end:
        link.read(Millis(0))
        heard += received(client)
    return bytes(heard)


def read_until(link: PassThrough, done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end, what
        link.read(Millis(0))


def test_a_second_port_hears_every_byte_and_its_own_words_reach_nobody(
    indicator: Indicator, party: SecondParty, port: PtyPort
) -> None:
    link = PassThrough(indicator, [SerialOutlet(SerialLink(str(port.name), baud=115200))])
    link.open()
    party.says = b"T\r\nZ\r\nC\r\n"
    said = b""
    for _ in range(50):
        said += link.read(Millis(0))
        port.service(now())
    indicator.is_quiet = True

    def all_heard() -> bool:
        port.service(now())
        return party.heard == said

    read_until(link, all_heard, "all bytes are there")
    assert indicator.heard == b""
    link.close()


def test_every_tcp_client_hears_every_byte_from_its_coming_on(indicator: Indicator, tcp: TcpOutlet) -> None:
    link = PassThrough(indicator, [tcp])
    link.open()
    with connected(tcp) as first, connected(tcp) as second:
        link.read(Millis(0))  # lets them in
        first.sendall(b"Z" * 2000)
        said = b"".join(link.read(Millis(0)) for _ in range(200))
        indicator.is_quiet = True
        assert [hear_all(link, client, len(said)) for client in (first, second)] == [said, said]
    assert indicator.heard == b""
    link.close()


def test_a_client_too_many_is_turned_away_and_a_place_that_is_left_is_free(
    indicator: Indicator, tcp: TcpOutlet
) -> None:
    link = PassThrough(indicator, [tcp])
    link.open()
    clients = [connected(tcp) for _ in range(MOST_CLIENTS)]
    heard = [b""] * MOST_CLIENTS

    def all_hear() -> bool:
        for n, client in enumerate(clients):
            heard[n] += received(client)
        return all(heard)

    read_until(link, all_hear, "each client hears something")
    with connected(tcp) as extra:
        link.read(Millis(0))
        extra.setblocking(True)
        extra.settimeout(5)
        assert extra.recv(100) == b""
    clients.pop().close()
    with connected(tcp) as late:
        read_until(link, lambda: received(late) != b"", "the free place is taken")
    for client in clients:
        client.close()
    link.close()


def test_who_does_not_listen_loses_its_own_bytes_and_nobody_elses(
    indicator: Indicator, tcp: TcpOutlet, port: PtyPort
) -> None:
    """8 MB past a client that never reads and a port that nobody serves; a client that listens hears them all."""
    serial = SerialOutlet(SerialLink(str(port.name), baud=115200))
    link = PassThrough(indicator, [tcp, serial])
    link.open()
    indicator.size = 4000
    with connected(tcp) as deaf, connected(tcp) as keen:
        link.read(Millis(0))  # lets them in
        heard = said = 0
        slowest = 0.0
        for _ in range(2000):
            began = time.monotonic()
            said += len(link.read(Millis(0)))
            slowest = max(slowest, time.monotonic() - began)
            heard += len(received(keen))
        end = time.monotonic() + 10
        indicator.is_quiet = True
        while heard < said and time.monotonic() < end:
            link.read(Millis(0))
            heard += len(received(keen))
        assert heard == said == 8_000_000
        assert indicator.count == 2001
        assert tcp.lost > 1_000_000 and serial.lost > 7_000_000
        assert slowest < 1
        assert received(deaf)
    link.close()


def test_what_a_slow_party_hears_is_whole_frames(indicator: Indicator, party: SecondParty, port: PtyPort) -> None:
    """A frame that finds no room is left out whole, so the frames around it stay readable."""
    indicator.size = 18
    link = PassThrough(indicator, [SerialOutlet(SerialLink(str(port.name), baud=115200))])
    link.open()
    for _ in range(8000):
        link.read(Millis(0))
    indicator.is_quiet = True
    quiet = 0
    seen = 0
    while quiet < 200:
        link.read(Millis(0))
        port.service(now())
        time.sleep(0.001)
        quiet = quiet + 1 if len(party.heard) == seen else 0
        seen = len(party.heard)
    frames = [int(party.heard[at : at + 18]) for at in range(0, len(party.heard) - 17, 18)]
    assert frames == sorted(frames) and 0 < len(frames) < 8000
    link.close()


def test_a_second_port_that_is_missing_harms_nobody_and_is_taken_when_it_comes(
    indicator: Indicator, party: SecondParty, port: PtyPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.links.pass_through._TRY_AGAIN_AFTER", 50)
    port.unplug()
    outlet = SerialOutlet(SerialLink(str(port.name), baud=115200))
    link = PassThrough(indicator, [outlet])
    link.open()
    assert link.read(Millis(0)) and outlet.lost == 18
    port.replug()

    def heard() -> bool:
        port.service(now())
        return len(party.heard) > 0

    read_until(link, heard, "the second port is taken")
    port.unplug()
    for _ in range(10):
        assert link.read(Millis(0))
    link.close()


def test_an_address_that_is_taken_is_tried_again(
    indicator: Indicator, tcp: TcpOutlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.links.pass_through._TRY_AGAIN_AFTER", 50)
    link = PassThrough(indicator, [tcp])
    with socket.create_server(address_of(str(tcp))):
        link.open()
        assert link.read(Millis(0))

    def there() -> bool:
        try:
            socket.create_connection(address_of(str(tcp)), timeout=1).close()
        except OSError:
            return False
        return True

    read_until(link, there, "the address is taken at last")
    link.close()


@pytest.mark.parametrize("wrong", ["4001", ":4001", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "a:b", "a:１"])
def test_an_address_is_refused_by_its_form(wrong: str) -> None:
    with pytest.raises(ValueError, match="ADDRESS:PORT"):
        address_of(wrong)
    assert address_of("[::1]:4001") == ("::1", 4001)


@pytest.mark.parametrize("pass_to", [{"pass_to_tcp": "4001"}, {"pass_to_port": "/dev/ttyS0"}])
def test_a_scale_refuses_to_repeat_to_nowhere_and_to_itself(pass_to: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"ADDRESS:PORT|own port"):
        ToledoSettings("toledo-continuous", "/dev/ttyS0", **pass_to)  # type: ignore[arg-type]


def test_a_scale_is_weighed_while_its_bytes_go_to_both(tmp_path: Path, party: SecondParty, port: PtyPort) -> None:
    """The driver's own settings, a real indicator: what both hear is the stream, and the indicator hears nothing."""
    address = f"127.0.0.1:{free_port()}"
    with ToledoHarness(tmp_path) as harness:
        settings = ToledoSettings(
            "toledo-continuous", str(harness.port.name), pass_to_port=str(port.name), pass_to_tcp=address
        )
        driver = ToledoDriver("scale", settings, Tools(now, tmp_path))
        assert address in driver.open().detail
        with socket.create_connection(address_of(address), timeout=5) as client:
            client.sendall(b"T\r\nZ\r\n")
            client.setblocking(False)
            samples: list[object] = []
            heard = bytearray()
            end = time.monotonic() + 10
            while not (samples and len(heard) > 100 and len(party.heard) > 100) and time.monotonic() < end:
                samples += driver.poll(Millis(20))
                port.service(now())
                heard += received(client)
        driver.close()
        assert DeckSample(kilograms(20_000), moving=False, valid=True) in samples
        assert bytes(heard[:50]) in bytes(party.heard) or bytes(party.heard[:50]) in bytes(heard)
        assert harness.acts() == 0


def test_every_scale_on_a_serial_line_can_be_repeated() -> None:
    scales = [spec for spec in DRIVERS.values() if spec.wire == "serial" and TakeWeight in spec.orders]
    lacking = [spec.kind for spec in scales if not {"pass_to_port", "pass_to_tcp"} <= set(field_texts(spec.settings))]
    assert len(scales) > 3 and lacking == []


def test_without_the_settings_nothing_is_repeated(tmp_path: Path) -> None:
    settings = ToledoSettings("toledo-continuous", str(tmp_path / "tty"))
    assert isinstance(serial_wire(settings, Tools(now, tmp_path)), SerialLink)
