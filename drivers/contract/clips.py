"""Clips: the pictures of one camera around an event, as a list of frames. The form is told for others in
docs/evidence.md.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Millis, Tick

CLIP_ENDING = ".clip.json"
"""Of the stored index: `<sha256>.clip.json`."""

Form = Literal["border-gate-clip/1"]
FORM: Form = "border-gate-clip/1"


@dataclass(frozen=True, slots=True)
class RingSettings:
    """The ring of one camera: `folder` is its own (under /run), `period` the time between two frames.

    Frames older than `span` leave it, and the oldest do before it outgrows `size` bytes.
    """

    folder: str
    period: Millis
    span: Millis
    size: int


@dataclass(frozen=True, slots=True)
class ClipIndex:
    """What is stored as the clip: (tick, hex SHA-256) of each frame from `since` to `until`, in order of their ticks.

    Ticks are CLOCK_MONOTONIC in ms of one boot. `period` is what was aimed at. Each frame is a stored JPEG.
    """

    form: Form
    clip: str
    camera: str
    since: Tick
    until: Tick
    period: Millis
    frames: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class ClipStored:
    """An answer to `KeepClip`: the index `sha256` and its frames are durable.

    `first` and `last` are the ticks of its first and last frame, `missing` is how much of since..until no frame shows.
    Without `whole` the window is not over or was broken off, and more may follow under the same name.
    """

    order_id: str
    clip: str
    sha256: str
    since: Tick
    until: Tick
    first: Tick
    last: Tick
    frames: int
    missing: Millis
    whole: bool


@dataclass(frozen=True, slots=True)
class ClipNotStored:
    """`KeepClip` ended without a clip: no frame lay in the window, or the disk did not take one."""

    order_id: str
    clip: str
    reason: Literal["no-frames", "disk"]


def missing_ms(since: Tick, until: Tick, ticks: Sequence[int], period: Millis) -> Millis:
    """How much of since..until no frame shows: of each pause over two periods all but one; without frames all of it."""
    if not ticks:
        return Millis(until - since)
    edges = [since, *ticks, until]
    pauses = (after - before for before, after in itertools.pairwise(edges))
    return Millis(sum(pause - period for pause in pauses if pause > 2 * period))
