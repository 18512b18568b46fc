"""When to connect next, in which version of MQTT, and what a connection that broke tells of the other end."""

from collections.abc import Callable

from drivers.contract.quantities import Millis, Permille, Tick
from station.courier import outbox
from station.courier.broker import Version
from station.courier.downlink import DownlinkUnacceptable
from station.courier.mqtt_link import Down, next_version
from station.courier.refusals import WrongPeers


class Connecting:
    """`at` is when to connect; None while connected or on the way."""

    def __init__(self, wanted: Version, jitter: Callable[[], Permille], now: Tick) -> None:
        self.version: Version = wanted
        self.at: Tick | None = now
        self._wanted: Version = wanted
        self._jitter = jitter
        self._failures = 0
        self._peers = WrongPeers()

    def is_due(self, now: Tick) -> bool:
        """Once: whoever asks connects."""
        if self.at is None or now < self.at:
            return False
        self.at = None
        return True

    def up(self) -> None:
        """Connected: what went before is forgotten."""
        self._failures = 0
        self._peers = WrongPeers()

    def down(self, event: Down, now: Tick) -> list[DownlinkUnacceptable]:
        """Not connected, or no longer: when and how again is settled; what is to be told of it."""
        self._failures += 1
        self.version = next_version(self._wanted, self.version, event.version_refused)
        is_fallback = event.version_refused and self.version != self._wanted
        wait = Millis(0) if is_fallback else outbox.back_off(self._failures, self._jitter())
        self.at = Tick(now + wait)
        return list(self._peers.refusals(event, is_last=not is_fallback))
