"""The page of devices is what the catalog says today."""

import dataclasses
import re
from pathlib import Path

import pytest

from drivers.catalog import DRIVERS
from station.commands.device_table import markdown

PAGE = Path(__file__).parents[2] / "docs" / "devices.md"


def test_the_page_of_devices_is_up_to_date() -> None:
    assert PAGE.read_text() == markdown() + "\n", "run `station devices list --markdown > docs/devices.md`"


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_each_setting_has_a_row_with_its_meaning(kind: str) -> None:
    chapter = PAGE.read_text().partition(f"\n## {kind}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| `(\w+)` \| .+ \| .+ \| (.+) \|$", chapter)
    names = [field.name for field in dataclasses.fields(DRIVERS[kind].settings)]
    assert [name for name, _ in rows] == names[1:]
    assert all(len(meaning) > 5 for _, meaning in rows)
