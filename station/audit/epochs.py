"""Where epochs begin, and behind which hash: a journal says so in a table, at the centre the records themselves do."""

from station.audit.book import FIRST, Book, Epoch, Record, Start


class JournalEpochs:
    """One row after another: each epoch follows the last record of the file, with a gap in the numbers or none."""

    def __init__(self, book: Book, start: Start) -> None:
        self._bases = {epoch.base_seq: epoch for epoch in book.epochs}

    def begun_by(self, row: Record) -> Epoch | None:
        """The epoch whose first record this is."""
        return self._bases.get(row.seq)

    def follows(self, begun: Epoch, previous: bytes) -> bool:
        """Whether the hash that the epoch names is the one that stands before it."""
        return begun.parent == previous

    def holds(self, row: Record) -> bool:
        """Whether the row stands in the epoch that its number says."""
        return row.epoch == max((e.number for e in self._bases.values() if e.base_seq <= row.seq), default=0)

    def passed(self, row: Record) -> None:
        """The walk has gone over this row."""


class CentreEpochs:
    """A lane that lost records goes on behind the last one it still has, which the centre may have more of: then both
    runs stay, and the new one has to follow some record of the lane that the centre holds.
    """

    def __init__(self, book: Book, start: Start) -> None:
        self._bases = {(epoch.number, epoch.base_seq): epoch for epoch in book.epochs}
        self._parents = {epoch.parent for epoch in book.epochs}
        self._seen = {FIRST, start.hash}

    def begun_by(self, row: Record) -> Epoch | None:
        """The epoch whose first record this is."""
        return self._bases.get((row.epoch, row.seq))

    def follows(self, begun: Epoch, previous: bytes) -> bool:
        """Whether the record that the epoch names is held here."""
        return begun.parent == previous or begun.parent in self._seen

    def holds(self, row: Record) -> bool:
        """The records alone say where they stand."""
        return True

    def passed(self, row: Record) -> None:
        """The walk has gone over this row."""
        if row.hash in self._parents:
            self._seen.add(row.hash)
