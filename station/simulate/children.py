"""The processes of a demo: started with a log each, watched, and ended by their own ids."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_STOP_S = 15.0
_LAST_LINES = 5


class ChildDied(Exception):
    """A process ended that should run. `last` are the last lines of its log."""

    def __init__(self, name: str, status: int, log: Path, last: Sequence[str]) -> None:
        super().__init__(f"{name} ended with {status}")
        self.name = name
        self.status = status
        self.log = log
        self.last = tuple(last)


class Children:
    """Runs processes that a Ctrl-C in the terminal does not reach by itself; `close` ends them."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self._environment = dict(environment)
        self._ending: set[str] = set()
        self._order: list[str] = []
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], *, ends: bool = False) -> None:
        """Run `command`; its output goes to NAME.log. Its input stays open until it is ended.

        One that `ends` by itself may do so: `check` does not mind.
        """
        if ends:
            self._ending.add(name)
        if name not in self._order:
            self._order.append(name)
        with (self._logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def tell(self, name: str, line: str) -> None:
        """Write a line to its input. Raises ChildDied if it does not listen any more."""
        pipe = self._running[name].stdin
        if pipe is None:
            raise AssertionError("every child has an input")
        try:
            pipe.write(line.encode() + b"\n")
            pipe.flush()
        except BrokenPipeError as error:
            raise self._obituary(name) from error

    def pid(self, name: str) -> int:
        """Its process."""
        return self._running[name].pid

    def status(self, name: str) -> int | None:
        """Its exit status, None while it runs."""
        return self._running[name].poll()

    def forget(self, name: str) -> str:
        """It has ended by itself and was meant to; what it wrote."""
        self.stop(name)
        return self.log(name).read_text(encoding="utf-8", errors="replace")

    def log(self, name: str) -> Path:
        """Where its output goes."""
        return self._logs / f"{name}.log"

    def check(self) -> None:
        """Raises ChildDied if one has ended."""
        for name, process in self._running.items():
            if name not in self._ending and process.poll() is not None:
                raise self._obituary(name)

    def stop(self, name: str) -> None:
        """Ask it to end, wait, and kill it if it does not."""
        process = self._running.pop(name)
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def close(self) -> None:
        """End all that run; the one that was first started last ends first, whatever was started anew since."""
        for name in reversed(self._order):
            if name in self._running:
                self.stop(name)

    def _obituary(self, name: str) -> ChildDied:
        status = self._running[name].wait(_STOP_S)
        said = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        return ChildDied(name, status, self.log(name), said[-_LAST_LINES:])
