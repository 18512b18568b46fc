"""The tester's one connection to the broker: each message is acknowledged before the next; what comes is handed out."""

import select
from collections import defaultdict, deque
from collections.abc import Callable, Sequence

from drivers.contract.clock import now
from drivers.contract.quantities import Millis, Tick
from station.courier.broker import Broker, Version
from station.courier.mqtt_link import Acknowledged, Arrived, Down, MqttLink, Up, next_version

_CONNECT_PATIENCE = Millis(10_000)
_ACKNOWLEDGE_PATIENCE = Millis(10_000)


class LineLost(Exception):
    """The broker cannot be reached, or refuses what a lane may do; the message says why."""


class Line:
    """Connected while it is used as a context manager. Raises LineLost from every method."""

    def __init__(self, broker: Broker, name: str, subscriptions: Sequence[str]) -> None:
        self._broker = broker
        self._link = MqttLink(broker, name, subscriptions)
        self._arrived: dict[str, deque[Arrived]] = defaultdict(deque)
        self._acknowledged: dict[int, str] = {}
        self._is_up = False

    def __enter__(self) -> "Line":
        try:
            self._connect()
        except BaseException:
            self._link.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()

    def send(self, topic: str, *payloads: bytes) -> None:
        """Publish and return when the broker has acknowledged each."""
        for payload in payloads:
            mid = self._link.publish(topic, payload)
            if not self.wait(lambda mid=mid: mid in self._acknowledged, _ACKNOWLEDGE_PATIENCE):  # type: ignore[misc]
                raise LineLost(f"{topic}: not acknowledged within {_ACKNOWLEDGE_PATIENCE // 1000} s")
            failure = self._acknowledged.pop(mid)
            if failure:
                raise LineLost(f"{topic}: {failure}")

    def take(self, topic: str) -> list[Arrived]:
        """What has come on this topic since the last call; does not wait."""
        self._turn(Millis(0))
        arrived = list(self._arrived[topic])
        self._arrived[topic].clear()
        return arrived

    def wait(self, condition: Callable[[], object], patience: Millis) -> bool:
        """Whether the condition came true in time; asked again whenever something has come."""
        end = Tick(now() + patience)
        while not condition():
            if now() >= end:
                return False
            self._turn(Millis(min(50, max(1, end - now()))))
        return True

    def _connect(self) -> None:
        version: Version = self._broker.version
        self._link.connect(version)
        end = now() + _CONNECT_PATIENCE
        while not self._is_up:
            if now() > end:
                raise LineLost("the broker does not answer")
            for event in self._events(Millis(50)):
                if isinstance(event, Down):
                    older = next_version(self._broker.version, version, event.version_refused)
                    if older == version:
                        raise LineLost(event.reason)
                    version = older
                    self._link.connect(version)
                self._is_up = self._is_up or isinstance(event, Up)

    def _turn(self, patience: Millis) -> None:
        for event in self._events(patience):
            match event:
                case Arrived():
                    self._arrived[event.topic].append(event)
                case Acknowledged():
                    self._acknowledged[event.mid] = event.failure
                case Down():
                    raise LineLost(event.reason)

    def _events(self, patience: Millis) -> list[Up | Down | Arrived | Acknowledged]:
        poll = select.poll()
        poll.register(self._link.fileno(), select.POLLIN)
        poll.poll(patience)
        return self._link.take()
