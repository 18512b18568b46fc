"""What the README tells a person to type exists."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_README = (_ROOT / "README.md").read_text()
_MAKE_TARGETS = set(re.findall(r"^([a-z]+):", (_ROOT / "Makefile").read_text(), re.MULTILINE))
_README_TARGETS = sorted(set(re.findall(r"\bmake ([a-z]+)", _README)))
_README_COMMANDS = sorted(set(re.findall(r"`station ([a-z][a-z-]*)", _README)))
_README_PATHS = sorted(set(re.findall(r"`((?:config|docs|drivers|models|station|systemd|tests)/[^` ]*)`", _README)))


def test_the_readme_is_read() -> None:
    assert {"demo", "test"} <= set(_README_TARGETS)
    assert {"lane", "check", "replay"} <= set(_README_COMMANDS)
    assert "systemd/station-lane@.service" in _README_PATHS


@pytest.mark.parametrize("target", _README_TARGETS)
def test_each_make_target_exists(target: str) -> None:
    assert target in _MAKE_TARGETS


@pytest.mark.parametrize("path", _README_PATHS)
def test_each_path_exists(path: str) -> None:
    assert (_ROOT / path).exists()


def test_each_station_command_exists_and_is_in_the_readme() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "station", "--help"],
        cwd=_ROOT,
        env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    ).stdout
    commands = re.findall(r"(?m)^  ([a-z][a-z-]*)  ", shown.partition("Commands:")[2])
    assert sorted(commands) == _README_COMMANDS


def test_make_alone_lists_every_target() -> None:
    shown = subprocess.run(["make", "-s"], cwd=_ROOT, capture_output=True, text=True, check=True, timeout=10).stdout
    assert {line.split()[0] for line in shown.splitlines()} == _MAKE_TARGETS


def test_the_changelog_keeps_its_form() -> None:
    text = (_ROOT / "CHANGELOG.md").read_text()
    assert "## [Unreleased]" in text
    assert set(re.findall(r"^### (\w+)", text, re.MULTILINE)) <= {
        "Added",
        "Changed",
        "Deprecated",
        "Fixed",
        "Removed",
        "Security",
        "Upgrading",
    }


def test_each_decision_has_its_four_parts() -> None:
    decisions = sorted((_ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [path.name[:4] for path in decisions] == [f"{number:04}" for number in range(len(decisions))]
    for path in decisions:
        text = path.read_text()
        for part in ("\nStatus: ", "\n## Context\n", "\n## Decision\n", "\n## Consequences\n"):
            assert part in text, f"{path.name} lacks {part.strip()}"


def test_the_locks_hold_hashes_and_no_address() -> None:
    for version in ("3.11", "3.12", "3.13"):
        for purpose in ("demo", "test"):
            text = (_ROOT / "requirements" / f"{purpose}-{version}.txt").read_text()
            blocks = [block for block in re.split(r"(?m)^(?=[a-zA-Z0-9])", text) if "==" in block]
            assert len(blocks) > 30
            assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
            assert "://" not in text
