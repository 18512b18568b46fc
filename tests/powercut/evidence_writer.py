"""A process that takes evidence files in as the centre does: `python -m tests.powercut.evidence_writer FOLDER COUNT`.

It says what it answers. A third of the files comes in several chunks. With `killed` behind it begins with what one who
was killed has left in memory only. A mutant is named behind: `early` answers before it writes, `unsynced` never syncs a
file, `nameless` no folder, `trusting` nothing that it finds.
"""

import base64
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from drivers.contract.plain import encode
from station.centre import evidence_folder
from station.centre.evidence_folder import EvidenceFolder
from station.centre.evidence_taking import EvidenceTaking
from station.centre.store import CentreStore
from station.conform.chain import Content, Link
from station.journal.folder import sync_folder
from station.messages.evidence_files import FileChunk
from station.messages.receipts import FileReceipt
from tests.courier.pictured import identified, sha256

LANE = ("VNHUN1", "L1")
CHUNK = 3_000


def content(number: int) -> bytes:
    """The bytes of a file."""
    return random.Random(number).randbytes((700, 3_000, 10_000)[number % 3])


stored: dict[str, int] = {}
"""What was answered."""


def main(root: Path, count: int, options: Sequence[str]) -> None:
    for mutant in options:
        harm(mutant)
    store = CentreStore(f"sqlite:///{root / 'centre.db'}")
    files = [content(number) for number in range(count)]
    record = encode(identified([sha256(data) for data in files]))
    store.store(*LANE, Link(*LANE).chain([Content("crossing.identified", record)]), 1)
    taking = EvidenceTaking(store, str(root / "evidence"), 0, lambda: 1, answer, lambda *_: None)
    if "killed" in options:
        for number, data in sorted(enumerate(files), key=lambda one: -(one[0] % 3)):
            leave(root / "evidence", number, data)
    for data in files:
        send(taking, data, len(data), b"")  # how far are you?
        while (offset := stored[sha256(data)]) < len(data):
            send(taking, data, offset, data[offset : offset + CHUNK])
    store.close()


def leave(folder: Path, number: int, data: bytes) -> None:
    """A part, or all of it without its name: not synced. Or a file with its name, which is not, and without a row."""
    parts, named = folder / "parts" / LANE[0] / LANE[1], folder / sha256(data)[:2]
    path = folder / "elsewhere" / sha256(data) if number % 3 == 2 else parts / sha256(data)
    for made in (parts.parent, parts, path.parent):
        made.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.write(data[: len(data) // 2] if number % 3 == 0 else data)
        file.flush()
        if number % 3 == 2:
            os.fsync(file.fileno())
            sync_folder(path.parent)
    named.mkdir(exist_ok=True)
    if number % 3 == 2:
        path.rename(named / f"{sha256(data)}.jpg")


def send(taking: EvidenceTaking, data: bytes, offset: int, part: bytes) -> None:
    encoded = base64.b64encode(part).decode()
    taking.add(LANE, encode(FileChunk(*LANE, 1, 1, "", sha256(data), ".jpg", len(data), offset, encoded)))
    taking.turn()


def answer(_: tuple[str, str], receipt: FileReceipt) -> None:
    """To the lane: from here on it may rely on it."""
    assert not receipt.reason, receipt
    stored[receipt.sha256] = receipt.stored
    say(f"stored {receipt.sha256} {receipt.stored} {receipt.total}")


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def harm(mutant: str) -> None:
    """Break one promise, in this process."""
    if mutant == "early":
        put = EvidenceFolder.put

        def early(self: EvidenceFolder, *rest: Any) -> int:  # noqa: ANN401 - as in the product
            _, digest, _, total, offset, data = rest
            say(f"stored {digest} {offset + len(data)} {total}")
            return put(self, *rest)

        mock.patch.object(EvidenceFolder, "put", early).start()
    elif mutant == "unsynced":
        mock.patch.object(evidence_folder, "_sync_file").start()
    elif mutant == "nameless":
        mock.patch.object(evidence_folder, "sync_folder").start()
    elif mutant == "trusting":
        mock.patch.object(EvidenceFolder, "_make_sure").start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
