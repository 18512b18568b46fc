"""A real TCP port for a Modbus peer, served without blocking, so that one process can serve many devices."""

import socket

from drivers.contract.quantities import Millis, Tick
from drivers.links.modbus_framing_peer import Conversation
from drivers.links.modbus_unit_peer import ModbusUnitPeer

_CHUNK = 4096


class ModbusPortPeer:
    """`peer` on `host`:`port` (0 takes a free one; `port` says which). Call `service(now)` often, `close()` at the end.

    The clock of the peer's model is the `now` of the calls; between them nothing happens in the module, and what was
    due is then done in order at its exact time.
    """

    def __init__(self, peer: ModbusUnitPeer, host: str = "127.0.0.1", port: int = 0) -> None:
        self.peer = peer
        self._listener = socket.create_server((host, port))
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._calls: dict[socket.socket, Conversation] = {}
        self._started = False
        self._dark_until = Tick(0)

    def sockets(self) -> list[socket.socket]:
        """What to wait on between calls of `service`."""
        return [self._listener, *self._calls]

    def service(self, now: Tick) -> None:
        """Let the module live until `now`, take what has come and send what is due. Never waits."""
        model = self.peer.model
        if not self._started:
            model.start(now)
            self._started = True
        self._accept(is_dark=now < self._dark_until)
        model.advance(Millis(max(0, now - model.now)))
        for call, conversation in list(self._calls.items()):
            if not self._serve(call, conversation):
                del self._calls[call]
                call.close()

    def drop_connections(self) -> None:
        """End every connection, as a switch that restarts does."""
        for call in self._calls:
            call.close()
        self._calls.clear()

    def reboot(self, off_for: Millis = Millis(0)) -> None:
        """Cut the module's power: connections end, outputs and registers go to their defaults; deaf for `off_for`."""
        self.drop_connections()
        self.peer.model.reboot()
        self._dark_until = Tick(self.peer.model.now + off_for)

    def close(self) -> None:
        """End everything."""
        self.drop_connections()
        self._listener.close()

    def _accept(self, *, is_dark: bool) -> None:
        while True:
            try:
                call, _ = self._listener.accept()
            except BlockingIOError:
                return
            except ConnectionError:  # it ended between knocking and our opening
                continue
            if is_dark:
                call.close()
                continue
            call.setblocking(False)
            call.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._calls[call] = self.peer.converse()

    @staticmethod
    def _serve(call: socket.socket, conversation: Conversation) -> bool:
        """Hear and answer one connection; False when it is over."""
        try:
            data = call.recv(_CHUNK)
        except BlockingIOError:
            pass
        except OSError:
            return False
        else:
            if not data:
                return False
            conversation.hear(data)
        answers = conversation.due()
        try:
            sent = call.send(answers) if answers else 0
        except OSError:  # also a host that no longer reads
            return False
        return sent == len(answers) and not conversation.ended
