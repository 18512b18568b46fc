"""What goes before the stream: the state, notices, reports, checkpoints."""

from collections import deque
from typing import NamedTuple

_MOST = 64


class Message(NamedTuple):
    """Ready to be published."""

    topic: str
    payload: bytes
    retain: bool = False


class Urgent(deque[Message]):
    """In order; of more than 64 the oldest are given up."""

    def __init__(self) -> None:
        super().__init__(maxlen=_MOST)

    def add(self, topic: str, payload: bytes) -> None:
        """Behind the others."""
        self.append(Message(topic, payload))

    def put_state(self, topic: str, payload: bytes) -> None:
        """Before the others, retained. An older one that still waits would be sent behind it, and count."""
        for older in [one for one in self if one.topic == topic]:
            self.remove(older)
        self.appendleft(Message(topic, payload, retain=True))
