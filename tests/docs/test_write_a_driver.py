"""The guide's driver, taken out of its page and put into a copy of the tree, holds what the guide promises."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "write-a-driver.md").read_text()
BLOCKS = re.findall(r"(?ms)^```python\n# (add to )?(\S+)\n(.*?)^```$", GUIDE)
NEW = [path for adds, path, _ in BLOCKS if not adds]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as it is after an afternoon's work."""
    copy = tmp_path_factory.mktemp("guide")
    for folder in ("drivers", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name in ("station", "models", "config"):
        (copy / name).symlink_to(ROOT / name)
    for adds, path, code in BLOCKS:
        file = copy / path
        assert file.exists() == bool(adds), path
        with file.open("a") as end:
            end.write(f"\n\n{code}" if adds else code)
    return copy


def run(tree: Path, *command: str) -> str:
    """What a command says; it must succeed in the copy, on the copy's own modules."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_block_of_python_is_a_file_or_an_addition() -> None:
    assert len(BLOCKS) == GUIDE.count("```python\n") == 7


@pytest.mark.slow
@pytest.mark.timeout(110)
def test_the_contract_suite_holds_the_guides_driver(tree: Path) -> None:
    told = run(tree, "pytest", "-q", "-p", "no:cacheprovider", "tests/drivers/test_contract.py", "-k", "megatec-ups")
    passed = re.search(r"(\d+) passed", told)
    assert passed is not None and int(passed.group(1)) >= 11, told


@pytest.mark.slow
@pytest.mark.timeout(110)
def test_the_guides_own_tests_pass(tree: Path) -> None:
    tests = [path for path in NEW if path.startswith("tests/")]
    told = run(tree, "pytest", "-q", "-p", "no:cacheprovider", *tests)
    assert len(tests) == 2 and "4 passed" in told


def test_the_guides_files_keep_the_rules_of_the_house(tree: Path) -> None:
    run(tree, "ruff", "check", "--no-cache", *NEW)
    run(tree, "ruff", "format", "--no-cache", "--check", *NEW)
    told = run(tree, "station", "devices", "list")
    assert re.search(r"(?m)^megatec-ups .* UNVERIFIED$", told)


def test_every_command_of_the_guide_exists() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "station", "devices", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    used = set(re.findall(r"(?m)^station devices (\w+)", GUIDE))
    assert used == {"scan", "test", "watch", "record", "play"}
    assert all(re.search(rf"(?m)^\W*{verb}\b", shown) for verb in used), shown
