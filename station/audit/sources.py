"""What an auditor may name: a journal (file or data folder), an export, or the URL of a centre's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station.audit.book import Book, Unreadable
from station.audit.export import exported_book, is_export
from station.audit.tables import centre_books, journal_book


@contextmanager
def open_books(source: str, station: str = "", lane: str = "") -> Iterator[list[Book]]:
    """The books of a source; of a centre those of `station` and `lane`, if named. Raises Unreadable, OSError."""
    if "://" in source:
        with centre_books(source) as books:
            yield [book for book in books if station in ("", book.station) and lane in ("", book.lane)]
        return
    path = Path(source)
    file = path / "journal.db" if path.is_dir() else path
    if not file.is_file():
        raise Unreadable("file", 0, f"there is no file {file}")
    if is_export(file):
        yield [exported_book(file)]
    else:
        with journal_book(file) as book:
            yield [book]
