"""When to connect next, in which version of MQTT, and what a connection that broke tells of the other end."""

from collections.abc import Callable

from drivers.contract.quantities import Millis, Permille, Tick
from station.courier import outbox
from station.courier.broker import Version
from station.courier.downlink import DownlinkUnacceptable
from station.courier.mqtt_link import Down, next_version
from station.courier.refusals import WrongPeers


class Reconnecting:
    """`at` is when to connect; None while connected or on the way."""

    def __init__(self, wanted: Version, wait: Callable[[int], Millis], now: Tick) -> None:
        """`wait`: how long after so many failures in a row."""
        self.version: Version = wanted
        self.at: Tick | None = now
        self._wanted: Version = wanted
        self._wait = wait
        self._failures = 0

    def is_due(self, now: Tick) -> bool:
        """Once: whoever asks connects."""
        if self.at is None or now < self.at:
            return False
        self.at = None
        return True

    def up(self) -> None:
        """Connected: what went before is forgotten."""
        self._failures = 0

    def down(self, event: Down, now: Tick) -> bool:
        """Not connected, or no longer: when and how again is settled. Whether it is at once, in the older version."""
        self._failures += 1
        self.version = next_version(self._wanted, self.version, event.version_refused)
        is_fallback = event.version_refused and self.version != self._wanted
        self.at = Tick(now + (0 if is_fallback else self._wait(self._failures)))
        return is_fallback


class Connecting(Reconnecting):
    """A lane's: with chance, so that not all come back at once, and with an eye on who answers there."""

    def __init__(self, wanted: Version, jitter: Callable[[], Permille], now: Tick) -> None:
        super().__init__(wanted, lambda failures: outbox.back_off(failures, jitter()), now)
        self._peers = WrongPeers()

    def up(self) -> None:
        """Connected: what went before is forgotten."""
        super().up()
        self._peers = WrongPeers()

    def refusals(self, event: Down, now: Tick) -> list[DownlinkUnacceptable]:
        """As `down`; what is to be told of it."""
        is_fallback = self.down(event, now)
        return list(self._peers.refusals(event, is_last=not is_fallback))
