"""The figures of an evaluation and what could not be used, as lines that a person reads."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from station.commands.words import phrase
from station.words.meanings import cause

if TYPE_CHECKING:
    from station.evaluation.figures import Figure
    from station.evaluation.folder import Fault

_MOST_NAMED = 20


def row(line: "Figure") -> tuple[str, str, str, str]:
    """What, n, the figure, its interval, as a person reads them."""
    what = " ".join(part for part in (phrase(line.what), line.of) if part)
    if line.labels == "corrected":
        what += f" [{phrase('eval-corrected')}]"
    if line.value is None:
        return (what, "", phrase(line.why), "")
    value = f"{line.value:.1f} {line.unit}" if line.unit != "ms" else f"{line.value:.2f} ms"
    if line.low is None or line.high is None:
        return (what, f"n {line.n}", value, "")
    return (what, f"n {line.n}", value, phrase("eval-interval", low=f"{line.low:.1f}", high=f"{line.high:.1f}"))


def fault_lines(faults: "Sequence[Fault]") -> list[str]:
    """Each cause with its count and the first names; nothing if all is well."""
    by_code: dict[str, list[Fault]] = {}
    for fault in faults:
        by_code.setdefault(fault.code, []).append(fault)
    told = []
    for code, some in by_code.items():
        names = [": ".join(part for part in (fault.thing, fault.seen) if part) for fault in some[:_MOST_NAMED]]
        told.append(phrase("eval-faults", count=len(some), cause=cause(code)))
        told += [f"  {name}" for name in names]
        if len(some) > len(names):
            told.append("  " + phrase("eval-and-more", count=len(some) - len(names)))
    return [*told, phrase("eval-mend")] if any(fault.is_mistake for fault in faults) else told
