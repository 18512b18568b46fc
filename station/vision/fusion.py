"""Two readers of one plate that err apart: what both together say."""

import math

from station.vision.ctc import Candidate
from station.vision.plate_reader import PlateText, plate_text

OWN_UNHEARD, SECOND_UNHEARD = -12.0, -8.0
"""The natural logarithm of the share of a text that a reader did not name at all: a doubt, never a veto."""

TEMPERATURE = 2.0
"""Readers of one picture do not err independently: joint log shares are divided by this to make a confidence."""


def fuse(own: tuple[Candidate, ...], second: tuple[Candidate, ...], model: str = "") -> PlateText:
    """The reading of both: a text's share is the product of what both give it, by the grammar prior as ever.

    Confidence is the text's part of all texts that either reader named; `model` names the hashes of both.
    """
    ours = {candidate.text: candidate.log_share for candidate in own}
    theirs = {candidate.text: candidate.log_share for candidate in second}
    joint = [
        Candidate(text, _at_least(ours.get(text), OWN_UNHEARD) + _at_least(theirs.get(text), SECOND_UNHEARD))
        for text in sorted(ours.keys() | theirs.keys())
    ]
    return plate_text(_as_shares(joint), model)


def _at_least(log_share: float | None, floor: float) -> float:
    return floor if log_share is None else max(log_share, floor)


def _as_shares(joint: list[Candidate]) -> tuple[Candidate, ...]:
    """The same texts with shares that sum to one, most likely first."""
    cooled = [candidate.log_share / TEMPERATURE for candidate in joint]
    most = max(cooled)
    total = most + math.log(sum(math.exp(value - most) for value in cooled))
    shares = [Candidate(candidate.text, value - total) for candidate, value in zip(joint, cooled, strict=True)]
    return tuple(sorted(shares, key=lambda candidate: (-candidate.log_share, candidate.text)))
