"""Suspensions in any order, with losses: none is lost for good, and the highest number of a declaration wins."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.courier import store as store_module
from station.courier.downlink import DownlinkUnacceptable, Judge
from station.courier.eligible import EligibleTable
from station.courier.store import CourierStore
from station.courier.talk import SuspensionArrived
from station.messages.downlinks import Suspension
from station.messages.topics import LaneTopics
from station.trust.keys import PrivateKey, load_key
from station.trust.signed import sign
from tests.courier.bench import LANE, STATION, Keys

TOPICS = LaneTopics(STATION, LANE)
NOW, LATER = 1_790_000_000_000, 1_790_003_600_000
DECLARATIONS = ("A", "B", "C")


class Lane:
    """The receiving side: judge and store, without a broker between."""

    def __init__(self, folder: Path, judge: Judge, key: PrivateKey) -> None:
        self.folder = folder
        self._judge = judge
        self._key = key
        self.store = CourierStore(folder)

    def receive(self, suspension: Suspension) -> str:
        """What became of it: "applied" or the reason of its refusal."""
        row = self.store.receive(TOPICS.suspension, sign("suspension", suspension, self._key).to_wire(), NOW)
        try:
            thing = self._judge.judge(row.topic, row.payload, self.store.held(), NOW)
        except DownlinkUnacceptable as refusal:
            self.store.refuse(row, refusal.reason)
            return refusal.reason
        assert isinstance(thing, Suspension)
        self.store.apply_suspension(row, thing)
        return "applied"

    @property
    def number(self) -> int:
        return self.store.held().suspension_number

    def restart(self) -> None:
        self.store.close()
        self.store = CourierStore(self.folder)

    def suspended(self) -> set[str]:
        table = EligibleTable(self.folder)
        try:
            return {declaration for declaration in DECLARATIONS if table.look_up(declaration).suspended}
        finally:
            table.close()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@contextmanager
def a_lane(keys: Keys) -> Iterator[Lane]:
    folder = Path(tempfile.mkdtemp())
    lane = Lane(folder, Judge(TOPICS, keys.trusted), load_key(keys.centre_key))
    try:
        yield lane
    finally:
        lane.store.close()
        shutil.rmtree(folder)


def suspension(number: int, declaration: str, *, lifted: bool = False) -> Suspension:
    return Suspension(STATION, declaration, lifted, number, NOW, LATER)


def by_number(sent: list[Suspension]) -> set[str]:
    """What is suspended if they come in their order."""
    last = {each.declaration: each.lifted for each in sorted(sent, key=lambda each: each.number)}
    return {declaration for declaration, lifted in last.items() if not lifted}


def test_a_suspension_that_comes_late_still_counts_and_the_gap_is_told(keys: Keys) -> None:
    with a_lane(keys) as lane:
        for number in (1, 2, 3, 4):
            lane.receive(suspension(number, "C"))
        assert lane.receive(suspension(6, "A")) == "applied"
        assert lane.suspended() == {"A", "C"}, "at once, although 5 is missing"
        assert lane.number == 4, "so that the centre sends 5 again"
        assert lane.receive(suspension(5, "B")) == "applied"
        assert lane.number == 6
        assert lane.suspended() == {"A", "B", "C"}


def test_a_lifting_is_not_undone_by_what_was_said_before_it(keys: Keys) -> None:
    with a_lane(keys) as lane:
        assert lane.receive(suspension(2, "A", lifted=True)) == "applied"
        assert lane.store.untold() == [SuspensionArrived("A", True, 2)]
        lane.store.told(SuspensionArrived("A", True, 2))
        assert lane.receive(suspension(1, "A")) == "applied"
        assert lane.suspended() == set()
        assert lane.store.untold() == [], "the lane heard the last word already"
        assert lane.number == 2


def test_doubles_are_nothing_and_another_text_with_the_same_number_is_refused(keys: Keys) -> None:
    with a_lane(keys) as lane:
        for number in (1, 3):
            assert lane.receive(suspension(number, "A")) == "applied"
            assert lane.receive(suspension(number, "A")) == "repeated"
            assert lane.receive(suspension(number, "B")) == "outdated"
        lane.restart()
        assert lane.receive(suspension(3, "A")) == "repeated"
        assert (lane.number, lane.suspended()) == (1, {"A"})


def test_what_is_remembered_beyond_a_gap_is_bounded_and_nothing_is_lost(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MOST_AHEAD", 3)
    sent = [suspension(number, DECLARATIONS[number % 3], lifted=number % 5 == 0) for number in range(1, 13)]
    with a_lane(keys) as lane:
        for each in reversed(sent[1:]):
            lane.receive(each)
        assert len(lane.store.held().suspensions) == 3
        assert lane.suspended() == by_number(sent)
        while lane.number < len(sent):
            for each in sent[lane.number :]:
                lane.receive(each)
        assert lane.suspended() == by_number(sent)
        assert len(lane.store.held().suspensions) <= 3


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_in_any_order_and_with_any_losses_the_last_word_of_each_declaration_stands(
    keys: Keys, data: st.DataObject
) -> None:
    words = data.draw(st.lists(st.tuples(st.sampled_from(DECLARATIONS), st.booleans()), min_size=1, max_size=12))
    sent = [suspension(number, word[0], lifted=word[1]) for number, word in enumerate(words, start=1)]
    with a_lane(keys) as lane:
        arrived: list[Suspension] = []
        for _ in range(data.draw(st.integers(0, 3))):
            lacking = [each for each in sent if each.number > lane.number]
            kept = data.draw(st.lists(st.sampled_from(lacking), max_size=12)) if lacking else []
            for each in kept:
                assert lane.receive(each) == ("repeated" if each in arrived else "applied")
                arrived.append(each)
                assert lane.suspended() == by_number(arrived)
            lane.restart()
        for each in [each for each in sent if each.number > lane.number]:
            lane.receive(each)
        assert lane.number == len(sent)
        assert lane.suspended() == by_number(sent)
