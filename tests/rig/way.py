"""The way to a server over TCP, which can break: a proxy of 127.0.0.1 that passes on, swallows everything or refuses.

Swallowing is what a dead router does behind a living modem: connections stay, new ones are taken, bytes go nowhere.
"""

import selectors
import socket
import threading
from contextlib import suppress
from typing import Literal, Self

from tests.support import free_port

Mood = Literal["pass", "swallow", "refuse"]

_LOOK_S = 0.05
_CHUNK = 65_536


class Way:
    """Use as a context manager. `mood` may be set at any time; back from "swallow", what was swallowed stays lost."""

    def __init__(self, to_port: int) -> None:
        self.port = free_port()
        self.mood: Mood = "pass"
        self._to_port = to_port
        self._selector = selectors.DefaultSelector()
        self._far: dict[socket.socket, socket.socket | None] = {}
        self._listener: socket.socket | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="way")

    def __enter__(self) -> Self:
        self._listen()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        mood: Mood = "pass"
        while not self._is_over.is_set():
            if mood != self.mood:
                mood = self._turn_to(self.mood, mood)
            for key, _ in self._selector.select(_LOOK_S):
                if key.fileobj is self._listener:
                    self._accept(mood)
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._far:
                    self._carry(key.fileobj, mood)
        self._deafen()
        self._end_all()
        self._selector.close()

    def _turn_to(self, mood: Mood, before: Mood) -> Mood:
        """A stream with a hole in it is no stream: what was swallowed in part ends with the swallowing."""
        if mood == "refuse" or before == "swallow":
            self._end_all()
        if mood == "refuse":
            self._deafen()
        elif self._listener is None:
            self._listen()
        return mood

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)

    def _deafen(self) -> None:
        if self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None

    def _accept(self, mood: Mood) -> None:
        if self._listener is None:
            return
        with suppress(OSError):
            near, _ = self._listener.accept()
            far = None if mood == "swallow" else self._reach()
            if far is None and mood != "swallow":
                near.close()
                return
            self._join(near, far)

    def _reach(self) -> socket.socket | None:
        with suppress(OSError):
            return socket.create_connection(("127.0.0.1", self._to_port), timeout=2)
        return None

    def _join(self, near: socket.socket, far: socket.socket | None) -> None:
        self._far[near] = far
        self._selector.register(near, selectors.EVENT_READ)
        if far is not None:
            far.setblocking(True)
            self._far[far] = near
            self._selector.register(far, selectors.EVENT_READ)

    def _carry(self, source: socket.socket, mood: Mood) -> None:
        target = self._far[source]
        try:
            data = source.recv(_CHUNK)
            if data and mood == "pass" and target is not None:
                target.sendall(data)
        except OSError:
            data = b""
        if not data and mood == "swallow":  # not even the end gets through
            self._selector.unregister(source)
        elif not data:
            self._end(source)

    def _end(self, sock: socket.socket) -> None:
        other = self._far.pop(sock, None)
        for one in (sock, other):
            if one is not None:
                self._far.pop(one, None)
                with suppress(KeyError, ValueError):
                    self._selector.unregister(one)
                one.close()

    def _end_all(self) -> None:
        for sock in list(self._far):
            self._end(sock)
