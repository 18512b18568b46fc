"""Commands as a person types them: in a fresh clone, with an empty home and no environment of their own."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MACHINES_OWN = ("PIP_", "SSL_CERT")
"""Variables that say how this machine reaches its package index; everything else is left out."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What came of a command line."""

    status: int
    last: str
    took_s: float


def bare_environment(home: Path) -> dict[str, str]:
    """Nothing but a path, an empty home, a language and the machine's way to its package index."""
    own = {name: value for name, value in os.environ.items() if name.startswith(_MACHINES_OWN)}
    return {"PATH": _PATH, "HOME": str(home), "LANG": "C.UTF-8", **own}


def fresh_clone(folder: Path) -> Path:
    """A clone of what is committed here."""
    clone = folder / "station"
    subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "clone", "--quiet", "--no-hardlinks", f"file://{ROOT}", str(clone)],
        check=True,
    )
    return clone


def type_command(line: str, where: Path, environment: dict[str, str], log: Path, patience_s: float) -> Typed:
    """Run one line in a shell of its own; its whole output goes to `log`."""
    began = time.monotonic()
    with log.open("wb") as file:
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=where,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            timeout=patience_s,
            check=False,
        )
    said = [text for text in log.read_text(encoding="utf-8", errors="replace").splitlines() if text.strip()]
    return Typed(done.returncode, said[-1].strip("= ") if said else "", time.monotonic() - began)
