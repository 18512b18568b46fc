"""A process that uses courier.db as the courier does and says what is kept: `python -m tests.powercut.courier_writer`.

Arguments: folder, rounds. Each round moves the cursor, receives and applies a suspension, receives and applies a list
that is too large for a row. The mutant `nameless` never syncs the spool's folder.
"""

import hashlib
import os
import random
import sys
from pathlib import Path
from unittest import mock

from station.courier.store import CourierStore, Cursor
from station.messages.downlinks import EligibleList, Suspension

_LARGE = 66_000
_FAR_MS = 4_000_000_000_000


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    if "nameless" in sys.argv[3:]:
        mock.patch("station.courier.store.os.open", side_effect=_no_folder).start()
    store = CourierStore(folder)
    for number in range(1, rounds + 1):
        store.move_cursor(Cursor(1, number, hashlib.sha256(str(number).encode()).digest()))
        say(f"cursor {number}")
        row = store.receive("suspension", payload(number, 200), number)
        say(f"received {row.id} {hashlib.sha256(row.payload).hexdigest()}")
        store.apply_suspension(row, Suspension("VN-HN", f"D{number}", False, number, 1, _FAR_MS))
        say(f"suspension {number}")
        row = store.receive("list", payload(number, _LARGE), number)
        say(f"received {row.id} {hashlib.sha256(row.payload).hexdigest()}")
        store.apply_list(row, EligibleList("VN-HN", "15BB", number, 1, _FAR_MS, ()))
        say(f"list {number}")
    store.close()


def payload(number: int, size: int) -> bytes:
    """Bytes that differ from round to round."""
    return random.Random(number).randbytes(size)


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


_open = os.open


def _no_folder(path: str | Path, flags: int, *rest: int) -> int:
    """What is opened to be synced is another folder."""
    return _open("/" if flags & os.O_DIRECTORY else path, flags, *rest)


if __name__ == "__main__":
    main()
