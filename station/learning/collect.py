"""From a lane's journal and pictures, which are only read, to sealed crops with labels."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from station.journal.folder import DataFolder
from station.journal.reader import JournalReader
from station.learning.collection import DAY_MS, MOST_PIXELS, Collection, origin_of
from station.learning.vouched import Seen, seen_pictures, told_by
from station.vision.tensors import Gray, crop, decode_gray, load_picture
from station.vision.unfit import PictureUnfit

MOST_OF_A_CROSSING: Final = 3
"""More frames of one stop show the same plate in the same light."""
_APART: Final = 0.5
"""A reading that differs in more of its characters was of another plate in the picture, not a misread of this one."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long crops are kept, counted from the crossing, and how many at most: the newest."""

    keep_days: int
    most: int


@dataclass(slots=True)
class Collected:
    """What a run did. `passed_over` counts by reason what could not be used; `damaged` are files that were deleted."""

    new: Counter[str] = field(default_factory=Counter)
    known: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    expired: int = 0
    damaged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wanted:
    sha256: str
    text: str
    basis: str
    crossing: str
    utc_ms: int


def collect(
    data: DataFolder, collection: Collection, labels: Mapping[str, str], alphabet: str, bounds: Bounds, now_ms: int
) -> Collected:
    """Put what the journal and `labels` (sha256 -> text) vouch for into the collection; then let the old go.

    A text with a letter outside `alphabet` is passed over. Raises Unreadable, LearningRefused, OSError.
    """
    done = Collected()
    with JournalReader(data.root) as reader:
        wanted = list(_wanted(reader, labels, now_ms, done.passed_over))
        seen = seen_pictures(reader, {one.sha256 for one in wanted})
    frames: Counter[str] = Counter()
    for one in wanted:
        reason = _unfit(one, seen.get(one.sha256), alphabet, bounds, now_ms)
        if not reason and one.crossing and frames[one.crossing] >= MOST_OF_A_CROSSING:
            reason = "more-frames"
        if reason:
            done.passed_over[reason] += 1
            continue
        region = seen[one.sha256].region
        try:
            cut = _cut(data.evidence, one.sha256, seen[one.sha256])
        except PictureUnfit as error:
            done.passed_over[error.code] += 1
            continue
        if cut.size > MOST_PIXELS:
            done.passed_over["crop-too-large"] += 1
            continue
        frames[one.crossing] += 1
        origin = origin_of(cut, one.text, one.basis, _hidden(collection, one.crossing), one.utc_ms)
        if collection.put(cut, origin, f"{one.sha256}:{region}"):
            done.new[one.basis] += 1
        else:
            done.known += 1
    done.expired, done.damaged = collection.let_go(now_ms, bounds.keep_days, bounds.most)
    return done


def _wanted(
    reader: JournalReader, labels: Mapping[str, str], now_ms: int, passed_over: Counter[str]
) -> Iterator[_Wanted]:
    """One entry per picture. What an officer wrote down goes before what the crossing's end says."""
    told = told_by(reader)
    for sha256, text in labels.items():
        if sha256 not in told.pictures:
            passed_over["not-in-journal"] += 1
            continue
        crossing, utc_ms = told.pictures[sha256]
        yield _Wanted(sha256, text, "list", crossing, utc_ms if utc_ms > 0 else now_ms)
    for known in told.vouched:
        for sha256 in known.pictures:
            if sha256 not in labels:
                utc_ms = known.utc_ms if known.utc_ms > 0 else now_ms  # the lane had no clock then
                yield _Wanted(sha256, known.text, known.basis, known.crossing, utc_ms)


def _unfit(one: _Wanted, seen: Seen | None, alphabet: str, bounds: Bounds, now_ms: int) -> str:
    if one.utc_ms < now_ms - bounds.keep_days * DAY_MS:
        return "too-old"
    if not set(one.text) <= set(alphabet):
        return "other-letters"
    if seen is None or 0 in seen.region[2:]:
        return "no-box"
    if one.basis != "list" and seen.text and distance(seen.text, one.text) > _APART * len(one.text):
        return "another-plate"
    return ""


def _cut(evidence: Path, sha256: str, seen: Seen) -> Gray:
    data = load_picture(evidence / sha256[:2] / f"{sha256}.jpg", sha256)
    return crop(decode_gray(data), seen.region)


def _hidden(collection: Collection, crossing: str) -> str:
    return collection.key.mark(crossing.encode())[:16] if crossing else ""


def distance(one: str, other: str) -> int:
    """How many characters must be put in, taken out or replaced to make one text the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, 1):
        before, row[0] = row[0], place
        for at, wanted in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (character != wanted))
    return row[-1]
