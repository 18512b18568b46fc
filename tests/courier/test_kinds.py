"""Deltas, watchlists and rules: applied on what they belong to, or refused for a reason of their own."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from station.centre import publisher, queries
from station.courier import in_force
from station.courier.downlink import Judge
from station.courier.eligible import EligibleTable
from station.courier.talk import DownlinkRefused, ListArrived, ProposalCame, RulesCame, WatchlistArrived
from station.messages.downlinks import KINDS, Downlink, EligibleList, ListDelta
from tests.courier import kinds
from tests.courier.bench import STATION, Bench, entry
from tests.courier.kinds import AFTER, BASE, DELTA, IN_FORCE, NEXT, TOPICS, WATCH_KEY, Way
from tests.services import running_mosquitto

PASSED_OVER = ("other-settings", "key-not-proposable", "value-not-proposable")
"""Why a proposal can never be taken up: its number is held, so that it is not sent again."""
NOW = time.time_ns() // 1_000_000


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    with Way(tmp_path / "way") as made:
        yield made


def held(way: Way) -> tuple[int, ...]:
    now = way.courier._store.held()
    others = (now.watchlist, now.rules, now.decision, now.proposal)
    return now.list_number, now.suspension_number, *(number for number, _ in others)


def entries(way: Way) -> object:
    table = EligibleTable(way.bench.folder / "lane")
    try:
        return table.whole()[2]
    finally:
        table.close()


def test_whatever_is_wrong_is_refused_for_its_own_reason(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among them a list key that signs rules or watchlists."""
    monkeypatch.setattr(way.courier._limit, "allow", lambda refusal, _: refusal)
    cases = list(kinds.wrong(way.signers))
    assert len(cases) > 80
    found = {case.name: way.try_case(case) for case in cases}
    assert found == {case.name: case.reason for case in cases}
    *others, proposal = held(way)
    assert others == [7, 1, 5, 4, 3] and entries(way) == BASE
    passed_over = [case for case in cases if case.topic == TOPICS.proposal and case.reason in PASSED_OVER]
    assert proposal == 6 + len(passed_over) < kinds.BEHIND_ALL
    told = way.bench.heard()
    assert len([said for said in told if isinstance(said, DownlinkRefused)]) == len(cases)
    assert not [said for said in told if isinstance(said, ProposalCame) and said.number > 6]


@pytest.mark.parametrize("thing", NEXT, ids=lambda thing: type(thing).__name__)
def test_what_is_right_is_applied_once(way: Way, thing: Downlink) -> None:
    assert way.send(thing) == ""
    assert way.send(thing) == "repeated"
    before = next(one.number for one in IN_FORCE if KINDS[type(one)] == KINDS[type(thing)])
    assert sum(held(way)) == 7 + 1 + 5 + 4 + 3 + 6 + thing.number - before


def test_a_delta_makes_the_list_that_the_whole_one_would(way: Way) -> None:
    assert not way.courier._state(online=True).full_list
    assert way.send(DELTA) == "" and entries(way) == AFTER
    assert way.send(NEXT[0]) == "repeated", "the whole list of that number says the same"


def test_a_delta_that_does_not_fit_asks_for_the_whole_list(way: Way) -> None:
    for spoilt in (replace(DELTA, base_sha256="0" * 64), replace(DELTA, sha256="0" * 64)):
        assert way.send(spoilt) in ("other-base", "other-result")
        assert entries(way) == BASE, "nothing of it stays"
        assert way.courier._state(online=True).full_list
    assert way.send(NEXT[0]) == "" and not way.courier._state(online=True).full_list


def test_the_mutants_without_a_base_check_are_seen(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """One lets the result's hash say no; without that too the lane has a list that no centre ever signed."""
    other = replace(DELTA, number=9, base_number=8, base_sha256="0" * 64)
    assert way.send(other) == "other-base"
    monkeypatch.setattr(Judge, "_refuse_unfit", lambda *_: None)
    assert way.send(replace(other, put=())) == "other-result"
    monkeypatch.setattr(in_force, "encoded_sha256", lambda _: other.sha256)
    assert way.send(replace(other, put=())) == "" and entries(way) != AFTER


def test_rules_are_told_again_at_each_start_of_the_courier(way: Way) -> None:
    assert [said for said in way.bench.heard() if isinstance(said, RulesCame)] == [
        RulesCame(4, (("weight_refer", 40),))
    ]
    way.bench.stop_courier()
    way.bench.start_courier()
    told = way.bench.heard()
    assert RulesCame(4, (("weight_refer", 40),)) in told
    assert [said for said in told if isinstance(said, WatchlistArrived | ListArrived)] == []


def test_each_kind_goes_from_the_centre_to_the_lane(tmp_path: Path) -> None:
    with running_mosquitto(tmp_path / "broker") as broker, Bench(tmp_path / "bench", broker.port) as bench:
        bench.watch_key_id = WATCH_KEY.key_id
        receiver = bench.start_receiver()
        courier = bench.start_courier()
        store = receiver.store
        came: list[type] = []
        take = courier._taking.take

        def noting(topic: str, payload: bytes, *, retained: bool = False) -> tuple[str, str]:
            came.append(ListDelta if b"ListDelta" in payload else EligibleList)
            return take(topic, payload, retained=retained)

        courier._taking.take = noting  # type: ignore[method-assign]
        first = [entry(f"D{number}") for number in range(20)]
        publisher.publish_list(store, STATION, "15BB", first, NOW)
        bench.pump(lambda: ListArrived(1, NOW, 20) in bench.heard(), "the list")
        bench.pump(lambda: not receiver._states[STATION, "L1"].full_list, "the centre knows that the lane has it")
        publisher.publish_list(store, STATION, "15BB", [*first[1:], entry("D99")], NOW + 1)
        bench.pump(lambda: ListArrived(2, NOW + 1, 20) in bench.heard(), "the delta")
        assert came == [EligibleList, ListDelta]
        publisher.publish_watchlist(store, STATION, WATCH_KEY.key_id, [WATCH_KEY.mark("15C-123.45")], NOW)
        publisher.publish_rules(store, STATION, [("weight_refer", 40)], NOW)
        bench.pump(lambda: WatchlistArrived(1) in bench.heard(), "the watchlist")
        bench.pump(lambda: RulesCame(1, (("weight_refer", 40),)) in bench.heard(), "the rules")
        table = EligibleTable(bench.folder / "lane")
        assert table.is_watched([WATCH_KEY.mark("15C12345")]) and not table.is_watched([WATCH_KEY.mark("15C12346")])
        assert (table.look_up("D0").entry, table.look_up("D99").entry) == (None, entry("D99"))
        courier._store._connection.execute("UPDATE list_content SET sha256 = 'x'")
        publisher.publish_list(store, STATION, "15BB", first, NOW + 2)
        bench.pump(lambda: ListArrived(3, NOW + 2, 20) in bench.heard(), "the whole list, asked for")
        assert table.whole()[2] == tuple(sorted(first, key=lambda one: one.declaration))
        table.close()
        assert [said.reason for said in bench.heard() if isinstance(said, DownlinkRefused)] == ["other-base"]
        bench.pump(lambda: queries.alarms(store), "the centre hears of the refusal")
        assert [alarm.code for alarm in queries.alarms(store)] == ["refused-other-base"]
