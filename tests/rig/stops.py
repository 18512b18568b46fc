"""Named points at which a process of the rig stops itself. Files say which: `armed/<point>` becomes `reached/<point>`.

The station's own code knows nothing of this: rig classes call `stop_here` from overridden methods.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path


class Stops:
    """The two folders, seen from the rig and from its processes."""

    def __init__(self, folder: Path) -> None:
        self._armed = folder / "armed"
        self._reached = folder / "reached"
        self._armed.mkdir(parents=True, exist_ok=True)
        self._reached.mkdir(parents=True, exist_ok=True)

    def arm(self, point: str) -> None:
        """The next process that passes `point` stops there."""
        (self._reached / point).unlink(missing_ok=True)
        (self._armed / point).touch()

    def disarm(self, point: str) -> None:
        """Nobody stops there any more."""
        (self._armed / point).unlink(missing_ok=True)
        (self._reached / point).unlink(missing_ok=True)

    def is_reached(self, point: str) -> bool:
        """Whether a process has passed the armed point (it stops itself right afterwards)."""
        return (self._reached / point).exists()

    def stop_here(self, point: str) -> bool:
        """Called in a process of the rig: stop with SIGSTOP if `point` is armed. True after it was continued."""
        with suppress(FileNotFoundError):
            (self._armed / point).rename(self._reached / point)
            os.kill(os.getpid(), signal.SIGSTOP)
            return True
        return False
