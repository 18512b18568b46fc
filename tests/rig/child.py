"""Processes of the rig, and those they started: addressed by pidfd, so that a signal never meets a stranger."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE_S = 10.0


class Target:
    """A process that exists now. Signals after its end go nowhere."""

    def __init__(self, pid: int) -> None:
        """Raises ProcessLookupError if there is none."""
        self.pid = pid
        self._fd = os.pidfd_open(pid)

    def send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._fd, number)

    @property
    def has_ended(self) -> bool:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        return bool(poll.poll(0))

    def is_stopped(self) -> bool:
        """Whether it stands still by SIGSTOP."""
        with suppress(FileNotFoundError, ProcessLookupError):
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        return False

    def await_end(self, patience_s: float = PATIENCE_S) -> bool:
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        return bool(poll.poll(round(patience_s * 1000)))

    def close(self) -> None:
        os.close(self._fd)


class Child:
    """A program of the rig that can be started again and again; its output goes to a log file."""

    def __init__(self, name: str, command: list[str], log: Path, *, commanded: bool = False) -> None:
        """`commanded`: it takes commands on its standard input and ends with it."""
        self.name = name
        self.command = command
        self.log = log
        self._commanded = commanded
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ProcessLookupError(f"{self.name} does not run")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE if self._commanded else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def say(self, line: str) -> None:
        if self._process is None or self._process.stdin is None:
            raise ProcessLookupError(f"{self.name} takes no commands")
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def send(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def reap(self) -> int | None:
        """The exit code of a process that has ended by itself."""
        return self._process.wait(PATIENCE_S) if self._process is not None else None

    def kill(self) -> None:
        """SIGKILL and wait."""
        self.send(signal.SIGKILL)
        self._release()

    def stop(self) -> None:
        """Ask it to end; kill it after a while."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        else:
            self.send(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE_S)
        self.kill()

    def _release(self) -> None:
        if self._process is not None:
            self._process.wait(PATIENCE_S)
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None


def children_of(pid: int) -> list[int]:
    """The direct children of a process."""
    found: list[int] = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            found += [int(child) for child in listing.read_text().split()]
    return found


def await_true(condition: Callable[[], object], patience_s: float, what: str) -> None:
    """Wait for `condition()`; raises TimeoutError naming `what`."""
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {patience_s} s in vain: {what}")
        time.sleep(0.01)
