"""Plays every clause against a receiver over its broker, and says of each whether the receiver keeps it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from station.conform.clauses import CLAUSES, Clause
from station.conform.finding import Failed, NotTried
from station.conform.line import Line
from station.conform.stage import Stage, Tester
from station.courier.broker import Broker
from station.messages.topics import every_receipt

Outcome = Literal["pass", "fail", "not-tried"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one clause. `code` and `values` say why it failed; `needs` names the options without which it was not tried,
    or not tried whole.
    """

    clause: str
    outcome: Outcome
    code: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


def certify(broker: Broker, tester: Tester, clauses: Sequence[Clause] = CLAUSES) -> Iterator[Verdict]:
    """Verdicts in the order of the clauses. Raises LineLost, and ValueError for names that cannot stand in a topic."""
    stations = [tester.station, *([tester.stranger] if tester.stranger else [])]
    with Line(broker, f"{tester.station}-{tester.prefix}", [every_receipt(station) for station in stations]) as line:
        for clause in clauses:
            number = int(clause.id.rpartition("-")[2])
            yield _verdict(clause, Stage(tester, line, number))


def _verdict(clause: Clause, stage: Stage) -> Verdict:
    try:
        clause.play(stage)
        for lane in stage.lanes:
            lane.go()
    except Failed as failed:
        return Verdict(clause.id, "fail", failed.code, failed.values)
    except NotTried as untried:
        return Verdict(clause.id, "not-tried", needs=tuple(untried.needs.split()))
    return Verdict(clause.id, "pass", needs=tuple(stage.untried))
