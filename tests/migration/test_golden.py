"""What past releases left: expanded without a row changed, worked with by this release, and by them afterwards."""

import json
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from station.audit.sources import open_books
from station.centre.store import CentreStore
from station.courier.store import CourierStore
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData, SealedText
from station.journal.store import Journal
from station.messages.envelope import NO_HASH
from station.migration.databases import SqliteFile
from station.migration.upgrade import look_at, up
from tests.journal.made import append_turn
from tests.messages.chains import LANE, STATION, chain
from tests.migration.golden import GOLDEN, HISTORIES, chain_faults, databases, digest, live_again, rows, unpack

_WANTED = {"first": "2026-11-22-43939dc", "last": "2026-11-29T1731-6bb5775"}


@pytest.fixture(params=GOLDEN)
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return unpack(request.param, tmp_path)


def test_there_is_a_golden_release_of_every_shape() -> None:
    assert set(_WANTED.values()) <= set(GOLDEN)


def test_each_is_recognised_and_expanded_without_a_row_changed(data: Path) -> None:
    for database in databases(data):
        assert isinstance(database, SqliteFile)
        before, standing = rows(database.path), look_at(database)
        assert standing.state in ("behind", "unmarked"), database
        assert up(database) == standing
        after = rows(database.path)
        assert digest({name: after[name] for name in before}) == digest(before)
        assert all(after[name] == [] for name in after.keys() - before.keys())
        assert look_at(database).state == "current"
        held = database.path.read_bytes()
        assert up(database).state == "current"
        assert database.path.read_bytes() == held, "a second time writes nothing"
    assert chain_faults(str(data)) == [] == chain_faults(f"sqlite:///{data / 'centre.db'}")
    _work_as_a_lane(data)
    _work_as_a_centre(data)
    assert chain_faults(str(data)) == []


def test_each_is_audited_as_it_was_left(tmp_path: Path) -> None:
    """A file that nobody has migrated is no unreadable one; the first releases had no checkpoints."""
    has: dict[str, bool] = {}
    for name in GOLDEN:
        data = unpack(name, tmp_path)
        held = (data / "centre.db").read_bytes()
        for source in (str(data), f"sqlite:///{data / 'centre.db'}"):
            assert chain_faults(source) == [], name
            with open_books(source) as (book,):
                has[name] = has.get(name, True) and book.has_checkpoints
        assert (data / "centre.db").read_bytes() == held
    assert not has[_WANTED["first"]] and has[_WANTED["last"]]


def test_the_oldest_one_is_behind_and_the_newest_is_not(tmp_path: Path) -> None:
    states = {
        name: {d.history: look_at(d).state for d in databases(unpack(release, tmp_path))}
        for name, release in _WANTED.items()
    }
    behind = dict.fromkeys(("journal", "personal", "courier", "centre"), "behind")
    assert states == {"first": {**behind, "ledger": "unmarked"}, "last": dict.fromkeys(HISTORIES, "unmarked")}


def test_this_release_works_with_each_as_it_was_left(data: Path) -> None:
    """A lane is never stopped at a gate because nobody has run a command."""
    _work_as_a_lane(data)
    _work_as_a_centre(data)
    assert chain_faults(str(data)) == []
    assert {look_at(database).state for database in databases(data)} == {"unmarked"}, (
        "what is missing is made at opening"
    )


def _work_as_a_lane(data: Path) -> None:
    journal = Journal.open(data)
    assert journal.opening.kind == "continued" and journal.next_seq > 10
    append_turn(journal, 10**7)
    journal.close()
    kept = json.loads((data / "sealed.json").read_text())
    with PersonalData(data / "personal.db") as personal:
        assert personal.read(SealedText(kept["reference"], kept["hmac"])) == kept["text"]
        personal.seal("another", "C1.1", 1)
        assert personal.erase(kept["reference"])
        assert personal.erase_crossing("C1.1") == 1
    with Ledger(data / "ledger.db") as ledger:
        assert not ledger.spend("107900000028", "another").accepted
        assert ledger.spend("107900000036", "another").accepted
    courier = CourierStore(data)
    assert courier.cursor().seq > 10 and courier.held().list_number == 1
    assert [row.payload for row in courier.unjudged()] == [b"not judged yet"]
    courier.refuse(courier.unjudged()[0], "malformed")
    courier.close()


def _work_as_a_centre(data: Path) -> None:
    store = CentreStore(f"sqlite:///{data / 'centre.db'}")
    assert store.store(STATION, LANE, chain(3, previous=NO_HASH), 1).prefix.seq == 3
    store.close()


@pytest.mark.parametrize("name", HISTORIES)
def test_what_each_release_did_in_its_life_works_on_the_tables_of_this_one(data: Path, name: str) -> None:
    left = rows(data / f"{name}.db")
    lived = live_again(data, name)
    assert {table: lived[table] for table in left} == left


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        (
            "journal",
            "ALTER TABLE record ADD COLUMN lane TEXT NOT NULL DEFAULT ''; ALTER TABLE record DROP COLUMN quality",
        ),
        ("courier", "ALTER TABLE cursor ADD COLUMN utc_ms INTEGER"),
        ("centre", "CREATE UNIQUE INDEX once ON record (station, lane, type)"),
        ("personal", "ALTER TABLE personal RENAME COLUMN salt TO seed"),
        ("ledger", "DROP TABLE spent"),
    ],
)
def test_such_a_life_ends_early_on_tables_that_do_more_than_expand(tmp_path: Path, name: str, harm: str) -> None:
    data = unpack(_WANTED["first"], tmp_path)
    with pytest.raises(sqlite.Error):
        live_again(data, name, lambda connection: connection.executescript(harm))
