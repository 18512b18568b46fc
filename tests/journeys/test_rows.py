"""Row budgets of the journal: a crossing and an idle hour (architecture, section 7)."""

from pathlib import Path

from tests.journeys.rows import (
    MOST_BYTES,
    MOST_FACTS,
    MOST_IDLE_COMMITS,
    MOST_IDLE_ROWS,
    MOST_RECORDS,
    crossings,
    idle_hour,
)


def test_an_ordinary_crossing_is_within_its_budget(tmp_path: Path) -> None:
    each = crossings(tmp_path, 2)
    assert max(crossing.facts for crossing in each) <= MOST_FACTS
    assert 10 <= max(crossing.records for crossing in each) <= MOST_RECORDS
    assert 0 < sum(crossing.size for crossing in each) <= MOST_BYTES * len(each)


def test_an_idle_hour_is_within_its_budget(tmp_path: Path) -> None:
    idle = idle_hour(tmp_path)
    assert 24 <= idle.facts + idle.records <= MOST_IDLE_ROWS  # the heartbeats of clock and scale must be there
    assert idle.commits <= MOST_IDLE_COMMITS
