"""The same audit over a centre on both databases and over an export; what is cut off shows against another source."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from station.audit.book import Unreadable
from station.audit.export import exported_book, write_export
from station.audit.sources import open_books
from station.audit.tables import centre_books, journal_book
from station.audit.walk import Auditor
from station.centre.store import CentreStore
from tests.audit.gate_book import GateBook
from tests.centre.databases import BOTH, fresh_url, opened
from tests.messages.chains import chain


@pytest.fixture(params=BOTH, scope="module")
def server_url(request: pytest.FixtureRequest) -> str:
    """Of a wider scope than the guard against leaks: the server outlives the test."""
    return request.getfixturevalue("postgres").url if request.param == "postgresql" else ""


@pytest.fixture
def store(server_url: str, tmp_path: Path) -> Iterator[CentreStore]:
    yield from opened(fresh_url(server_url, tmp_path))


def url_of(store: CentreStore) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def found_in(store: CentreStore) -> list[str]:
    with centre_books(url_of(store)) as books:
        return [str(finding) for book in books for finding in Auditor(book, {}, {}).findings()]


def fill(store: CentreStore) -> None:
    """Twenty records, of which the lane lost the last five; it goes on behind the fifteenth in a second epoch."""
    first = chain(20)
    store.store("VNHUN1", "L1", first, 1)
    second = chain(10, first=21, previous=first[14].hash, epoch=2)
    store.store("VNHUN1", "L1", second, 2)


def test_a_centres_lane_is_whole_over_its_epochs(store: CentreStore) -> None:
    fill(store)
    waiting = chain(10, first=21, previous=chain(20)[14].hash, epoch=2)[-1]
    store.store("VNHUN1", "L1", chain(3, first=32, previous=waiting.hash, epoch=2), 3)  # behind a hole: not yet there
    assert found_in(store) == []
    with centre_books(url_of(store)) as (book,):
        auditor = Auditor(book, {}, {})
        list(auditor.findings())
    assert (auditor.walked.records, auditor.walked.last) == (30, (2, 30))


def test_a_centre_from_before_there_were_checkpoints_is_read_and_has_none(store: CentreStore) -> None:
    fill(store)
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE checkpoint"))
    assert found_in(store) == []
    with centre_books(url_of(store)) as (book,):
        assert (book.has_checkpoints, book.checkpoints) == (False, ())
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE record SET utc_ms = utc_ms + 1 WHERE seq = 7"))
    assert found_in(store)[0].startswith("record 7: hash"), "its chain is audited all the same"


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("UPDATE record SET utc_ms = utc_ms + 1 WHERE seq = 7", "record 7: hash"),
        ("DELETE FROM record WHERE seq = 7", "record 7: gap"),
        ("DELETE FROM record WHERE seq = 1", "record 1: gap"),
        ("DELETE FROM record WHERE seq = 30", "record 30: truncated"),
        ("DELETE FROM record WHERE seq = 21", "record 21: gap"),
    ],
)
def test_a_change_at_the_centre_is_named(store: CentreStore, change: str, name: str) -> None:
    fill(store)
    with store.engine.begin() as connection:
        assert connection.execute(text(change)).rowcount == 1
    assert found_in(store)[0].startswith(name)


def test_an_epoch_that_follows_nothing_held_is_named(store: CentreStore) -> None:
    first = chain(20)
    store.store("VNHUN1", "L1", [*first, *chain(3, first=21, previous=b"\7" * 32, epoch=2)], 1)
    assert found_in(store)[0].startswith("record 21: epoch")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> GateBook:
    with GateBook(tmp_path_factory.mktemp("gate")) as book:
        book.cross(6)
    return book


def sources(made: GateBook) -> tuple[str, str]:
    return str(made.lane), made.database


@pytest.mark.parametrize("which", [0, 1])
def test_an_export_says_what_its_source_says(made: GateBook, tmp_path: Path, which: int) -> None:
    file = tmp_path / "lane.jsonl"
    with open_books(sources(made)[which]) as (book,):
        ours = Auditor(book, *made.keys)
        assert list(ours.findings()) == []
        counts = write_export(book, file)
    theirs = Auditor(exported_book(file), *made.keys)
    assert list(theirs.findings()) == []
    assert theirs.walked == ours.walked
    assert counts["record"] == ours.walked.records == 30
    assert json.loads(file.read_text().splitlines()[0])["head"]["form"] == "border-gate-audit/1"


def test_a_damaged_export_is_named_by_line(made: GateBook, tmp_path: Path) -> None:
    file = tmp_path / "lane.jsonl"
    with open_books(str(made.lane)) as (book,):
        write_export(book, file)
    lines = file.read_text().splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith('{"record"'))
    for damaged, what in (
        (lines[:-1], "its end counts None"),
        ([*lines[:at], *lines[at + 1 :]], "its end counts"),
        ([*lines[:at], lines[at][:-5], *lines[at + 1 :]], f"file {at + 1}: no line of an export"),
        ([*lines, lines[at]], "where none may be"),
        ([*lines[:at], lines[at].replace('"tick":', '"tack":'), *lines[at + 1 :]], f"file {at + 1}: record: 'tick'"),
    ):
        file.write_text("\n".join(damaged) + "\n")
        with pytest.raises(Unreadable, match=what):
            list(exported_book(file).records(0, 0))
    lines[at] = lines[at].replace('"tick":', '"tick":1')
    file.write_text("\n".join(lines) + "\n")
    assert next(Auditor(exported_book(file), {}, {}).findings()).cause == "hash"


def test_a_lane_that_was_cut_off_shows_against_the_centre(made: GateBook, tmp_path: Path) -> None:
    """Records, facts and checkpoints are gone together: the file by itself is whole."""
    lane = tmp_path / "journal.db"
    lane.write_bytes((made.lane / "journal.db").read_bytes())
    with closing(sqlite3.connect(lane)) as connection, connection:
        (cut,) = connection.execute("SELECT facts_to FROM record WHERE seq = 10").fetchone()
        connection.execute("DELETE FROM record WHERE seq > 10")
        connection.execute("DELETE FROM checkpoint WHERE seq > 10")
        connection.execute("DELETE FROM fact WHERE fseq > ?", (cut,))
    with centre_books(made.database) as (centre,):
        words = centre.checkpoints
    with journal_book(lane) as book:
        assert list(Auditor(book, *made.keys).findings()) == []
        found = list(Auditor(book, *made.keys, words).findings())
    assert found and {finding.cause for finding in found} == {"truncated"}


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("nothing of ours, but long enough")
    for source in (str(tmp_path / "absent"), str(tmp_path / "text"), f"sqlite:///{tmp_path}/absent.db"):
        with pytest.raises(Unreadable), open_books(source):
            pass
