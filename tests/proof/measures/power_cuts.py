"""Power cuts on the journal, the courier's store and the ledger, by the order of the unmodified processes' calls."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.powercut import stories
from tests.powercut.stories import Cut, Story

SEED = 1
SHARES: tuple[tuple[int, Callable[[], Story]], ...] = (
    (34, stories.first_start),
    (22, partial(stories.salvage, "row")),
    (8, partial(stories.salvage, "file")),
    (10, partial(stories.after_a_cut, SEED)),
    (16, stories.courier),
    (10, stories.ledger),
)
"""Of a hundred cuts, so many in each story."""

MUTANTS: dict[str, Callable[[], Story]] = {
    "synchronous=NORMAL": partial(stories.first_start, "careless"),
    "acknowledged before the commit": partial(stories.first_start, "early"),
    "no sync of the folder, journal": partial(stories.first_start, "nameless"),
    "no sync of the folder, spool": partial(stories.courier, "nameless"),
    "the damaged journal set aside before the next is ready": partial(stories.salvage, "row", "hasty"),
}
MOST_FOR_A_MUTANT = 200


@dataclass(frozen=True, slots=True)
class Tally:
    """`n` cuts of a story: how many lines had been acknowledged until the cut, all together, and what was found."""

    story: str
    n: int
    places: int
    acknowledged: int
    found: tuple[Cut, ...]


def tallies(hundreds: int) -> Iterator[Tally]:
    """So many hundred cuts, by story."""
    for share, make in SHARES:
        story = make()
        cuts = list(story.cuts(share * hundreds, SEED))
        yield Tally(
            story.name,
            len(cuts),
            len({cut.place for cut in cuts}),
            sum(cut.said for cut in cuts),
            tuple(cut for cut in cuts if cut.found),
        )


def caught(mutant: str) -> Cut | None:
    """The first cut that exposes the mutant; None if MOST_FOR_A_MUTANT do not."""
    return MUTANTS[mutant]().first_found(MOST_FOR_A_MUTANT, SEED)
