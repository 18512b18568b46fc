"""A process that books declarations and seals texts, and says what is kept: `python -m tests.powercut.ledger_writer`.

Arguments: folder, how many of each. A booking is kept by ledger.db, a sealed text by personal.db.
"""

import os
import sys
from pathlib import Path

from station.journal.folder import make_folder
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    make_folder(folder)
    with Ledger(folder / "ledger.db") as ledger, PersonalData(folder / "personal.db") as personal:
        for number in range(count):
            assert ledger.spend(f"D{number}", f"C{number}").accepted
            say(f"spent D{number} C{number}")
            sealed = personal.seal(f"text {number}")
            say(f"sealed {sealed.reference} {sealed.hmac} text {number}")


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main()
