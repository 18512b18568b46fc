"""A worker killed while its network is cut must leave nothing behind that is delivered when the network comes back.

The whole scene plays in a network namespace of its own, whose loopback is taken down and up again.
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.support import apart, needs

SCENE = Path(__file__).with_name("partition_scene.py")


def play(mutant: str) -> dict[str, int]:
    inside = [*apart("--net"), sys.executable, str(SCENE), mutant]
    root = Path(__file__).parents[2]
    done = subprocess.run(inside, cwd=root, capture_output=True, check=False, timeout=30, text=True)
    assert done.returncode == 0, done.stderr
    scene: dict[str, int] = json.loads(done.stdout)
    return scene


def test_a_killed_worker_delivers_nothing_after_the_partition() -> None:
    needs("ip")
    scene = play("")
    assert scene["requests_before"] > 0
    assert scene["requests_after"] == 0
    assert scene["motion_frames"] == 0


def test_the_mutant_without_linger_is_caught() -> None:
    needs("ip")
    assert play("no-linger")["motion_frames"] == 1
