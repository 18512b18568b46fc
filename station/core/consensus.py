"""What several readings of one plate say together. Integers only; the order of the frames does not matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Permille
from drivers.contract.readings import PlateRead
from station.core.plates import classify

PlateVerdict = Literal["ACCEPTED", "REVIEW", "UNREADABLE"]

ACCEPT_FROM = Permille(900)
"""A lone reading, or the agreed one, is accepted from this confidence on."""

READABLE_FROM = Permille(200)
"""Below this a reading counts as not seen at all."""

_FULL = 1000


@dataclass(frozen=True, slots=True)
class Consensus:
    """The agreed text, how sure we are, what may be done with it, and how many frames said exactly this text.

    ACCEPTED may be used without a person; REVIEW is a best guess for a person; UNREADABLE carries "".
    """

    text: str
    confidence: Permille
    verdict: PlateVerdict
    frames: int


_NOTHING = Consensus("", Permille(0), "UNREADABLE", 0)


def agree(reads: Sequence[PlateRead]) -> Consensus:
    """The consensus of the readings of one stop.

    A text read by more frames always beats one read by fewer, however confident the fewer are. Where no two frames
    agree, the characters are voted on place by place and the outcome is at most REVIEW. A lone frame speaks for itself.
    Texts outside every known plate grammar are never ACCEPTED.
    """
    readable = [read for read in reads if read.text and read.confidence >= READABLE_FROM]
    if not readable:
        return _NOTHING
    ranked = _ranked(readable)
    frames, _, text = ranked[0]
    if frames == 1 and len(readable) > 1:
        return _voted(readable)
    confidence = _joint([read.confidence for read in readable if read.text == text], len(readable))
    contested = len(ranked) > 1 and ranked[1][0] == frames
    certain = confidence >= ACCEPT_FROM and not contested and classify(text) != "UNKNOWN"
    return Consensus(text, confidence, "ACCEPTED" if certain else "REVIEW", frames)


def _ranked(reads: Sequence[PlateRead]) -> list[tuple[int, int, str]]:
    """(frames, summed confidence, text) of every text, strongest first; equals fall to the smaller text."""
    groups: dict[str, list[int]] = {}
    for read in reads:
        groups.setdefault(read.text, []).append(read.confidence)
    tally = [(len(confidences), sum(confidences), text) for text, confidences in groups.items()]
    return sorted(tally, key=lambda entry: (-entry[0], -entry[1], entry[2]))


def _joint(supporters: Sequence[int], readable: int) -> Permille:
    """Confidence of agreeing frames.

    Frames of one truck share light and dirt, so a second frame removes only half of the doubt that independence
    would, and frames that read something else lower the result by their share.
    """
    best, *others = sorted(supporters, reverse=True)
    doubt = _FULL - best
    for confidence in others[:2]:
        doubt = doubt * (2 * _FULL - confidence) // (2 * _FULL)
    return Permille((_FULL - doubt) * (_FULL + len(supporters) * _FULL // readable) // (2 * _FULL))


def _voted(reads: Sequence[PlateRead]) -> Consensus:
    """Frames that all differ: a vote per place among the most common length; never more than a guess for a person."""
    lengths = [len(read.text) for read in reads]
    length = max(sorted(set(lengths)), key=lambda size: (lengths.count(size), size))
    voters = [read for read in reads if len(read.text) == length]
    places = [_vote([(read.text[place], _character(read, place)) for read in voters]) for place in range(length)]
    text = "".join(character for character, _ in places)
    confidence = Permille(min(share for _, share in places) * len(voters) // len(reads))
    return Consensus(text, confidence, "REVIEW", sum(read.text == text for read in reads))


def _character(read: PlateRead, place: int) -> int:
    """Confidence of one character; the whole reading's where the reader gave none."""
    return read.characters[place] if place < len(read.characters) else read.confidence


def _vote(ballots: Sequence[tuple[str, int]]) -> tuple[str, int]:
    """The character with most ballots, then most confidence, then the smaller one; and its share of all confidence."""
    by_character: dict[str, list[int]] = {}
    for character, confidence in ballots:
        by_character.setdefault(character, []).append(confidence)
    winner = min(by_character, key=lambda c: (-len(by_character[c]), -sum(by_character[c]), c))
    return winner, sum(by_character[winner]) // len(ballots)
