"""The judge over two books: whole ones are clean, and each way of spoiling them shows in its column."""

from dataclasses import replace

import pytest

from tests.rig.books import Books, Row, judge

_NEWEST = (1, 6)


def _book() -> list[Row]:
    hashes = [bytes([seq]) * 32 for seq in range(7)]
    return [Row((1, seq), (seq, b"body"), hashes[seq], hashes[seq - 1]) for seq in range(1, 7)]


def _books(centre: list[Row], *, aside: int = 0, alarms: frozenset[str] = frozenset()) -> Books:
    return Books(_book(), centre, aside, 0, alarms)


def test_two_equal_books_are_clean() -> None:
    assert judge(_books(_book()), _NEWEST, ahead=0).is_clean


def _without(seq: int) -> list[Row]:
    return [row for row in _book() if row.key[1] != seq]


_SPOILED: dict[str, tuple[Books, tuple[int, int], int, set[str]]] = {
    "one is missing": (_books(_without(3)), _NEWEST, 0, {"lost", "undetected", "out_of_order"}),
    "one is missing and known": (
        _books(_without(3), alarms=frozenset({"hole"})),
        _NEWEST,
        0,
        {"lost", "out_of_order"},
    ),
    "the last is missing": (_books(_without(6)), _NEWEST, 0, {"lost", "undetected"}),
    "acknowledged and in neither book": (_books(_book()), (1, 7), 0, {"lost", "undetected"}),
    "one is another": (
        _books([replace(row, content=(0, b"else")) if row.key[1] == 4 else row for row in _book()]),
        _NEWEST,
        0,
        {"undetected"},
    ),
    "one is there twice": (_books([*_book(), _book()[-1]]), _NEWEST, 0, {"doubled", "out_of_order"}),
    "two have changed places": (
        _books([*_book()[:2], _book()[3], _book()[2], *_book()[4:]]),
        _NEWEST,
        0,
        {"out_of_order"},
    ),
    "one was put aside": (_books(_book(), aside=1), _NEWEST, 0, {"forks"}),
    "the centre says fork": (_books(_book(), alarms=frozenset({"fork"})), _NEWEST, 0, {"forks"}),
    "a receipt was ahead": (_books(_book()), _NEWEST, 1, {"ahead"}),
}


@pytest.mark.parametrize("how", _SPOILED)
def test_what_is_spoiled_shows(how: str) -> None:
    books, newest, ahead, columns = _SPOILED[how]
    counts = judge(books, newest, ahead)
    found = {name for name in counts.__slots__ if getattr(counts, name)}
    assert found == columns
