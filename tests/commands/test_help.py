"""Help is quick, plain, complete and in the person's language."""

import os
import resource
import subprocess
import sys

import pytest

from station.__main__ import _COMMANDS, _GROUPS
from tests.commands.premises import ROOT, station

_MOST_CPU_S = 0.5


def test_help_is_quick() -> None:
    """Processor time, so that a busy machine does not matter; the best of three."""
    spent: list[float] = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        station("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < _MOST_CPU_S


def test_help_loads_nothing_heavy() -> None:
    heavy = ("sqlalchemy", "cryptography", "pydantic", "cv2", "onnxruntime", "paho", "pymodbus", "rich", "structlog")
    script = f"import sys, station.__main__ as m; m.run(['--help']); print(*sorted(set({heavy!r}) & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=os.environ | {"LANG": "C"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert run.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize("command", [*_COMMANDS, *_GROUPS])
def test_every_command_has_help_in_both_languages(command: str) -> None:
    english, vietnamese = (station(command, "--help", language=language) for language in ("C", "vi_VN.UTF-8"))
    assert english.returncode == vietnamese.returncode == 0
    assert "\x1b" not in english.stdout and "─" not in english.stdout, "plain where nobody sees colours"
    assert english.stdout != vietnamese.stdout
    if command in _COMMANDS:
        assert "--json" in english.stdout and "78 wrong" in " ".join(english.stdout.split())
        assert "78 cấu hình sai" in " ".join(vietnamese.stdout.split())


def test_a_wrong_command_line_is_2() -> None:
    for arguments in (["lend"], ["lane"], ["events", "--settings"], ["act", "open", "--settings", "x"]):
        assert station(*arguments).returncode == 2
