"""A lane that books declarations as fast as it can: `python -m tests.journal.spender LEDGER CROSSING COUNT`.

Waits for a line on stdin, so that several begin together; says how many it got.
"""

import os
import sys
from pathlib import Path

from station.journal.ledger import Ledger


def main() -> None:
    path, crossing, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with Ledger(path) as ledger:
        os.write(1, b"ready\n")
        sys.stdin.readline()
        won = sum(ledger.spend(f"D{number}", crossing).accepted for number in range(count))
    os.write(1, f"{won}\n".encode())


if __name__ == "__main__":
    main()
