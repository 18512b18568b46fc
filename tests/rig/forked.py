"""A Python program as a fork of this process, which has its modules already: a start that costs no imports.

As real a process as any other, with its own session and files; only what it takes to begin is less, so that hundreds of
starts are affordable on two shared cores.
"""

import logging
import os
import runpy
import select
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tests.rig.child import PATIENCE_S, Child

_MOST_FDS = 4_096


class Forked:
    """What `subprocess.Popen` offers, as far as the station uses it. `command` is `[python, "-m", module, ...]`.

    The process that forks must have one thread.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        pass_fds: Sequence[int] = (),
        stdin: int | None = None,
        stdout: int | None = None,
        start_new_session: bool = True,
    ) -> None:
        """`stdout`: where output and errors go; where those of this process go if None."""
        self.returncode: int | None = None
        self.stdin = None
        self.pid = os.fork()
        if not self.pid:
            _become(command, pass_fds, stdout)
        self._fd = os.pidfd_open(self.pid)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
                os.close(self._fd)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            poll = select.poll()
            poll.register(self._fd, select.POLLIN)
            poll.poll(None if timeout is None else timeout * 1_000)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(f"pid {self.pid}", timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkedChild(Child):
    """A program of the rig that is forked."""

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = Forked(self.command, stdout=log.fileno())  # type: ignore[assignment] # as Popen


def run_forked(command: Sequence[str], log: Path) -> None:
    """Run a program to its end. Raises RuntimeError with the end of what it said."""
    with log.open("ab") as out:
        code = Forked(command, stdout=out.fileno()).wait(2 * PATIENCE_S)
    if code != 0:
        raise RuntimeError(f"{list(command)} ended with {code}: {log.read_text(errors='replace')[-2_000:]}")


def _become(command: Sequence[str], pass_fds: Sequence[int], stdout: int | None) -> NoReturn:
    """In the child: nothing of the parent's is left open, then the module runs as a program."""
    code = 1
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        if stdout is not None:
            os.dup2(stdout, 1)
            os.dup2(stdout, 2)
        kept = sorted({0, 1, 2, *pass_fds})
        for low, high in zip(kept, [*kept[1:], _MOST_FDS], strict=True):
            os.closerange(low + 1, high)
        sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
        logging.getLogger().handlers.clear()
        sys.argv[:] = list(command[2:])
        warnings.resetwarnings()  # as pytest has them, the first would end it
        runpy.run_module(command[2], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - told, and the process ends as a failure
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)
