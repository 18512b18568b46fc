import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from station.centre.publisher import (
    Holds,
    ListFaulty,
    lacking,
    newest_numbers,
    publish_list,
    publish_suspension,
    read_entries,
)
from station.centre.store import CentreStore
from station.messages.downlinks import EligibleList, Suspension
from tests.centre.databases import opened
from tests.courier.bench import STATION, entry


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CentreStore]:
    yield from opened(f"sqlite:///{tmp_path}/centre.db")


def test_a_lane_lacks_newer_suspensions_in_order_and_only_the_newest_list(store: CentreStore) -> None:
    for number in (1, 2):
        publish_list(store, STATION, "15BB", [entry(f"D{number}")], 1)
    for declaration in ("A", "B", "C"):
        publish_suspension(store, STATION, declaration, 1)
    publish_list(store, "OTHER", "15BB", [], 1)
    assert newest_numbers(store) == {(STATION, "list"): 2, (STATION, "suspension"): 3, ("OTHER", "list"): 1}
    assert [kept.thing for kept in lacking(store, STATION, Holds(0, 1))] == [
        Suspension(STATION, "B", False, 2, 1, 0),
        Suspension(STATION, "C", False, 3, 1, 0),
        EligibleList(STATION, "15BB", 2, 1, 0, (entry("D2"),)),
    ]
    assert lacking(store, STATION, Holds(2, 3)) == []


def test_entries_from_json_and_from_csv_are_the_same() -> None:
    rows = [asdict(entry("D1")), asdict(entry("D2", goods=7))]
    as_json = json.dumps(rows).encode()
    lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
    as_csv = ("\ufeff" + "\r\n".join(lines)).encode()
    assert read_entries(as_json, "list.json") == read_entries(as_csv, "list.csv") == (entry("D1"), entry("D2", goods=7))


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"{", "list.json", "list.json: not JSON"),
        (b"{}", "list.json", "expected an array"),
        (b'["x"]', "list.json", "entry 1"),
        (b"[" * 9000, "list.json", "not JSON"),
        (b"declaration,goods\nD1,12x\n", "list.csv", "entry 1"),
        (b"\xff\xfe", "list.csv", "list.csv"),
        (json.dumps([{**asdict(entry("D1")), "channel": "blue"}]).encode(), "l.json", "entry 1: EligibleEntry.channel"),
        (json.dumps([asdict(entry("D1"))] * 2).encode(), "l.json", "declaration D1 stands twice"),
    ],
)
def test_a_faulty_list_is_refused_naming_the_place(data: bytes, name: str, says: str) -> None:
    with pytest.raises(ListFaulty) as refused:
        read_entries(data, name)
    assert says in str(refused.value)
