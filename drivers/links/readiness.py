"""Waiting for a file descriptor, with an end to the wait."""

import select

from drivers.contract.quantities import Millis


def wait_readable(fd: int, patience: Millis) -> bool:
    """Whether `fd` has bytes, an end of file or an error to report, within `patience`."""
    return _wait(fd, select.POLLIN, patience)


def wait_writable(fd: int, patience: Millis) -> bool:
    """Whether `fd` takes bytes or has an error to report, within `patience`."""
    return _wait(fd, select.POLLOUT, patience)


def _wait(fd: int, event: int, patience: Millis) -> bool:
    poller = select.poll()
    poller.register(fd, event)
    return bool(poller.poll(max(0, patience)))
