"""From stored facts back to the state of the lane: turns as they were taken, and the state they lead to."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from drivers.contract.plain import NotPlain, decode
from station.core.facts import Fact
from station.core.state import LaneState
from station.journal.chain import EpochRow, FactRow
from station.journal.codec import read_fact, version_at
from station.journal.outcome import TurnOutcome

StepFunction = Callable[[LaneState, Sequence[Fact]], TurnOutcome]


@dataclass(frozen=True, slots=True)
class Turn:
    """The facts of one commit, numbered from `first_fseq`, and the digest of what they led to.

    `resume_seq` is set on the first turn of an epoch: the state that meets it has this record number.
    """

    first_fseq: int
    facts: tuple[Fact, ...]
    outcome: bytes
    resume_seq: int | None = None

    @property
    def last_fseq(self) -> int:
        """Number of the fact that ended the turn."""
        return self.first_fseq + len(self.facts) - 1


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a journal knows of the lane's memory.

    `state` is the canonical state right after fact `state_fseq`, or None: then the turns begin with a fresh
    state. `last_seq` is the newest record number used; the next record is the one behind it.
    """

    state: bytes | None
    state_fseq: int
    turns: tuple[Turn, ...]
    last_seq: int

    @property
    def facts(self) -> list[tuple[int, Fact]]:
        """The facts behind the state, numbered."""
        return [(turn.first_fseq + index, fact) for turn in self.turns for index, fact in enumerate(turn.facts)]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The state to go on with. `lost` is "" or says why the old state could not be rebuilt and this one is fresh."""

    state: LaneState
    lost: str


def turns(rows: Iterable[FactRow], epochs: Sequence[EpochRow], versions: Sequence[tuple[int, int]]) -> Iterator[Turn]:
    """Group facts into the turns they were committed in. Raises NotPlain for a body that no release wrote.

    A turn is stored whole: one without its end, which has no outcome, was cut by somebody, and no replay equals it.
    """
    resume = {epoch.base_fseq: epoch.base_seq - 1 for epoch in epochs}
    facts: list[Fact] = []
    for row in rows:
        facts.append(read_fact(row, version_at(row.fseq, versions)))
        if row.outcome:
            first = row.fseq - len(facts) + 1
            yield Turn(first, tuple(facts), row.outcome, resume.get(first))
            facts = []
    if facts:
        first = row.fseq - len(facts) + 1
        yield Turn(first, tuple(facts), b"", resume.get(first))


def tell(state: LaneState, turn: Turn, step: StepFunction) -> TurnOutcome:
    """Take a recorded turn again."""
    if turn.resume_seq is not None:
        state = replace(state, seq=turn.resume_seq)
    return step(state, turn.facts)


def begin_afresh(last_seq: int, lost: str) -> Rebuilt:
    """A memory that knows nothing but how far the records came.

    No number it gives out was given before, within the epoch too: each start and each crossing wrote a record.
    """
    return Rebuilt(LaneState(seq=last_seq, crossings=last_seq, starts=last_seq), lost)


def rebuild(recovered: Recovered, step: StepFunction) -> Rebuilt:
    """The state after the newest fact. A snapshot that this core cannot read leaves a fresh one, and says so."""
    try:
        state: LaneState = decode(LaneState, recovered.state) if recovered.state is not None else LaneState()
    except NotPlain as error:
        return begin_afresh(recovered.last_seq, f"snapshot at fact {recovered.state_fseq}: {error}")
    for turn in recovered.turns:
        state = tell(state, turn, step).state
    return Rebuilt(replace(state, seq=recovered.last_seq), "")
