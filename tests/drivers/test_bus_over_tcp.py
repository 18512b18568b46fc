"""A bus behind a raw serial server: the same RTU frames over one real TCP connection."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick
from drivers.links.bus_line import BusLine
from drivers.links.bus_settings import TcpBusSettings, bus_port
from drivers.links.bus_wire import BusWire
from drivers.links.modbus_link import ModbusLink
from tests.drivers.harnesses.base import Served
from tests.hosting.metered_bus import MeterPeer
from tests.support import wait_until

PATIENCE = Millis(1000)


class SerialServer:
    """One client at a time; its bytes go to the bus and come back as they are."""

    def __init__(self) -> None:
        self.meters = [MeterPeer(1), MeterPeer(2)]
        self._bus = BusLine(self.meters)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._client: socket.socket | None = None
        self._last: Tick | None = None
        self.served = Served(self._service)

    def hang_up(self) -> None:
        with self.served.lock:
            assert self._client is not None
            self._client.close()
            self._client = None

    def close(self) -> None:
        self.served.close()
        self._listener.close()
        if self._client is not None:
            self._client.close()

    def _service(self, tick: Tick) -> None:
        elapsed = Millis(0 if self._last is None else tick - self._last)
        self._last = tick
        if self._client is None:
            with suppress(BlockingIOError):
                self._client, _ = self._listener.accept()
                self._client.setblocking(False)
            return
        said = self._bus.advance(elapsed)
        with suppress(BlockingIOError, ConnectionError):
            self._bus.feed(self._client.recv(4096))
        if said:
            self._client.sendall(said)


@pytest.fixture
def server() -> Iterator[SerialServer]:
    made = SerialServer()
    yield made
    made.close()


def test_units_are_read_in_turn_and_again_after_the_connection_was_lost(server: SerialServer) -> None:
    bus = BusWire(bus_port(TcpBusSettings("modbus-rtu-over-tcp", "127.0.0.1", server.port)), now)
    links = [ModbusLink(bus.end(), unit, PATIENCE, now, "rtu") for unit in (1, 2)]
    for link in links:
        link.open()
    for n in range(3):
        server.meters[0].value = n
        assert links[0].read_registers(0, 2, PATIENCE) == (n, n + 1)
        assert links[1].read_registers(0, 1, PATIENCE) == (2000,)
    server.hang_up()

    def is_lost() -> bool:
        try:
            links[0].ready(PATIENCE)
        except DeviceFault as fault:
            return fault.fault.code == "port-missing"
        return False

    wait_until(is_lost, 10, "the loss")
    for link in links:
        with suppress(DeviceFault):
            link.ready(PATIENCE)
        link.open()
    assert links[1].read_registers(0, 1, PATIENCE) == (2000,)
    bus.close()
