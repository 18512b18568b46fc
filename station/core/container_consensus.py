"""What the views of one container say together. Pure, integers only; the order of the pictures does not matter.

The check digit passes one wrong text of eleven, so it proves nothing by itself: what counts is that two views, whose
dirt and light differ, say the same. A wrong check digit is kept as read. What was declared is never looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.contract.quantities import Permille
from station.core.container_looks import ViewRead
from station.core.containers import NumberForm, form_of, is_size_type

ACCEPT_FROM = Permille(900)
"""The agreed number is accepted from this confidence on; of a lone camera each of two pictures must have it."""

SURE_FROM = Permille(800)
"""From here on a view that says something else contradicts."""

READABLE_FROM = Permille(200)
"""Below this a reading counts as not seen at all."""

_LEAST_AGREEING = 2
_FULL = 1000


@dataclass(frozen=True, slots=True)
class Container:
    """The agreed number and how many `views` read exactly it; "" and MALFORMED where none could be read.

    ACCEPTED may be used without a person, REVIEW is a best guess. `against` is another number that was read surely:
    then the verdict is REVIEW. ACCEPTED with the form WRONG_CHECK_DIGIT is a number that is painted so.
    """

    text: str
    verdict: Literal["ACCEPTED", "REVIEW", "UNREADABLE"]
    form: NumberForm
    confidence: Permille
    views: int
    against: str = ""
    size_type: str = ""


NOTHING = Container("", "UNREADABLE", "MALFORMED", Permille(0), 0)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One text, and the confidences with which each view read it, best first."""

    text: str
    by_view: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def views(self) -> int:
        return len(self.by_view)

    @property
    def rank(self) -> tuple[int, int, bool, int, str]:
        """Smallest first: most views, most pictures, a right check digit, most confidence, then the smaller text."""
        pictures = [confidence for _, confidences in self.by_view for confidence in confidences]
        return (-self.views, -len(pictures), form_of(self.text) != "VALID", -sum(pictures), self.text)

    @property
    def confidence(self) -> Permille:
        """Views do not share dirt and light, so their doubts multiply; a second picture of a view adds little."""
        doubt = _FULL
        for _, (best, *others) in self.by_view:
            own = _FULL - best
            for confidence in others[:1]:
                own = own * (2 * _FULL - confidence) // (2 * _FULL)
            doubt = doubt * own // _FULL
        return Permille(_FULL - doubt)


def agree(reads: Sequence[ViewRead], cameras: int) -> Container:
    """The consensus of one truck's readings in a lane with so many container cameras.

    ACCEPTED is a number that two views read equally, or a lone camera, with a right check digit, in two sure pictures.
    """
    candidates = _candidates(reads)
    if not candidates:
        return NOTHING
    best, *others = candidates
    form, against = form_of(best.text), _against(best, others, cameras)
    agreed = best.views >= _LEAST_AGREEING or (cameras == 1 and form == "VALID" and _is_sure_twice(best))
    is_certain = agreed and against == "" and best.confidence >= ACCEPT_FROM
    return Container(
        best.text,
        "ACCEPTED" if is_certain else "REVIEW",
        form,
        best.confidence,
        best.views,
        against,
        _size_type([read for read in reads if read.text == best.text]),
    )


def _candidates(reads: Sequence[ViewRead]) -> list[_Candidate]:
    """Every number that was read, the strongest first."""
    said: dict[str, dict[str, list[int]]] = {}
    for read in reads:
        if read.confidence >= READABLE_FROM and form_of(read.text) != "MALFORMED":
            said.setdefault(read.text, {}).setdefault(read.view, []).append(read.confidence)
    texts = [
        _Candidate(
            text, tuple((view, tuple(sorted(confidences, reverse=True))) for view, confidences in sorted(views.items()))
        )
        for text, views in said.items()
    ]
    return sorted(texts, key=lambda candidate: candidate.rank)


def _against(best: _Candidate, others: Sequence[_Candidate], cameras: int) -> str:
    """The strongest number that contradicts; "" if none does.

    A view that read `best` at least as often as the other number corrects itself; a lone camera has nobody to be right
    for it. One view's wrong check digit is no match for a right one that two views read.
    """
    own = {view: len(confidences) for view, confidences in best.by_view}
    for other in others:
        is_misread = form_of(other.text) != "VALID" and form_of(best.text) == "VALID" and best.views >= _LEAST_AGREEING
        if other.views >= _LEAST_AGREEING and not is_misread:
            return other.text
        for view, confidences in other.by_view:
            corrected = cameras > 1 and own.get(view, 0) >= len(confidences)
            if confidences[0] >= SURE_FROM and not corrected and not is_misread:
                return other.text
    return ""


def _is_sure_twice(candidate: _Candidate) -> bool:
    sure = [sum(one >= ACCEPT_FROM for one in confidences) for _, confidences in candidate.by_view]
    return max(sure) >= _LEAST_AGREEING


def _size_type(reads: Sequence[ViewRead]) -> str:
    """The code that was read with most confidence in all, "" if none was."""
    said: dict[str, int] = {}
    for read in reads:
        if is_size_type(read.size_type):
            said[read.size_type] = said.get(read.size_type, 0) + read.size_type_confidence
    return min(said, key=lambda code: (-said[code], code), default="")
