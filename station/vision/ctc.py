"""Connectionist temporal classification: scores per step -> the likely texts, with the plate grammar as a prior."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BEAM = 12
_TYPED_BEAM = 32
"""With a form to fit more must be carried on: of the likely texts most are of another length."""
_CLASSES_PER_STEP = 5
_TYPED_CLASSES_PER_STEP = 10
"""Of which a place takes only letters or only digits."""
_LOG_SURE_BLANK = math.log(0.9995)
_IMPOSSIBLE = -math.inf
_UNSEEN = -10.0
"""The log share of a text that a look did not consider at all."""

Ends = dict[str, tuple[float, float]]
Allows = Callable[[str, str], bool]
"""(the text so far, the character that would follow) -> may it?"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text the scores may mean and the natural logarithm of its share."""

    text: str
    log_share: float


def log_shares(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Natural logarithms of the class shares per step; shape (steps, classes), blank last."""
    shifted = scores.astype(np.float64) - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), np.float64)


def beam(shares: NDArray[np.float64], alphabet: str, allows: Allows | None = None) -> tuple[Candidate, ...]:
    """The likely texts, most likely first (prefix beam search; repeats count only across a blank).

    With `allows` only texts are considered whose every character it allows.
    """
    blank = len(alphabet)
    most = _CLASSES_PER_STEP if allows is None else _TYPED_CLASSES_PER_STEP
    likeliest = np.argsort(-shares, axis=1, kind="stable")[:, :most].tolist()
    # prefix -> (log share of paths that end in a blank, and of those that end in the prefix's last character)
    ends: Ends = {"": (0.0, _IMPOSSIBLE)}
    for step, classes in zip(shares.tolist(), likeliest, strict=True):
        log_blank = step[blank]
        if log_blank > _LOG_SURE_BLANK:
            ends = {text: (_add(b, c) + log_blank, _IMPOSSIBLE) for text, (b, c) in ends.items()}
        else:
            heard = [(alphabet[c], step[c]) for c in classes if c != blank]
            ends = _advance(ends, log_blank, heard, allows)
    ranked = sorted(((_add(b, c), text) for text, (b, c) in ends.items()), key=lambda pair: (-pair[0], pair[1]))
    return tuple(Candidate(text, log_share) for log_share, text in ranked)


def _advance(ends: Ends, log_blank: float, heard: list[tuple[str, float]], allows: Allows | None) -> Ends:
    """One step on. Most of a reading's time is spent here, on what is no plate nearly all of it."""
    in_blank: dict[str, float] = {}
    in_character: dict[str, float] = {}
    for text, (after_blank, after_character) in ends.items():
        both = _add(after_blank, after_character)
        in_blank[text] = both + log_blank
        for character, log_share in heard:
            before = both
            if text[-1:] == character:
                in_character[text] = _add(in_character.get(text, _IMPOSSIBLE), after_character + log_share)
                before = after_blank  # only across a blank is it another one
            if before == _IMPOSSIBLE or (allows is not None and not allows(text, character)):
                continue
            longer, share = text + character, before + log_share
            known = in_character.get(longer)
            in_character[longer] = share if known is None else _add(known, share)
    totals = [(-share, text) for text, share in in_character.items() if text not in in_blank]
    totals += [(-_add(share, in_character.get(text, _IMPOSSIBLE)), text) for text, share in in_blank.items()]
    totals.sort()
    most = _BEAM if allows is None else _TYPED_BEAM
    return {text: (in_blank.get(text, _IMPOSSIBLE), in_character.get(text, _IMPOSSIBLE)) for _, text in totals[:most]}


def _add(one: float, other: float) -> float:
    """log(exp(one) + exp(other))."""
    low, high = (one, other) if one < other else (other, one)
    return high if low == _IMPOSSIBLE else high + math.log1p(math.exp(low - high))


def together(looks: Sequence[tuple[Candidate, ...]]) -> tuple[Candidate, ...]:
    """What several looks at the same plate say together, most likely first: the mean of a text's log shares."""
    shares = [{candidate.text: candidate.log_share for candidate in look} for look in looks]
    texts = sorted(set().union(*shares))
    means = {text: sum(max(share.get(text, _UNSEEN), _UNSEEN) for share in shares) / len(shares) for text in texts}
    return tuple(Candidate(text, means[text]) for text in sorted(texts, key=lambda text: -means[text]))


def prefer(candidates: tuple[Candidate, ...], bonus: Callable[[str], float]) -> Candidate:
    """The candidate with the greatest log share plus bonus; a bonus only shifts the choice, it never bars a text."""
    return max(candidates, key=lambda candidate: candidate.log_share + bonus(candidate.text))


def share_of(candidate: Candidate) -> float:
    """The share of a candidate, 0..1."""
    return math.exp(min(candidate.log_share, 0.0))


def character_shares(text: str, candidates: tuple[Candidate, ...]) -> tuple[float, ...]:
    """For each character of `text`, the share of candidates of the same length that have it in that place, 0..1."""
    rivals = [(candidate.text, share_of(candidate)) for candidate in candidates]
    return tuple(
        min(1.0, sum(share for rival, share in rivals if len(rival) == len(text) and rival[place] == character))
        for place, character in enumerate(text)
    )
