"""Evidence files (pictures, scans, clips) on their way to the centre: in chunks, each named by a stored record.

Nothing here is signed: the record that names the file is, through its chain, and the file has to have its hash.
"""

import base64
import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

from drivers.contract.clips import ClipIndex
from drivers.contract.plain import NotPlain, decode, parse

MOST_CHUNK = 128 * 1024
"""Bytes of a file in one message."""
MOST_MESSAGE = 200_000
"""Bytes of a message: a chunk of the largest size has 175,000 and its names."""
MOST_FILE = 64 * 1024 * 1024
"""Bytes of a file: the same as in a bundle of evidence."""
MOST_FRAMES = 2_000
"""Of one clip; an ordinary one has 120, the longest 360."""

MOST_INDEX = 1024 * 1024
"""Bytes of a clip's index whose frames are sent: 2,000 frames have 170,000. A larger one is kept as a file."""

GoneReason = Literal["missing", "damaged", "unreadable", "too-large", "given-up"]
"""Why a lane passes a file over. given-up: its centre would not have it."""
GONE_REASONS: tuple[GoneReason, ...] = get_args(GoneReason)

_HASH = re.compile(r"[0-9a-f]{64}")
_ENDING = re.compile(r"(\.[a-z0-9]{1,8}){0,2}")
_ONE_FILE = ("ClipKept", "ReaderDiffered", "ShadowDisagreed")


@dataclass(frozen=True, slots=True)
class FileChunk:
    """The bytes from `offset` on of the file `sha256` (hex), which has `total` bytes, in base64; at most 128 KiB.

    Without `data` it asks how far the centre has the file; `offset` is then `total`, so that an answer to a question is
    never taken for one to a chunk. Record `seq` of `epoch` names it; a frame of a clip is named
    by the clip's index, whose SHA-256 is `clip`. `ending` is that of the file's name, such as ".jpg".
    """

    station: str
    lane: str
    epoch: int
    seq: int
    clip: str
    sha256: str
    ending: str
    total: int
    offset: int
    data: str

    @property
    def is_sound(self) -> bool:
        """Whether hashes, numbers and ending are of a possible form."""
        return (
            _has_sound_names(self.epoch, self.seq, self.sha256, self.clip)
            and bool(_ENDING.fullmatch(self.ending))
            and 0 <= self.offset <= self.total < 2**63
            and self.total > 0
        )

    def content(self) -> bytes:
        """The bytes of `data`. Raises NotPlain: no base64, more than fit, or beyond the file's end."""
        try:
            data = base64.b64decode(self.data, validate=True)
        except ValueError as error:
            raise NotPlain(f"FileChunk.data: {error}") from error
        if len(data) > MOST_CHUNK or self.offset + len(data) > self.total:
            raise NotPlain(f"FileChunk.data: {len(data)} bytes at {self.offset} of {self.total}")
        return data


@dataclass(frozen=True, slots=True)
class FileGone:
    """The lane passes the file over: what this record names will not come from here. Told until it is answered.

    `reason` is one of GONE_REASONS, or a code of a newer release.
    """

    station: str
    lane: str
    epoch: int
    seq: int
    clip: str
    sha256: str
    reason: str

    @property
    def is_sound(self) -> bool:
        """Whether hashes and numbers are of a possible form."""
        return _has_sound_names(self.epoch, self.seq, self.sha256, self.clip)


OfFile = FileChunk | FileGone


def named_in(body: bytes) -> tuple[str, ...]:
    """The SHA-256 of every file that a record of this body names, each once, in the order in which they stand there:
    under `pictures`, under `files` (pairs of name and hash), and the one of a clip or of a differing reader.
    """
    if b'"pictures"' not in body and b'"files"' not in body and b'"sha256"' not in body:
        return ()
    try:
        said = parse(body)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(said, dict):
        return ()
    found: list[Any] = [said.get("sha256")] if said.get("is") in _ONE_FILE else []
    for several in (said.get("pictures"), said.get("files")):
        found += [one[-1] if isinstance(one, list) and one else one for one in _listed(several)]
    return tuple(dict.fromkeys(one for one in found if isinstance(one, str) and _HASH.fullmatch(one)))


def sound_ending(ending: str) -> str:
    """The ending of a file's name as it may travel: in lower case; "" if that is not of the allowed form either."""
    lower = ending.lower()
    return lower if _ENDING.fullmatch(lower) else ""


def is_clip(body: bytes) -> bool:
    """Whether the file that a record of this body names is the index of a clip."""
    return b'"is":"ClipKept"' in body


def frames_in(index: bytes) -> tuple[str, ...]:
    """The SHA-256 of the frames that the index of a clip names, each once; none if it is no index."""
    try:
        read: ClipIndex = decode(ClipIndex, index)
    except NotPlain:
        return ()
    frames = dict.fromkeys(sha256 for _, sha256 in read.frames if _HASH.fullmatch(sha256))
    return tuple(frames)[:MOST_FRAMES]


def _has_sound_names(epoch: int, seq: int, sha256: str, clip: str) -> bool:
    numbers = 0 < epoch < 2**63 and 0 < seq < 2**63
    return numbers and bool(_HASH.fullmatch(sha256)) and (not clip or bool(_HASH.fullmatch(clip)))


def _listed(several: object) -> list[Any]:
    return several if isinstance(several, list) else []
