"""The re-check at the instant of release, against the real list and the real ledger."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from drivers.contract.quantities import Tick
from station.core.effects import LookUp, Spend
from station.core.facts import EligibleEntry, LookedUp, Spent
from station.courier.eligible import EligibleTable
from station.courier.store import CourierStore
from station.hosting.inline_host import InlineHost
from station.journal.ledger import Ledger
from station.journal.personal import PersonalData
from station.lane.perform import Performer
from station.lane.personal_keeping import PersonalKeeping
from station.messages.downlinks import EligibleList
from tests.core.world import DECLARATION, ENTRY

FAR_MS = 4_000_000_000_000


def publish(folder: Path, number: int, *entries: EligibleEntry) -> None:
    store = CourierStore(folder)
    store.apply_list(store.receive("list", b"{}", 1), EligibleList("VN-HN", "15BB", number, 1, FAR_MS, entries))
    store.close()


@pytest.fixture
def performer(tmp_path: Path) -> Iterator[Performer]:
    publish(tmp_path, 1, ENTRY)
    table, ledger = EligibleTable(tmp_path), Ledger(tmp_path / "ledger.db")
    host = InlineHost(lambda _: pytest.fail("no device here"), lambda: Tick(5))
    with PersonalData(tmp_path / "personal.db") as personal:
        yield Performer(host, table, ledger, PersonalKeeping(personal, 1), lambda: Tick(5))
    table.close()
    ledger.close()


def spend(performer: Performer, crossing: str, *, overridden: bool = False) -> tuple[bool, str]:
    [spent] = performer.perform([Spend("b1", DECLARATION, crossing, "", overridden, ENTRY)])
    assert isinstance(spent, Spent)
    return spent.accepted, spent.reason


def test_an_entry_that_changed_after_the_decision_is_not_released_on(performer: Performer, tmp_path: Path) -> None:
    publish(tmp_path, 2, replace(ENTRY, plate="29H99999"))
    assert spend(performer, "C1") == (False, "ENTRY_CHANGED")
    assert spend(performer, "C1", overridden=True) == (True, "")


def test_a_newer_list_that_says_the_same_changes_nothing(performer: Performer, tmp_path: Path) -> None:
    publish(tmp_path, 2, ENTRY)
    assert spend(performer, "C1") == (True, "")
    assert spend(performer, "C2") == (False, "ALREADY_SPENT")


def test_an_entry_that_is_gone_is_not_eligible(performer: Performer, tmp_path: Path) -> None:
    publish(tmp_path, 2)
    assert spend(performer, "C1") == (False, "NOT_ELIGIBLE")


def look_up(performer: Performer) -> LookedUp:
    [found] = performer.perform([LookUp("q1", DECLARATION)])
    assert isinstance(found, LookedUp)
    return found


def test_what_cannot_be_read_is_told_as_such(performer: Performer, tmp_path: Path) -> None:
    assert (look_up(performer).entry, look_up(performer).fault) == (ENTRY, "")
    with closing(dbapi2.connect(str(tmp_path / "ledger.db"), isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        assert look_up(performer).fault == "LEDGER_UNAVAILABLE"
        assert spend(performer, "C1") == (False, "LEDGER_UNAVAILABLE")
    (tmp_path / "courier.db").rename(tmp_path / "away.db")
    (tmp_path / "courier.db").write_bytes(b"this is no database" * 500)
    assert look_up(performer).fault == "LIST_UNAVAILABLE"
    assert spend(performer, "C1") == (False, "LIST_UNAVAILABLE")
