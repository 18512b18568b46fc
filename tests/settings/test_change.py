"""A settings file with some values changed: all else as it was, in one step, the old file kept."""

import os
import stat
import tomllib
from pathlib import Path

import pytest

from station.settings.change import ChangeImpossible, OtherMeanwhile, changed, lay, values_in
from tests.commands.premises import ROOT

EXAMPLE = (ROOT / "config" / "lane.example.toml").read_text()
CHANGES = (
    ("lane.limits.weight_refer", "40"),
    ("lane.limits.list_age", "3_600_000"),
    ("lane.seal_regions", "[[1, 2, 30, 40]]"),
    ("vision.second_reader", "true"),
)


def test_only_the_values_change_and_every_comment_stays() -> None:
    made = changed(EXAMPLE, CHANGES)
    lines, before = made.splitlines(), EXAMPLE.splitlines()
    new = [line for line in lines if line not in before]
    assert [line.split("#")[0].strip() for line in new] == [
        "seal_regions = [[1, 2, 30, 40]]",
        "weight_refer = 40",
        "list_age = 3_600_000",
        "second_reader = true",
    ]
    assert made.count("#") == EXAMPLE.count("#")
    assert changed(made, CHANGES) == made
    assert values_in(made, [key for key, _ in CHANGES]) == ["40", "3600000", "[[1, 2, 30, 40]]", "true"]
    assert values_in(EXAMPLE, ["lane.limits.weight_refer", "lane.seal_regions"]) == ["50", "[]"]


def test_a_table_that_is_missing_is_added_and_line_ends_are_kept() -> None:
    short = EXAMPLE.replace("[lane.limits]", "[lane.unused]").split("[lane.unused]")[0]
    assert tomllib.loads(changed(short, CHANGES[:1]))["lane"]["limits"] == {"weight_refer": 40}
    made = changed(EXAMPLE.replace("\n", "\r\n"), CHANGES)
    assert made.count("\n") == made.count("\r\n") > 100


def test_a_file_that_is_written_otherwise_is_left_to_a_person() -> None:
    """tomlkit would make something else of it: what comes out is read again."""
    with pytest.raises(ChangeImpossible):
        changed(
            "schema = 1\nlane.limits.weight_refer = 5\nlane.station = 'x'\n",
            (*CHANGES[:2], ("lane.clips.before", "7000")),
        )
    with pytest.raises(ChangeImpossible):
        changed("lane = 5\n", CHANGES[:1])


def test_the_new_file_comes_in_one_step_with_mode_and_the_old_one_beside(tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text(EXAMPLE)
    real.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(real, 12_345, 12_345)
    link = tmp_path / "lane.toml"
    link.symlink_to(real)
    laid = lay(link, real.read_bytes(), "schema = 1\n", "before-3")
    assert real.read_text() == EXAMPLE
    laid.put()
    assert link.is_symlink() and real.read_text() == "schema = 1\n" and laid.old.read_text() == EXAMPLE
    found, kept = real.stat(), laid.old.stat()
    assert stat.S_IMODE(found.st_mode) == stat.S_IMODE(kept.st_mode) == 0o640
    assert found.st_uid == kept.st_uid == (12_345 if os.geteuid() == 0 else os.geteuid())
    laid.drop()
    assert laid.old.exists(), "once it is the file, the old one stays"


def test_somebody_elses_change_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "lane.toml"
    file.write_text(EXAMPLE)
    laid = lay(file, file.read_bytes(), "schema = 1\n", "before-3")
    file.write_text("# mine\n")
    with pytest.raises(OtherMeanwhile):
        laid.put()
    laid.drop()
    assert file.read_text() == "# mine\n"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["lane.toml", "lane.toml.before-3"]


def test_who_comes_second_leaves_the_first_ones_copy(tmp_path: Path) -> None:
    file = tmp_path / "lane.toml"
    file.write_text(EXAMPLE)
    first = lay(file, file.read_bytes(), "schema = 1\n", "before-3")
    second = lay(file, file.read_bytes(), "schema = 1\n", "before-3")
    first.put()
    with pytest.raises(OtherMeanwhile):
        second.put()
    second.drop()
    assert file.read_text() == "schema = 1\n" and first.old.read_text() == EXAMPLE


def test_a_text_that_is_not_taken_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "lane.toml"
    file.write_text(EXAMPLE)
    lay(file, file.read_bytes(), "schema = 1\n", "before-3").drop()
    assert [one.name for one in tmp_path.iterdir()] == ["lane.toml"]


def test_an_inline_table_that_would_need_a_table_is_left_to_a_person() -> None:
    with pytest.raises(ChangeImpossible):
        changed('lane = {station = "A"}\n', [("lane.limits.weight_refer", "40")])


def test_a_folder_that_takes_no_file_leaves_everything_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "lane.toml"
    file.write_text(EXAMPLE)
    (tmp_path / "lane.toml.before-3").mkdir()
    with pytest.raises((IsADirectoryError, PermissionError)):
        lay(file, file.read_bytes(), "schema = 1\n", "before-3")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["lane.toml", "lane.toml.before-3"]
    assert file.read_text() == EXAMPLE
