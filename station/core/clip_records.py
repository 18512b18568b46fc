"""The records of clips: what the cameras showed around an event, or why they did not."""

from dataclasses import dataclass

from drivers.contract.quantities import Millis, Tick


@dataclass(frozen=True, slots=True)
class ClipKept:
    """clip.kept: the frames of one camera around an event are durable; `sha256` is the index that lists them.

    `events` are (code, number of the record) of what happened in it, `crossing` the one they concern, "" for none.
    `since` and `until` are the ticks of the window, `since_ms` its beginning in UTC, `first` and `last` the ticks of
    the frames at its ends. `missing` is how much of the window no frame shows.
    """

    clip: str
    events: tuple[tuple[str, int], ...]
    crossing: str
    camera: str
    sha256: str
    since: Tick
    until: Tick
    since_ms: int
    first: Tick
    last: Tick
    frames: int
    missing: Millis


@dataclass(frozen=True, slots=True)
class ClipFailed:
    """clip.failed: no clip of that camera, or, with `camera` "", of any, and the code of why."""

    clip: str
    events: tuple[tuple[str, int], ...]
    crossing: str
    camera: str
    reason: str


Clips = ClipKept | ClipFailed

CLIPS: dict[type, str] = {ClipKept: "clip.kept", ClipFailed: "clip.failed"}
"""Part of `records.TYPES`."""
