"""The serial ports of this machine: their lasting names and who holds them. Opens none of them.

A name like /dev/ttyUSB0 goes to whichever adapter is found first; udev's links under /dev/serial do not move:
by-path names the socket that the adapter is plugged into, by-id the adapter.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MOVING = re.compile(r"/dev/tty(USB|ACM)\d+")
_NO_UART = "0"  # /sys/class/tty/*/type of a port that the driver provides for but the board does not have


@dataclass(frozen=True, slots=True)
class SerialPort:
    """One port. `by_id` and `by_path` are "" where udev gave no such name."""

    name: str
    by_id: str
    by_path: str

    @property
    def proposed(self) -> str:
        """The name for the settings: it stays with the socket, else with the adapter, else it never moves."""
        return self.by_path or self.by_id or self.name


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has a port open: its id and its command line, and those of its forebears, nearest first."""

    pid: int
    commands: tuple[str, ...]


def may_move(name: str) -> bool:
    """Whether `name` may be another device after the next boot or replug."""
    return _MOVING.fullmatch(name) is not None


def serial_ports(root: Path = Path("/")) -> list[SerialPort]:
    """The ports of the machine whose file system is at `root`, by name."""
    names = [f"/dev/{entry.name}" for entry in (root / "sys/class/tty").glob("*") if _is_port(entry)]
    by_id, by_path = (_links(root, folder) for folder in ("by-id", "by-path"))
    return [SerialPort(name, by_id.get(name, ""), by_path.get(name, "")) for name in sorted(names, key=_by_number)]


def holders(port: str, proc: Path = Path("/proc")) -> list[Holder]:
    """The processes that have `port` open, as far as this user may see."""
    real = os.path.realpath(port)
    return [
        Holder(int(process.name), tuple(_commands(proc, process.name)))
        for process in proc.glob("[0-9]*")
        if _has_open(process, real)
    ]


def _is_port(entry: Path) -> bool:
    """A tty with hardware behind it."""
    if not (entry / "device").exists():
        return False
    try:
        return (entry / "type").read_text().strip() != _NO_UART
    except OSError:  # USB adapters have no such file
        return True


def _links(root: Path, folder: str) -> dict[str, str]:
    """Real name -> the link under /dev/serial."""
    found = sorted((root / "dev/serial" / folder).glob("*"))
    return {f"/dev/{link.readlink().name}": f"/dev/serial/{folder}/{link.name}" for link in found}


def _by_number(name: str) -> tuple[str, int]:
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :] or -1)


def _has_open(process: Path, real: str) -> bool:
    try:
        return any(str(fd.readlink()) == real for fd in (process / "fd").iterdir())
    except OSError:  # it has ended, or it is somebody else's
        return False


def _commands(proc: Path, pid: str) -> Iterator[str]:
    while pid not in ("0", ""):
        try:
            command = (proc / pid / "cmdline").read_bytes()
            status = (proc / pid / "stat").read_text()
        except OSError:
            return
        yield command.replace(b"\0", b" ").decode(errors="replace").strip()
        pid = status.rpartition(")")[2].split()[1]
