"""Tags and documents at a crossing: whose they are, how many are recorded, and that they decide nothing."""

from typing import get_args

import pytest

from drivers.contract.quantities import Tick
from drivers.contract.readings import IdentityRead, IdentityRefused, TagSeen
from drivers.scanner import cccd_codec, mrz_document
from station.core import presenting
from station.core.facts import DeviceOpened
from station.core.presented_records import DriverIdentified, TagPresented
from station.core.records import CrossingCompleted, CrossingOpened, RefusalRecorded
from station.words import codes
from tests.core.script import Script

CARD = IdentityRead("cccd", (), "sealed:abc:def")


@pytest.fixture
def script() -> Script:
    made = Script()
    made.tell(*(DeviceOpened(Tick(made.now), name, name, "", motion_bounded=False) for name in ("tags", "cards")))
    made.stamped.clear()
    return made


def see(script: Script, epc: str = "E280AA") -> None:
    script.read("tags", TagSeen(epc, 1, -50))


def presented(script: Script) -> list[tuple[str, str]]:
    return [(r.crossing[-6:], r.epc) for r in script.records if isinstance(r, TagPresented)]


def test_a_tag_is_recorded_once_per_crossing(script: Script) -> None:
    script.drive_on()
    see(script)
    see(script)
    assert presented(script) == [("000001", "E280AA")]
    script.scan()
    script.drive_off()
    script.drive_on()
    see(script)
    assert presented(script)[1:] == [("000002", "E280AA")]


def test_a_tag_seen_before_the_loop_is_the_next_trucks(script: Script) -> None:
    see(script)
    assert presented(script) == []
    script.now += 5_000
    script.drive_on()
    assert presented(script) == [("000001", "E280AA")]
    kinds = [type(record) for record in script.records]
    assert kinds.index(CrossingOpened) < kinds.index(TagPresented)


def test_a_tag_seen_long_before_is_nobodys(script: Script) -> None:
    see(script)
    script.now += presenting.BEFORE_ARRIVAL + 1
    script.drive_on()
    assert presented(script) == []


def test_a_tag_that_comes_while_a_truck_leaves_is_that_of_the_one_behind(script: Script) -> None:
    script.drive_on()
    script.scan()
    see(script, "E280BB")
    script.drive_off()
    assert presented(script) == []
    script.drive_on()
    assert presented(script) == [("000002", "E280BB")]


def test_many_tags_are_few_records(script: Script) -> None:
    for n in range(10):
        see(script, f"AA{n:04X}")
    script.drive_on()
    for n in range(50):
        see(script, f"BB{n:04X}")
    found = [epc for _, epc in presented(script)]
    assert found == ["AA0007", "AA0008", "AA0009", "BB0000", "BB0001"]
    assert len(found) == presenting.MOST_TAGS


def test_a_document_is_recorded_by_where_it_is_sealed(script: Script) -> None:
    script.read("cards", CARD)
    assert script.of(DriverIdentified) == []
    script.drive_on()
    for _ in range(10):
        script.read("cards", CARD)
    records = script.of(DriverIdentified)
    assert len(records) == presenting.MOST_DOCUMENTS
    (first, *_) = records
    assert isinstance(first, DriverIdentified)
    assert (first.device, first.document, first.sealed) == ("cards", "cccd", "sealed:abc:def")


def test_a_document_that_fails_is_recorded_by_its_check(script: Script) -> None:
    script.drive_on()
    for _ in range(10):
        script.read("cards", IdentityRefused("td3", "composite"))
    refused = [r for r in script.records if isinstance(r, RefusalRecorded)]
    assert {(r.thing, r.reason) for r in refused} == {("cards", "document-composite")}
    assert len(refused) == presenting.MOST_REFUSED_DOCUMENTS


def test_they_decide_nothing(script: Script) -> None:
    plain = Script()
    plain.green()
    see(script)
    script.drive_on()
    script.read("cards", CARD)
    script.read("cards", IdentityRefused("cccd", "sex"))
    script.scan()
    script.drive_off()
    (with_all,), (without,) = script.of(CrossingCompleted), plain.of(CrossingCompleted)
    assert with_all == without


def test_a_reader_that_is_not_fit_is_not_believed() -> None:
    script = Script()
    script.drive_on()
    see(script)
    script.read("cards", CARD)
    assert script.of(TagPresented) == script.of(DriverIdentified) == []


def test_every_check_of_a_document_has_words() -> None:
    checks = {*get_args(cccd_codec.Check), *get_args(mrz_document.Check)}
    documents = {*get_args(IdentityRefused.__annotations__["document"])}
    assert {*(f"document-{check}" for check in checks), *documents} - set(codes.CODES) == set()
