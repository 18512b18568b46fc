"""What a test may leave behind: processes, threads, sockets and open files, compared before and after."""

import gc
import os
import threading
import time
import uuid
from pathlib import Path

from tests.support import child_pids, process_exists

_MARK = "STATION_TEST_RUN"


def mark_descendants() -> None:
    """Mark this process's environment, so that its descendants are found even when their parent has died."""
    os.environ[_MARK] = uuid.uuid4().hex


class LeftBehind:
    """Remembers what exists at its creation; leaks() names what has been added since."""

    def __init__(self) -> None:
        self._pids = _descendants()
        self._threads = set(threading.enumerate())
        self._files = _open_files()

    def leaks(self, grace_s: float) -> list[str]:
        """Name each thing that is new and still there after at most `grace_s`; [] when all has gone."""
        end = time.monotonic() + grace_s
        while (found := self._added()) and time.monotonic() < end:
            gc.collect()  # a cycle may still hold a file; Python warns about those, and warnings are errors
            time.sleep(0.02)
        return found

    def _added(self) -> list[str]:
        processes = [f"process {pid} ({_command(pid)})" for pid in sorted(_descendants() - self._pids)]
        threads = [f"thread {thread.name!r}" for thread in threading.enumerate() if thread not in self._threads]
        files = [f"open file {target}" for target in sorted(_open_files() - self._files)]
        return processes + threads + files


def _descendants() -> set[int]:
    """Our children, and every process that inherited our mark; zombies have ended and do not count."""
    mark = f"{_MARK}={os.environ[_MARK]}".encode()
    marked: set[int] = set()
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environment = Path(entry.path, "environ").read_bytes()
            except (OSError, ValueError):  # ended meanwhile, or another user's
                continue
            if mark in environment:
                marked.add(int(entry.name))
    return {pid for pid in marked | child_pids() if process_exists(pid)}


def _open_files() -> set[str]:
    """Our file descriptors as `number -> target`; a socket's or pipe's target holds its inode."""
    files: set[str] = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = entry.readlink()
        except FileNotFoundError:  # the descriptor of this very listing
            continue
        files.add(f"{entry.name} -> {target}")
    return files


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except FileNotFoundError:
        return "ended"
