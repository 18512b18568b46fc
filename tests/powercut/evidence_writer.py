"""A process that takes evidence files in as the centre does: `python -m tests.powercut.evidence_writer FOLDER COUNT`.

It says what it answers. A third of the files comes in several chunks. A mutant is named behind: `early` answers before
it writes, `unsynced` never syncs a file, `nameless` no folder.
"""

import base64
import os
import random
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from drivers.contract.plain import encode
from station.centre import evidence_folder
from station.centre.evidence_folder import EvidenceFolder
from station.centre.evidence_taking import EvidenceTaking
from station.centre.store import CentreStore
from station.conform.chain import Content, Link
from station.messages.evidence_files import FileChunk
from station.messages.receipts import FileReceipt
from tests.courier.pictured import identified, sha256

LANE = ("VNHUN1", "L1")
CHUNK = 3_000


def content(number: int) -> bytes:
    """The bytes of a file."""
    return random.Random(number).randbytes((700, 3_000, 10_000)[number % 3])


def main(root: Path, count: int, mutant: str) -> None:
    harm(mutant)
    store = CentreStore(f"sqlite:///{root / 'centre.db'}")
    files = [content(number) for number in range(count)]
    record = encode(identified([sha256(data) for data in files]))
    store.store(*LANE, Link(*LANE).chain([Content("crossing.identified", record)]), 1)
    taking = EvidenceTaking(store, str(root / "evidence"), 0, lambda: 1, answer, lambda *_: None)
    for data in files:
        for offset in range(0, len(data), CHUNK):
            part = base64.b64encode(data[offset : offset + CHUNK]).decode()
            chunk = FileChunk(*LANE, 1, 1, "", sha256(data), ".jpg", len(data), offset, part)
            taking.add(LANE, encode(chunk))
            taking.turn()
    store.close()


def answer(_: tuple[str, str], receipt: FileReceipt) -> None:
    """To the lane: from here on it may rely on it."""
    assert not receipt.reason, receipt
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
        mock.patch.object(evidence_folder, "_write_at", os.pwrite).start()
    elif mutant == "nameless":
        mock.patch.object(evidence_folder, "sync_folder").start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), " ".join(sys.argv[3:]))
