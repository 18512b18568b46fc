"""A push driver in a process of its own: prints each reading as a line of JSON as soon as it is told; ends when its
standard input does.

usage: python -m tests.system.push_worker PORT EVIDENCE AUTH PASSWORD_FILE     ("none" and "" for an open door)
"""

import select
import sys
from pathlib import Path

from drivers.camera.hikvision_push import HikvisionPushDriver, HikvisionPushSettings
from drivers.contract import plain
from drivers.contract.clock import now
from drivers.contract.quantities import Millis
from drivers.contract.tools import Tools

HOST = "127.0.0.1"


def main(port: int, evidence: Path, auth: str, password_file: str) -> None:
    user = "gate" if password_file else ""
    settings = HikvisionPushSettings("hikvision-push", HOST, (HOST,), port, auth, user, password_file)  # type: ignore[arg-type]
    driver = HikvisionPushDriver("plates", settings, Tools(now, evidence))
    driver.open()
    print("open", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        for reading in driver.poll(Millis(50)):
            print(plain.encode(reading).decode(), flush=True)
    driver.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
