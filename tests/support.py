"""Small helpers of the tests: what is installed, a free port, waiting for a condition."""

import glob
import mmap
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# What a test may ask for: the Debian package that holds it, and where it lies (a command or a path pattern).
_PROVIDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mosquitto": ("mosquitto", ("mosquitto", "/usr/sbin/mosquitto")),
    "postgres": ("postgresql", ("/usr/lib/postgresql/*/bin/postgres",)),
    "initdb": ("postgresql", ("/usr/lib/postgresql/*/bin/initdb",)),
    "curl": ("curl", ("curl",)),
    "strace": ("strace", ("strace",)),
    "ip": ("iproute2", ("ip", "/usr/sbin/ip", "/sbin/ip")),
    "ss": ("iproute2", ("ss",)),
    "mbpoll": ("mbpoll", ("mbpoll",)),
    "libmodbus": ("libmodbus5", ("/usr/lib/*/libmodbus.so.5",)),
    "systemd-analyze": ("systemd", ("systemd-analyze",)),
    "setpriv": ("util-linux", ("setpriv",)),
    "x264enc": ("gstreamer1.0-plugins-ugly", ("/usr/lib/*/gstreamer-1.0/libgstx264.so",)),
    "gst-good": ("gstreamer1.0-plugins-good", ("/usr/lib/*/gstreamer-1.0/libgstrtp.so",)),
    "gst-rtsp-server": (
        "gir1.2-gst-rtsp-server-1.0",
        ("/usr/lib/*/girepository-1.0/GstRtspServer-1.0.typelib",),
    ),
    "python3-gi": ("python3-gi", ("/usr/lib/python3/dist-packages/gi/__init__.py",)),
}


def needs(name: str) -> Path:
    """Return the path of something a Debian package provides; without it, skip the test by name.

    `name` is a key of the table above; another name is a mistake of the test (KeyError). With CI=true the
    skip becomes a failure (see conftest.py), because the packages are installed there.
    """
    package, places = _PROVIDERS[name]
    for place in places:
        if place.startswith("/"):
            found: list[str] = sorted(glob.glob(place))  # noqa: PTH207 - an absolute pattern
        else:
            command = shutil.which(place)
            found = [command] if command else []
        if found:
            return Path(found[-1])
    pytest.skip(f"needs {name}: apt-get install {package}")


def apart(*namespaces: str) -> list[str]:
    """Return the command prefix that runs a program as root of namespaces of its own (`--mount`, `--net`).

    An ordinary user becomes root of a user namespace. Skips the test, with the kernel's reason, where that is refused,
    as the root of a container often is.
    """
    prefix = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), *namespaces]
    probe = subprocess.run([*prefix, "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        pytest.skip(f"needs `{' '.join(prefix)}` ({probe.stderr.strip()}): run as root with CAP_SYS_ADMIN")
    return prefix


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], object], deadline_s: float, what: str) -> None:
    """Return as soon as `condition()` is true; fail the test naming `what` if it is not within `deadline_s`."""
    end = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited {deadline_s} s in vain: {what}")
        time.sleep(0.01)


def is_port_open(port: int) -> bool:
    """Whether somebody accepts TCP connections on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def process_exists(pid: int) -> bool:
    """Whether process `pid` exists and is not a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def child_pids(pid: int | None = None) -> set[int]:
    """Return the children of process `pid` (this one when None), zombies included."""
    children: set[int] = set()
    for listing in Path(f"/proc/{pid or os.getpid()}/task").glob("*/children"):
        try:
            children.update(int(child) for child in listing.read_text().split())
        except FileNotFoundError:  # the thread ended while we looked
            continue
    return children


@contextmanager
def fresh_pages(size: int) -> Iterator[None]:
    """So many bytes more in this process, each page touched; an allocation might reuse pages that it holds already."""
    with mmap.mmap(-1, size) as held:
        for page in range(0, size, mmap.PAGESIZE):
            held[page] = 1
        yield
