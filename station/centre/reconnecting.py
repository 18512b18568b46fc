"""When a receiver connects next, and in which version of MQTT."""

from drivers.contract.quantities import Millis, Permille, Tick
from station.courier.broker import Version
from station.courier.mqtt_link import Down, next_version
from station.courier.outbox import back_off

MOST_WAIT = Millis(5_000)
"""A centre comes back before its lanes do."""


class Reconnecting:
    """`at` is when to connect; None while connected or on the way."""

    def __init__(self, wanted: Version, now: Tick) -> None:
        self._wanted: Version = wanted
        self.version: Version = wanted
        self.at: Tick | None = now
        self._failures = 0

    def is_due(self, now: Tick) -> bool:
        """Once: whoever asks connects."""
        if self.at is None or now < self.at:
            return False
        self.at = None
        return True

    def up(self) -> None:
        """Connected."""
        self._failures = 0

    def down(self, event: Down, now: Tick) -> None:
        """Not connected, or no longer."""
        self._failures += 1
        self.version = next_version(self._wanted, self.version, event.version_refused)
        is_fallback = event.version_refused and self.version != self._wanted
        wait = Millis(0) if is_fallback else min(back_off(self._failures, Permille(1000)), MOST_WAIT)
        self.at = Tick(now + wait)
