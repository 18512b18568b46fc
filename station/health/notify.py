"""Tells systemd how the lane is, by the sd_notify datagram protocol (man sd_notify(3), sd_watchdog_enabled(3))."""

import os
import socket
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from drivers.contract.quantities import Millis

_US_PER_MS = 1000


class Notifier:
    """A non-blocking sender of notifications; without an address every call does nothing and returns False.

    No call raises: a supervisor that cannot be reached must not stop a gate. If it stays out of reach, its
    watchdog runs out and it restarts the lane, which is the right cure.
    """

    def __init__(self, address: str | None) -> None:
        """`address` is a socket path, or a name in the abstract namespace written with a leading `@`."""
        self._address = "\0" + address[1:] if address and address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) if address else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the socket; later calls do nothing."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def ready(self, status: str) -> bool:
        """Start-up is over: devices were opened or given up, the journal is recovered, the loop turns."""
        return self._send("READY=1", f"STATUS={_one_line(status)}")

    def watchdog(self) -> bool:
        """Feed the watchdog; only for a turn that `health.report` judged complete."""
        return self._send("WATCHDOG=1")

    def status(self, text: str) -> bool:
        """One line for `systemctl status`."""
        return self._send(f"STATUS={_one_line(text)}")

    def stopping(self, status: str) -> bool:
        """The lane ends on purpose."""
        return self._send("STOPPING=1", f"STATUS={_one_line(status)}")

    def _send(self, *fields: str) -> bool:
        if self._socket is None or self._address is None:
            return False
        try:
            self._socket.sendto("\n".join(fields).encode(), self._address)
        except OSError:  # gone, full or refused: see the class
            return False
        return True


def notifier_from(environ: Mapping[str, str]) -> Notifier:
    """The notifier that systemd asked for by NOTIFY_SOCKET; a silent one when it did not."""
    return Notifier(environ.get("NOTIFY_SOCKET") or None)


def watchdog_from(environ: Mapping[str, str]) -> Millis | None:
    """How long systemd waits for a WATCHDOG=1 from this process; None when it does not wait for one."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    meant_for = environ.get("WATCHDOG_PID") or str(os.getpid())
    if not microseconds.isdecimal() or int(microseconds) == 0 or meant_for != str(os.getpid()):
        return None
    return Millis(int(microseconds) // _US_PER_MS)


def _one_line(text: str) -> str:
    """A newline would begin another field of the datagram."""
    return " ".join(text.split())
