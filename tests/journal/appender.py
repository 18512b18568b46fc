"""A process that appends turns until it is ended, and says each that is stored: `python -m tests.journal.appender`.

Arguments: folder, how many turns at most, and options: `mark` writes a line to stderr around each append (for a
trace), `careless` opens the log with synchronous=NORMAL (the mutant that a proof must catch), `fill` ends at the
first refusal, says it and tries again after a line has come on stdin, `limit=N` bounds the size of each file.
"""

import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from station.journal.refusals import JournalUnwritable
from station.journal.store import Journal
from tests.audit.sealed import SIGNER
from tests.journal.made import append_turn


def main() -> None:
    folder, most, options = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    with Journal.open(folder, signer=SIGNER) as journal:
        if "careless" in options:
            driver: Any = journal._connection.connection.driver_connection
            driver.execute("PRAGMA synchronous=NORMAL")
        for option in options:
            if option.startswith("limit="):
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                bound = int(option.removeprefix("limit="))
                resource.setrlimit(resource.RLIMIT_FSIZE, (bound, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        for number in range(most):
            if "mark" in options:
                os.write(2, f"before {number}\n".encode())
            try:
                stored = append_turn(journal, 10 * (number + 1))
            except JournalUnwritable as refused:
                say(f"refused {refused.cause}")
                sys.stdin.readline()
                stored = append_turn(journal, 10 * (number + 1))
                most = number
            if "mark" in options:
                os.write(2, f"after {number}\n".encode())
            say(f"stored {stored.last_seq}")
            if most == number:
                break


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main()
