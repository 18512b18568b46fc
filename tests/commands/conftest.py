"""A lane's premises for every test of the commands."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from station.__main__ import run
from station.simulate.demo_keys import make_demo_keys
from station.words.language import Language
from tests.commands.premises import PASSWORD, STATION, Premises, Told, premises


@pytest.fixture(scope="session")
def demo_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: sealing is slow on purpose."""
    folder = tmp_path_factory.mktemp("demo") / "keys"
    make_demo_keys(folder, STATION, PASSWORD, time.time_ns() // 1_000_000)
    return folder


@pytest.fixture
def place(tmp_path: Path, demo_keys: Path) -> Premises:
    return premises(tmp_path, demo_keys)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """Run a command line in this process: `command("check", FILE, language="vi")`."""

    def called(*arguments: object, language: Language = "en") -> Told:
        monkeypatch.setattr("station.words.language.language", lambda: language)
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        return Told(status, *capsys.readouterr())

    return called
