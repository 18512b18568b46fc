"""A push driver and its cameras in one thread: both are served in turn until something is true."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from drivers.camera.hikvision_push import HikvisionPushDriver, HikvisionPushSettings
from drivers.camera.push_driver import PushDriver
from drivers.camera.push_peer import PushPeer
from drivers.contract.clock import now
from drivers.contract.quantities import Millis
from drivers.contract.readings import BytesRefused, PlateSeen, Reading
from drivers.contract.tools import Tools
from tests.support import free_port

DEADLINE_MS = 8_000
HOST = "127.0.0.1"


def hikvision_settings(**changes: object) -> HikvisionPushSettings:
    plain = HikvisionPushSettings("hikvision-push", HOST, (HOST,), free_port(), patience=Millis(1_000))
    return replace(plain, **changes)  # type: ignore[arg-type]


def hikvision_driver(evidence: Path, settings: HikvisionPushSettings) -> HikvisionPushDriver:
    return HikvisionPushDriver("plates", settings, Tools(now, evidence))


@dataclass
class PushBench:
    """`readings` gathers all that the driver told."""

    driver: PushDriver
    port: int
    readings: list[Reading] = field(default_factory=list)

    @property
    def seen(self) -> list[PlateSeen]:
        return [reading for reading in self.readings if isinstance(reading, PlateSeen)]

    @property
    def refused(self) -> list[str]:
        return [reading.sample for reading in self.readings if isinstance(reading, BytesRefused)]

    def turn(self, *peers: PushPeer) -> None:
        for peer in peers:
            peer.service(now())
        self.readings += self.driver.poll(Millis(2))

    def until(self, condition: Callable[[], object], what: str, *peers: PushPeer) -> None:
        end = now() + DEADLINE_MS
        while not condition():
            self.turn(*peers)
            if now() > end:
                pytest.fail(f"waited {DEADLINE_MS} ms in vain: {what}; told: {self.readings[-3:]}")

    def served(self, peer: PushPeer) -> list[int]:
        """The statuses of all that the camera had to push, once everything is answered."""
        self.until(lambda: peer.is_idle, "the camera's pushes are answered", peer)
        return peer.answers

    def client(self, source: str = HOST) -> socket.socket:
        """A bare connection."""
        wire = socket.create_connection((HOST, self.port), timeout=5, source_address=(source, 0))
        wire.setblocking(False)
        return wire

    def answer_to(self, wire: socket.socket) -> bytes:
        """All that comes back until a whole head is there or the connection ends."""
        heard = b""
        ended = False

        def whole() -> bool:
            nonlocal heard, ended
            try:
                data = wire.recv(65_536)
            except BlockingIOError:
                return False
            except ConnectionResetError:
                data = b""
            heard, ended = heard + data, not data
            return ended or b"\r\n\r\n" in heard

        self.until(whole, "an answer or an end")
        return heard
