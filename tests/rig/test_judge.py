"""The judge itself: a clean story counts nothing, and each column counts its own broken promise and no other."""

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest

from tests.rig.judge import Counts, Evidence, judge
from tests.rig.witness import CentreRow, Entry, Row


def row(seq: int, kind: str, tick: int, **body: object) -> Row:
    return Row(seq, 1, kind, tick, {"crossing": "c1", **body}, bytes([seq]) * 32)


def frame(tick: int, text: str) -> Entry:
    return Entry(tick, "frame", {"text": text})


def output(tick: int, name: str, *, on: bool, held_ms: int = 0) -> Entry:
    return Entry(tick, "output", {"name": name, "on": on, "held_ms": held_ms})


JOURNAL = (
    row(1, "crossing.opened", 100),
    row(2, "crossing.released", 1_000),
    row(3, "order.issued", 1_000, order="RaiseBoom", order_id="m1", not_after=2_000),
    row(4, "order.ended", 3_000, order_id="m1"),
    row(5, "order.issued", 9_000, order="LowerBoom", order_id="m2", not_after=10_000),
    row(6, "order.ended", 11_000, order_id="m2"),
    row(7, "crossing.completed", 11_000, end="DEPARTED"),
)
YARD = (
    frame(900, "FC15 raise=0 lower=0"),
    frame(1_020, "FC16 raise pulses=1"),
    output(1_020, "raise", on=True),
    output(1_520, "raise", on=False, held_ms=500),
    output(3_010, "green", on=True),
    frame(9_020, "FC16 lower pulses=1"),
    output(9_020, "lower", on=True),
    output(9_520, "lower", on=False, held_ms=500),
)
CENTRE = tuple(CentreRow(r.epoch, r.seq, r.hash, b"") for r in JOURNAL)
CLEAN = Evidence(YARD, JOURNAL, CENTRE, 0, 7, is_over=True)


def test_a_clean_story_counts_nothing() -> None:
    assert judge(CLEAN).is_clean


def test_a_second_raise_of_one_crossing_needs_a_release_of_its_own() -> None:
    again = (
        row(8, "crossing.released", 12_000),
        row(9, "order.issued", 12_000, order="RaiseBoom", order_id="m3", not_after=13_000),
    )
    yard = (*YARD, frame(12_010, "FC16 raise pulses=1"))
    centre = (*CENTRE, *(CentreRow(r.epoch, r.seq, r.hash, b"") for r in again))
    assert judge(replace(CLEAN, journal=(*JOURNAL, *again), yard=yard, centre=centre)).is_clean
    found = judge(replace(CLEAN, journal=(*JOURNAL, again[1]), yard=yard, centre=centre))
    assert found == Counts(released_without_a_record=1)


def test_what_has_not_arrived_yet_is_lost_only_at_the_end_or_if_it_was_claimed() -> None:
    under_way = replace(CLEAN, centre=CENTRE[:4], delivered=4, is_over=False)
    assert judge(under_way).is_clean
    assert judge(replace(under_way, delivered=6)) == Counts(lost=2)
    assert judge(replace(under_way, is_over=True)) == Counts(lost=3)


@pytest.mark.parametrize(
    ("column", "broken"),
    [
        ("released_without_a_record", lambda e: replace(e, journal=JOURNAL[:1], centre=CENTRE[:1], yard=YARD[:5])),
        ("released_without_a_record", lambda e: replace(e, journal=(JOURNAL[0], *JOURNAL[2:]))),
        ("lost", lambda e: replace(e, centre=CENTRE[:-1])),
        ("lost", lambda e: replace(e, centre=(*CENTRE[:-1], replace(CENTRE[-1], hash=bytes(32))))),
        ("doubled", lambda e: replace(e, centre=(*CENTRE, replace(CENTRE[-1], hash=bytes(32))))),
        ("doubled", lambda e: replace(e, centre=(*CENTRE, replace(CENTRE[-1], seq=8)))),
        ("doubled", lambda e: replace(e, centre_aside=1)),
        ("motion_reissued", lambda e: replace(e, yard=(*YARD, frame(12_000, "FC16 raise pulses=1")))),
        ("motion_reissued", lambda e: replace(e, yard=(*YARD, frame(9_100, "FC15 raise=0 lower=1")))),
        ("motion_after_its_deadline", lambda e: replace(e, yard=(frame(2_001, "FC16 raise pulses=1"), *YARD[4:]))),
        (
            "output_held_too_long",
            lambda e: replace(e, yard=(*YARD[:3], output(2_521, "raise", on=False, held_ms=1_501))),
        ),
        ("output_held_too_long", lambda e: replace(e, yard=YARD[:-1])),
    ],
)
def test_each_broken_promise_is_counted_in_its_own_column(column: str, broken: Callable[[Evidence], Evidence]) -> None:
    found = asdict(judge(broken(CLEAN)))
    assert found.pop(column) == 1
    assert not any(found.values())


def test_a_crossing_that_ends_twice_is_doubled() -> None:
    twice = row(8, "crossing.completed", 12_000, end="DEPARTED")
    centre = (*CENTRE, CentreRow(1, 8, twice.hash, b""))
    assert judge(replace(CLEAN, journal=(*JOURNAL, twice), centre=centre)) == Counts(doubled=1)
