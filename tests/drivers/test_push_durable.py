"""What a killed worker left behind is made durable before anybody is thanked for it: no later power cut may take it."""

import subprocess
import sys
from pathlib import Path

from drivers.camera.picture_store import PictureStore
from drivers.camera.push_memory import PushMemory
from drivers.contract.quantities import Permille, Tick
from drivers.contract.readings import PlateSeen
from tests.support import needs

JPEG = b"jpeg" * 1000


def synced(folder: Path, script: str) -> list[str]:
    """The paths that a process of its own syncs while it runs `script` on `evidence`, in order."""
    log = folder / "calls"
    head = (
        "import sys; from pathlib import Path; from drivers.camera.picture_store import PictureStore;"
        "from drivers.camera.push_memory import PushMemory; evidence = Path(sys.argv[1]);"
    )
    command = [str(needs("strace")), "-y", "-o", str(log), "-e", "trace=fsync"]
    command += [sys.executable, "-c", head + script, str(folder / "evidence")]
    subprocess.run(command, check=True, timeout=30, cwd=Path(__file__).parents[2])
    lines = [line for line in log.read_text().splitlines() if line.startswith("fsync(")]
    return [line.partition("<")[2].partition(">")[0] for line in lines]


def test_a_picture_that_is_there_already_may_have_a_name_that_is_not_durable(tmp_path: Path) -> None:
    stored = PictureStore(tmp_path / "evidence").keep(JPEG)
    assert str(stored.path.parent) in synced(tmp_path, f"PictureStore(evidence).keep({JPEG!r})")


def test_sightings_that_are_read_again_are_durable_before_they_are_known(tmp_path: Path) -> None:
    memory = PushMemory(tmp_path / "evidence", "plates")
    memory.load(Tick(1))
    memory.keep(PlateSeen("e1", "12C04567", Permille(970), "forward", "", ()), Tick(2))
    pushed = tmp_path / "evidence" / "pushed"
    paths = synced(tmp_path, "PushMemory(evidence, 'plates').load(5)")
    assert str(pushed / "plates.jsonl") in paths
    assert str(pushed) in paths
