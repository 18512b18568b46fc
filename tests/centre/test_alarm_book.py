"""A flood of the same alarm is one row of one transaction, and what cannot be written waits."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from station.centre import queries
from station.centre.alarm_book import MOST_WAITING, AlarmBook
from station.centre.store import CentreStore
from tests.centre.databases import fresh_url, opened
from tests.messages.chains import LANE, STATION

HERE = (STATION, LANE)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CentreStore]:
    yield from opened(fresh_url("", tmp_path))


def told(store: CentreStore) -> list[tuple[str, str, str, int]]:
    return sorted((alarm.lane, alarm.code, alarm.detail, alarm.times) for alarm in queries.alarms(store))


def test_a_thousand_of_one_kind_are_counted_in_one_transaction(store: CentreStore) -> None:
    commits: list[object] = []
    event.listen(store.engine, "commit", commits.append)
    book = AlarmBook(store, lambda: 1)
    for number in range(1_000):
        book.add(HERE, "malformed", f"message {number}")
    book.add((STATION, "L2"), "malformed", "once")
    book.write()
    book.write()
    assert len(commits) == 1
    assert told(store) == [(LANE, "malformed", "message 999", 1_000), ("L2", "malformed", "once", 1)]


def test_what_cannot_be_written_waits_and_is_bounded(
    store: CentreStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "station.centre")
    book = AlarmBook(store, lambda: 1)
    with monkeypatch.context() as away:

        def refuse(*_: object) -> None:
            raise OperationalError("", None, Exception("away"))

        away.setattr(store, "count_alarms", refuse)
        for number in range(MOST_WAITING + 5):
            book.add(HERE, f"code-{number:03}", "")
        with pytest.raises(OperationalError):
            book.write()
    book.add(HERE, "code-000", "again")
    book.write()
    assert len(told(store)) == MOST_WAITING and told(store)[0] == (LANE, "code-000", "again", 2)
    assert [record.message for record in caplog.records] == [
        f"{MOST_WAITING} alarms wait for the database; others are not kept: code-{MOST_WAITING} of {HERE}"
    ]
