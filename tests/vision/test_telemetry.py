"""The reader's library must tell nobody that it runs, and leave nothing in the home folder."""

import os
import subprocess
import sys
from pathlib import Path

_READ = """
import os
from pathlib import Path
from station.vision.plate_reader import open_plate_reader
open_plate_reader(Path("models/manifest.toml"))
print([os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{n}")])
"""


def test_loading_the_reader_writes_nothing_to_the_home_folder(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    env = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", _READ],
        cwd=root,
        env={**env, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert list(tmp_path.rglob("*")) == []
    assert "onnxruntime.db" not in done.stdout
