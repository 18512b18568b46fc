"""What goes before the stream: the state, notices, reports, checkpoints."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

_MOST = 64


class Message(NamedTuple):
    """Ready to be published."""

    topic: str
    payload: bytes
    retain: bool = False


class Urgent:
    """The newest state first, then the others in order; of more than 64 of those the oldest are given up."""

    def __init__(self) -> None:
        self._state: Message | None = None
        self._others: deque[Message] = deque(maxlen=_MOST)

    def __bool__(self) -> bool:
        return self._state is not None or bool(self._others)

    def add(self, topic: str, payload: bytes) -> None:
        """Behind the others."""
        self._others.append(Message(topic, payload))

    def extend(self, messages: Iterable[Message]) -> None:
        """Behind the others."""
        self._others.extend(messages)

    def put_state(self, topic: str, payload: bytes) -> None:
        """Retained. Instead of an older one that still waits: sent behind it, that one would count."""
        self._state = Message(topic, payload, retain=True)

    def take(self) -> Message:
        """The next one. Raises IndexError if there is none."""
        if self._state is None:
            return self._others.popleft()
        message, self._state = self._state, None
        return message

    def clear(self) -> None:
        """All of it has become old."""
        self._state = None
        self._others.clear()
