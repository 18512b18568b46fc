"""The set-up refuses a machine that lacks something by name, with the next step."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_TOOLS = ("bash", "cat", "dirname", "env", "rm", "sha256sum")
_REAL_PYTHON = Path(sys.executable).resolve()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without .venv in a path with a space, and `bin` with the few tools that every machine has."""
    checkout = tmp_path / "a checkout"
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(_ROOT / "scripts" / "setup", checkout / "scripts" / "setup")
    (checkout / "bin").mkdir()
    for tool in _TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (checkout / "bin" / tool).symlink_to(found)
    return checkout


def _setup(checkout: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [checkout / "scripts" / "setup", "demo"],
        env={"PATH": str(checkout / "bin"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def _add_python(checkout: Path, script: str) -> None:
    python = checkout / "bin" / "python3"
    python.write_text(f"#!/usr/bin/env bash\n{script}\n")
    python.chmod(0o755)


def test_a_missing_python_is_named(checkout: Path) -> None:
    refused = _setup(checkout)
    assert refused.returncode == 69
    assert "python3 is missing; install it: apt-get install python3 python3-venv" in refused.stderr


def test_an_old_python_is_named(checkout: Path) -> None:
    _add_python(checkout, '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    refused = _setup(checkout)
    assert refused.returncode == 69
    assert "Python 3.9.2 is not supported; Python 3.11, 3.12 or 3.13 is needed" in refused.stderr


@pytest.mark.parametrize("choice", ["no-such-python", "true"])
def test_a_chosen_python_that_is_none_is_named(checkout: Path, choice: str) -> None:
    (checkout / "bin" / "true").symlink_to("/bin/true")
    _add_python(checkout, f'exec "{_REAL_PYTHON}" "$@"')
    refused = _setup(checkout, PYTHON=choice)
    assert refused.returncode == 69
    assert f"PYTHON={choice} is no Python 3.11, 3.12 or 3.13" in refused.stderr
    assert not (checkout / ".venv").exists()


def test_a_failing_pip_is_named_and_leaves_nothing_that_looks_installed(checkout: Path) -> None:
    (checkout / "pyproject.toml").touch()
    (checkout / "requirements").mkdir()
    version = "{}.{}".format(*sys.version_info[:2])
    (checkout / "requirements" / f"demo-{version}.txt").write_text("alembic==0 --hash=sha256:" + "0" * 64 + "\n")
    _add_python(checkout, f'exec "{_REAL_PYTHON}" "$@"')
    refused = _setup(checkout, PIP_NO_INDEX="1", PIP_CONFIG_FILE="/dev/null")
    assert refused.returncode == 69
    assert f"pip could not install requirements/demo-{version}.txt" in refused.stderr
    assert not (checkout / ".venv" / "installed-demo").exists()


def test_a_missing_venv_package_is_named(checkout: Path) -> None:
    _add_python(checkout, f'case "$*" in *ensurepip*) exit 1 ;; esac; exec "{_REAL_PYTHON}" "$@"')
    refused = _setup(checkout)
    assert refused.returncode == 69
    assert "python3-venv is missing" in refused.stderr
    assert "apt-get install python3-venv" in refused.stderr
    assert not (checkout / ".venv").exists()
