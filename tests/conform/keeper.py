"""Keeps a program running as systemd does: `python -m tests.conform.keeper PID_FILE PROGRAM ...`; SIGTERM ends both"""

import signal
import subprocess
import sys
from pathlib import Path


def main(pid_file: Path, program: list[str]) -> None:
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        child.terminate()

    while not stopping:
        child = subprocess.Popen(program)
        signal.signal(signal.SIGTERM, stop)
        pid_file.write_text(str(child.pid))
        child.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
