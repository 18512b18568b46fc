"""The reserve: a file of nothing that is deleted when the disk is full, so that the journal can still say so.

SQLite needs free pages to delete and to write, so a full disk cannot be freed through the journal alone
(reliability, G6). Its blocks are allocated, not only named: a sparse file would give nothing back.
"""

import logging
import os
from pathlib import Path

NAME = "reserve.space"

log = logging.getLogger("station.lane")


class ReserveFile:
    """`reserve.space` of `size` bytes in a data folder. Never raises: what the disk refuses is told in the log."""

    def __init__(self, root: Path, size: int) -> None:
        self.size = size
        self._path = root / NAME

    @property
    def missing(self) -> int:
        """Bytes that it still lacks."""
        try:
            return max(0, self.size - self._path.stat().st_blocks * 512)
        except OSError:
            return self.size

    def make(self) -> bool:
        """Allocate it whole; True if it is there. One that cannot be made whole is taken away again."""
        if not self.missing:
            return True
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self.size)
                os.ftruncate(descriptor, self.size)  # one of a larger setting before
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            log.warning("%s of %d bytes cannot be made: %s", self._path, self.size, error)
            self.free()
            return False
        return True

    def free(self) -> None:
        """Give its bytes back; idempotent."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be freed: %s", self._path, error)
