"""Help is quick, plain, complete and in the person's language."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable

import pytest

from station.__main__ import _COMMANDS, _GROUPS
from tests.commands.premises import ROOT, Told, station

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
    heavy = ("sqlalchemy", "cryptography", "pydantic", "cv2", "onnxruntime", "paho", "pymodbus", "rich")
    script = f"import sys, station.__main__ as m; m.run(['--help']); print(*sorted(set({heavy!r}) & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=os.environ | {"LANG": "C"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert run.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize("name", [*_COMMANDS, *_GROUPS])
def test_every_command_has_help_and_says_its_exit_codes(name: str, command: Callable[..., Told]) -> None:
    told = command(name, "--help")
    assert told.status == 0
    assert "\x1b" not in told.out and "─" not in told.out, "plain where nobody sees colours"
    if name in _COMMANDS:
        assert "--json" in told.out and "78 wrong settings" in " ".join(told.out.split())


def test_help_is_in_the_persons_language() -> None:
    told = " ".join(station("--help", language="vi_VN.UTF-8").stdout.split())
    assert "Mã thoát" in told and "78 cấu hình sai" in told and "Kể lại một lượt xe" in told


def test_a_wrong_command_line_is_2(command: Callable[..., Told]) -> None:
    for arguments in (["lend"], ["lane"], ["events", "--settings"], ["act", "open", "--settings", "x"]):
        assert command(*arguments).status == 2
