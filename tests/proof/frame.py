"""How a proof is run: each promise measures and yields lines; the table says PASS or FAIL; one FAIL fails the proof.

A part is a module `tests.proof.<part>` with `PROMISES`, a mapping from the promise's words to the function that
measures it. A promise that yields no line, or raises, has failed: what was not measured is not proven.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Extent = Literal["short", "full"]
"""short: the form that CI runs; full: the figures worth publishing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One measured line: what was measured, over how many (n), against which limit."""

    what: str
    measured: str
    n: int
    limit: str
    passed: bool


Promise = Callable[[Extent], Iterable[Line]]


def run(promises: Mapping[str, Promise], extent: Extent, say: Callable[[str], None]) -> bool:
    """Measure every promise, say each line as it comes, and return whether all passed."""
    all_passed = bool(promises)
    for words, promise in promises.items():
        say(f"\n{words}")
        lines = 0
        for line in _measured(promise, extent):
            lines += 1
            all_passed &= line.passed
            say(_row(line))
        if lines == 0:
            all_passed = False
            say(_row(Line("nothing was measured", "absent", 0, "at least one line", passed=False)))
    say(f"\n{'PASS' if all_passed else 'FAIL'}")
    return all_passed


def _measured(promise: Promise, extent: Extent) -> Iterator[Line]:
    try:
        yield from promise(extent)
    except Exception as error:  # noqa: BLE001 - the other promises are still measured; this one is a FAIL, told in full
        told = "".join(traceback.format_exception(error))
        yield Line("the measurement itself failed", told, 0, "no exception", passed=False)


def _row(line: Line) -> str:
    verdict = "PASS" if line.passed else "FAIL"
    return f"  {verdict}  {line.what}: {line.measured}  (n {line.n}, limit {line.limit})"
