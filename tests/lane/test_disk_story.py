"""A small disk that fills up: every state and back, nothing lost, nothing wrongly dropped; four mistakes are caught."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lane.disk_story import MUTANTS, Story
from tests.support import apart

ROOT = Path(__file__).resolve().parents[2]
SIZE = "48m"


def told(disk: Path, seed: int = 1, mutant: str = "") -> Story:
    """The story in a child with a mount namespace of its own, its disk a tmpfs."""
    disk.mkdir(parents=True)
    script = f'mount -t tmpfs -o size={SIZE} tmpfs {disk} && exec "$0" -m tests.lane.disk_story {disk} {seed} {mutant}'
    done = subprocess.run(
        [*apart("--mount"), "sh", "-c", script, sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Story(**json.loads(done.stdout))


def faults(story: Story) -> set[str]:
    """What went wrong in a story; nothing in the product's."""
    wrong = {
        "lost": story.lost > 0 or not story.is_whole or story.sqlite_says != "ok",
        "dropped": story.wrongly_dropped > 0,
        "stuck": not story.recovered_alone or not story.goes_on or not story.has_reserve,
        "raised": story.raised_while_full or story.came_while_full > 0,
        "levels": [level for level in story.levels if level != "LOW"]
        != ["OK", "CRITICAL", "READ_ONLY", "READ_ONLY", "OK", "READ_ONLY", "OK"],
    }
    return {name for name, is_wrong in wrong.items() if is_wrong}


def test_a_disk_that_fills_up_is_a_state_and_no_crash(tmp_path: Path) -> None:
    story = told(tmp_path / "disk")
    assert faults(story) == set(), story
    assert story.modes == ["CLOSED", "AUTOMATIC"] * 3
    assert [drop.rpartition(" ")[0] for drop in story.drops] == ["diagnostic PRESSURE", "video PRESSURE"]
    assert story.acknowledged > 100


@pytest.mark.parametrize(
    ("mutant", "caught"),
    [("no-reserve", "stuck"), ("drops-undelivered", "dropped"), ("forgets-holds", "dropped")],
)
def test_a_mistake_is_caught(tmp_path: Path, mutant: str, caught: str) -> None:
    assert mutant in MUTANTS
    assert caught in faults(told(tmp_path / "disk", mutant=mutant))
