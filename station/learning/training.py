"""The tune itself, run as a process of its own in the training environment: torch never enters the product's."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from station.learning.refusal import LearningRefused

_NEEDED = ("torch", "onnx", "models.train.site")
_PROBE = """
import importlib.util, sys
def is_there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
print(*[name for name in sys.argv[1:] if not is_there(name)])
"""


@dataclass(frozen=True, slots=True)
class Tune:
    """What a tune is told. `models` is the folder whose Vietnamese reader is tuned; `target` must not exist."""

    collection: Path
    key: Path
    models: Path
    target: Path
    steps: int
    seed: int

    @property
    def arguments(self) -> list[str]:
        """The command line of `python -m models.train.site`."""
        named = {
            "--collection": self.collection,
            "--key": self.key,
            "--models": self.models,
            "--target": self.target,
            "--steps": self.steps,
            "--seed": self.seed,
        }
        return [word for name, value in named.items() for word in (name, str(value))]


def absent_libraries(python: Path) -> tuple[str, ...]:
    """What this Python lacks of what a tune imports; the whole of it if it does not run."""
    try:
        done = subprocess.run(
            [str(python), "-c", _PROBE, *_NEEDED], env=_environment(), capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return _NEEDED
    return tuple(done.stdout.split())


def run_tune(python: Path, tune: Tune, tell: Callable[[str], None]) -> None:
    """Run it to its end; each of its lines is told. Raises LearningRefused("no-training", "training-failed")."""
    if absent := absent_libraries(python):
        raise LearningRefused("no-training", str(python), ", ".join(absent))
    command = [str(python), "-m", "models.train.site", *tune.arguments]
    last = _follow(command, tell)
    if last is not None:
        raise LearningRefused("training-failed", "models.train.site", last)


def _follow(command: Sequence[str], tell: Callable[[str], None]) -> str | None:
    """None if it ended well; else its last line."""
    last = ""
    with subprocess.Popen(
        command,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            last = line.strip() or last
            tell(line.rstrip())
    return None if process.returncode == 0 else f"{last} (exit {process.returncode})"


def _environment() -> dict[str, str]:
    """Ours, with this package's own source first on the path: the other Python has only the libraries."""
    source = Path(str(resources.files("models"))).parent
    return {**os.environ, "PYTHONPATH": str(source)}


def usual_python() -> Path:
    """The training environment of a source tree (`scripts/train_models`), else this Python."""
    beside = Path(str(resources.files("models"))).parent / ".venv-train" / "bin" / "python"
    return beside if beside.exists() else Path(sys.executable)
