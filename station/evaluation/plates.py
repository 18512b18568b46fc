"""The figures of plate readings: exact per set and lines, voted, with and without grammar, and automatic accept."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from drivers.contract.quantities import Millis
from drivers.contract.readings import PlateRead
from station.core.consensus import ACCEPT_FROM, agree
from station.evaluation.figures import (
    Figure,
    Labels,
    Point,
    accepted_from,
    curve,
    nothing,
    share,
    times,
    widest,
    wilson,
)
from station.evaluation.trials import Trial

ACCEPT_LEVELS = (800, int(ACCEPT_FROM), 950, 990)
PRECISION = 0.99
"""What automatic accept is asked for; the coverage at which it holds is reported."""


def plate_figures(trials: Sequence[Trial], *, has_corrections: bool) -> Iterator[Figure]:
    """Every figure of these readings; against the corrected labels too, if there are any."""
    if not trials:
        yield nothing("eval-exact", "eval-all", "eval-no-photos")
        return
    for labels in labels_of(has_corrections=has_corrections):
        yield from exact_figures(trials, labels)
        yield from _grammar(trials, labels)
        for group, own in by_set(trials):
            yield _voted(group, own, labels)
        for group, own in by_set(trials):
            yield from _accept(group, own, labels)
    yield from times("eval-times", "eval-reading", [trial.took_ms for trial in trials])
    yield from times("eval-times", "eval-reading-cpu", [trial.cpu_ms for trial in trials])


def labels_of(*, has_corrections: bool) -> tuple[Labels, ...]:
    """Which labels to measure against."""
    return ("published", "corrected") if has_corrections else ("published",)


def by_set(trials: Sequence[Trial]) -> list[tuple[str, list[Trial]]]:
    """The trials of each set, sets by name."""
    groups: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        groups[trial.photo.group].append(trial)
    return sorted(groups.items())


def exact_figures(trials: Sequence[Trial], labels: Labels) -> Iterator[Figure]:
    """The whole text right: each set, and its plates of one and of two lines."""
    for group, own in by_set(trials):
        parts = (("eval-all", own), *((f"eval-lines-{n}", [t for t in own if t.photo.lines == n]) for n in ("1", "2")))
        for what, part in parts:
            if part and (part != own or what == "eval-all"):
                yield share("eval-exact", what, _right(part, labels), len(part), group, labels)


def road_curve(trials: Sequence[Trial], labels: Labels) -> tuple[Point, ...]:
    """Precision against coverage of these trials."""
    return curve([(trial.read.confidence, _is_right(trial, labels)) for trial in trials])


def _grammar(trials: Sequence[Trial], labels: Labels) -> Iterator[Figure]:
    yield share("eval-grammar", "eval-with-grammar", _right(trials, labels), len(trials), labels=labels)
    raw = sum(trial.read.raw == _label(trial, labels) for trial in trials)
    yield share("eval-grammar", "eval-raw", raw, len(trials), labels=labels)


def _voted(group: str, trials: Sequence[Trial], labels: Labels) -> Figure:
    """Photos that share a label stand for the frames of one stop."""
    stops: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        stops[_label(trial, labels)].append(trial)
    several = {label: stop for label, stop in stops.items() if len(stop) > 1}
    right = sum(agree([_as_reading(trial) for trial in stop]).text == label for label, stop in several.items())
    return share("eval-voted", "eval-two-and-more", right, len(several), group, labels)


def _accept(group: str, trials: Sequence[Trial], labels: Labels) -> Iterator[Figure]:
    points = road_curve(trials, labels)
    for level in ACCEPT_LEVELS:
        point = accepted_from(points, level)
        name = f"{group} >= {level}"
        if point is None:
            yield nothing("eval-accept", "eval-right-of-kept", "eval-none-so-sure", name)
        else:
            kept = f"{name} ({100 * point.coverage:.1f} %)"
            yield share("eval-accept", "eval-right-of-kept", point.right, point.kept, kept, labels)
    yield coverage_at(points, len(trials), group, labels)


def coverage_at(points: Sequence[Point], n: int, group: str, labels: Labels, section: str = "eval-accept") -> Figure:
    """How much may be accepted at PRECISION; the interval is that of the precision, not of the coverage."""
    best = widest(points, PRECISION)
    if best is None:
        return nothing(section, "eval-coverage-at-99", "eval-never-99", group)
    low, high = wilson(best.right, best.kept)
    of = f"{group} >= {best.confidence} ({100 * best.precision:.1f} %: {100 * low:.1f} - {100 * high:.1f})"
    return Figure(section, "eval-coverage-at-99", of, labels, n, 100 * best.coverage, None, None, "%")


def _right(trials: Sequence[Trial], labels: Labels) -> int:
    return sum(_is_right(trial, labels) for trial in trials)


def _is_right(trial: Trial, labels: Labels) -> bool:
    return trial.is_right(corrected=labels == "corrected")


def _label(trial: Trial, labels: Labels) -> str:
    return trial.photo.corrected if labels == "corrected" else trial.photo.label


def _as_reading(trial: Trial) -> PlateRead:
    read = trial.read
    return PlateRead("", "", read.raw, read.text, read.confidence, read.characters, "", Millis(0))
