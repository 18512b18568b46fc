"""G6, a full disk is a state and no crash, as lines of a proof: lanes on small disks of their own, and four mutants."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.lane.disk_story import Story
from tests.lane.test_disk_story import faults, told
from tests.proof.frame import Extent, Line

_STORIES = {"short": 1, "full": 12}
_MUTANTS = {
    "no-reserve": ("there is no reserve", "stuck"),
    "drops-undelivered": ("what the centre has not stored may go", "dropped"),
    "forgets-holds": ("a legal hold is forgotten", "dropped"),
    "drops-disputed": ("an overridden truck is any truck", "dropped"),
}


def full_disk(extent: Extent) -> Iterator[Line]:
    """G6: filled to the last page under a lane that works, and freed again."""
    with tempfile.TemporaryDirectory() as folder:
        stories = [told(Path(folder) / str(seed), seed) for seed in range(1, _STORIES[extent] + 1)]
        yield from _lines(stories)
        for mutant, (words, caught) in _MUTANTS.items():
            found = faults(told(Path(folder) / mutant, 1, mutant))
            yield Line(f"mutant: {words}", ", ".join(sorted(found)) or "nothing", 1, caught, passed=caught in found)


def _lines(stories: list[Story]) -> Iterator[Line]:
    n, acknowledged = len(stories), sum(story.acknowledged for story in stories)
    lost = sum(story.lost for story in stories)
    yield Line("acknowledged turns that are lost", str(lost), acknowledged, "0", passed=lost == 0 < acknowledged)
    whole = sum(story.is_whole and story.sqlite_says == "ok" for story in stories)
    yield _all("both chains hold and SQLite finds the file whole", whole, n)
    through = sum("levels" not in faults(story) for story in stories)
    yield _all("OK, LOW, CRITICAL, READ_ONLY and back, each a record", through, n)
    alone = sum(story.recovered_alone for story in stories)
    yield _all("the last page taken, under way and before a start: room made, recorded, open by itself", alone, n)
    wrong = sum(story.wrongly_dropped for story in stories)
    yield Line("pictures under hold, disputed or undelivered that are gone", str(wrong), n, "0", passed=wrong == 0)
    let_go = sum(story.raised_while_full or story.came_while_full > 0 for story in stories)
    yield Line("trucks taken or booms raised in READ_ONLY", str(let_go), n, "0", passed=let_go == 0)
    goes_on = sum(story.goes_on and story.has_reserve for story in stories)
    yield _all("room again: the reserve is back, the next truck passes", goes_on, n)


def _all(what: str, count: int, n: int) -> Line:
    return Line(what, f"{count} of {n}", n, "all", passed=count == n > 0)
