"""Opening the journal that a bundle is made from: a lane's own, a copy of one, or one that was set aside as damaged."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station.journal.folder import DataFolder
from station.journal.reader import JournalReader
from station.journal.refusals import Unreadable


@contextmanager
def opened(journal: Path) -> Iterator[JournalReader]:
    """A reader of `journal`: a lane's data folder, or a journal file of any name with its log beside it.

    The lane may run. A file, or a folder that cannot be written, is copied first (below TMPDIR): SQLite would put its
    files beside it. Raises Unreadable, as the reader does, naming the journal that was asked for.
    """
    file = DataFolder(journal).journal if journal.is_dir() else journal
    if not file.exists():
        raise Unreadable("missing", file, "there is no journal")
    if journal.is_dir() and (_log(file).exists() or os.access(journal, os.W_OK)):
        with JournalReader(journal) as reader:
            yield reader
        return
    with tempfile.TemporaryDirectory(prefix="station-evidence-") as folder:
        copy = DataFolder(Path(folder)).journal
        for source, target in ((file, copy), (_log(file), _log(copy))):
            if source.exists():
                shutil.copyfile(source, target)
        with JournalReader(Path(folder)) as reader:
            try:
                yield reader
            except Unreadable as fault:
                raise Unreadable(fault.cause, file, fault.seen) from fault


def _log(file: Path) -> Path:
    return file.with_name(file.name + "-wal")
