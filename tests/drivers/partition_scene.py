"""Run inside a fresh network namespace: `partition_scene.py MUTANT` prints what the module saw as JSON.

A driver process opens the module; the loopback goes down; the driver sends RaiseBoom and is killed while its bytes
are still in the kernel; the loopback comes up again.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from drivers.barrier.adam60xx import Adam6060Settings
from drivers.barrier.io_barrier import BarrierDriver
from drivers.contract.clock import now
from drivers.contract.orders import RaiseBoom
from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.links import tcp_link
from tests.drivers.adam_bench import Bench, opened

AFTERWARDS_S = 2.5  # retransmissions come 0.2, 0.4, 0.8, 1.6 s apart; the mutant's arrive within this


def loopback(state: str) -> None:
    subprocess.run(["ip", "link", "set", "lo", state], check=True)


def drive(port: int, mutant: str, speak: int, hear: int) -> None:
    """The driver process: opens, says so, waits for its cue, sends, and would wait for an answer."""
    if mutant == "no-linger":
        tcp_link._LINGER_0 = b"\0" * 8
    settings = Adam6060Settings("adam-6060", "127.0.0.1", port, slowest_answer=Millis(140))
    driver = BarrierDriver("boom", settings, Tools(now, Path("/nonexistent")))
    if mutant == "no-linger":
        driver._link._wire._deadline = Millis(60_000)  # type: ignore[attr-defined]
    opened(driver)
    os.write(speak, b"o")
    os.read(hear, 1)
    driver.obey(RaiseBoom("o", Tick(now() + 10_000)), Millis(10_000))


def main(mutant: str) -> None:
    loopback("up")
    bench = Bench(watchdog=None)
    told, speak = os.pipe()
    hear, cue = os.pipe()
    pid = os.fork()  # before the bench starts its thread
    if pid == 0:
        drive(bench.port.port, mutant, speak, hear)
        os._exit(0)
    with bench:
        assert os.read(told, 1) == b"o"
        before = bench.peer.requests
        loopback("down")
        os.write(cue, b"!")
        wait_for_unsent_bytes(bench.port.port)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        loopback("up")
        time.sleep(AFTERWARDS_S)
        seen = {
            "requests_before": before,
            "requests_after": bench.peer.requests - before,
            "motion_frames": len(bench.motion_frames()),
        }
    sys.stdout.write(json.dumps(seen))


def wait_for_unsent_bytes(port: int) -> None:
    """Until the driver's socket holds bytes that nobody has acknowledged; a failure if it never does."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _, _, remote, _, queues, *_ = line.split()
            if int(remote.split(":")[1], 16) == port and int(queues.split(":")[0], 16) > 0:
                return
        time.sleep(0.002)
    raise TimeoutError("the order never reached the kernel")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
