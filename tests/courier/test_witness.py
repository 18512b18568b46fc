"""Checkpoints from a real journal over a real broker to the centre, and its word back beside them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.quantities import Tick
from station.audit.tables import centre_books, journal_book
from station.audit.walk import Auditor
from station.centre import queries
from station.centre.settings import CentreSettings
from station.centre.witness import Witnessing
from station.courier.talk import DownlinkRefused, Witnessed
from station.journal import seal
from station.journal.reader import JournalReader
from station.messages.topics import LaneTopics
from station.trust.keys import PrivateKey, PublicKey, load_key
from station.trust.refusal import Untrusted
from tests.audit.sealed import altered, by_id
from tests.courier.bench import LANE, STATION, Bench, write_records
from tests.services import Mosquitto

TOPICS = LaneTopics(STATION, LANE)


@pytest.fixture
def bench(tmp_path: Path, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(seal, "EVERY_RECORDS", 10)
    with Bench(tmp_path / "bench", mosquitto.port) as made:
        yield made


def witnessed(bench: Bench) -> list[Witnessed]:
    assert bench.lane is not None
    return [message for message in bench.lane.of(Witnessed) if isinstance(message, Witnessed)]


def codes(bench: Bench) -> list[str]:
    assert bench.receiver is not None
    return [alarm.code for alarm in queries.alarms(bench.receiver.store)]


def keep(bench: Bench) -> None:
    """As the lane does with what its courier says."""
    for word in witnessed(bench):
        bench.journal.keep_witness(seal.Witnessed(word.epoch, word.seq, word.signed.encode()))


def test_the_newest_checkpoint_is_witnessed_and_the_word_kept_beside_it(bench: Bench) -> None:
    write_records(bench.journal, 23)
    bench.start_receiver()
    courier = bench.start_courier()
    courier._next_offer = Tick(now() + 60_000)
    bench.pump(lambda: courier._cursor.seq == 23, "every record is receipted")
    courier._next_offer = now()
    bench.pump(lambda: witnessed(bench), "a witness")
    assert [word.seq for word in witnessed(bench)] == [20], "one is enough: it covers all before it"
    keep(bench)
    write_records(bench.journal, 1)
    keys = by_id(bench.keys.station), by_id(load_key(bench.keys.centre_key))
    with journal_book(bench.folder / "lane" / "journal.db") as book:
        auditor = Auditor(book, *keys)
        assert list(auditor.findings()) == []
    assert (auditor.walked.checkpoints, auditor.walked.last_witnessed) == (2, (1, 20))
    with centre_books(bench.database) as (centre,):
        auditor = Auditor(centre, *keys)
        assert list(auditor.findings()) == []
    assert (auditor.walked.records, auditor.walked.witnessed) == (24, 1) or auditor.walked.records >= 23
    assert codes(bench) == []


def test_a_word_that_the_lane_lost_is_asked_for_again(bench: Bench) -> None:
    write_records(bench.journal, 10)
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: witnessed(bench), "a witness")
    first = witnessed(bench)[0]
    bench.stop_courier()  # the lane was killed before its next turn
    bench.start_courier()
    bench.pump(lambda: witnessed(bench), "it again")
    assert witnessed(bench)[0] == first, "the centre's first word stands"


def test_a_checkpoint_on_another_chain_is_a_fork_at_the_centre(bench: Bench) -> None:
    """The journal was rewritten behind what the centre has, and signed with the station's own key."""
    write_records(bench.journal, 10)
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: witnessed(bench), "a witness")
    signer = seal.Signer(STATION, LANE, bench.keys.station, lambda: 1)
    other = replace(bench.journal.head, hash=b"\1" * 32)
    with JournalReader(bench.folder / "lane") as reader:
        forged = seal.Seal(signer, reader._connected()).sign(other)[2]
    assert bench.courier is not None
    bench.courier._urgent.add(TOPICS.checkpoint, forged)
    bench.pump(lambda: codes(bench), "an alarm")
    assert codes(bench) == ["checkpoint-fork"]
    assert len(witnessed(bench)) == 1


def test_a_centre_that_witnesses_without_looking_signs_the_fork(bench: Bench) -> None:
    """Mutant: what the test above asserts, it breaks."""
    write_records(bench.journal, 10)
    receiver = bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: witnessed(bench), "a witness")
    signer = seal.Signer(STATION, LANE, bench.keys.station, lambda: 1)
    with JournalReader(bench.folder / "lane") as reader:
        forged = seal.Seal(signer, reader._connected()).sign(replace(bench.journal.head, hash=b"\1" * 32))[2]
    key = load_key(bench.keys.centre_key)
    honest = Witnessing(receiver.store, lambda _: by_id(bench.keys.station), key, lambda: 1)
    blind = Blind(receiver.store, lambda _: by_id(bench.keys.station), key, lambda: 1)
    assert honest.judge((STATION, LANE), forged).finding == "fork"
    assert blind.judge((STATION, LANE), forged).finding == "witnessed"


class Blind(Witnessing):
    """Signs whatever the station signed."""

    def _agrees(self, checkpoint: object) -> bool:
        return True


def test_what_the_station_has_not_signed_or_the_centre_not_stored_gets_no_word(bench: Bench) -> None:
    write_records(bench.journal, 10)
    receiver = bench.start_receiver()
    with JournalReader(bench.folder / "lane") as reader:
        row = reader.checkpoint(10)
    assert row is not None
    key = load_key(bench.keys.centre_key)
    witnessing = Witnessing(receiver.store, lambda _: by_id(bench.keys.station), key, lambda: 1)
    assert witnessing.judge((STATION, LANE), row.signed).finding == "not-yet"
    cases: list[tuple[dict[str, PublicKey], str, str]] = [
        ({}, LANE, "unknown-key"),
        (by_id(PrivateKey.make()), LANE, "unknown-key"),
        (by_id(bench.keys.station), "L9", "wrong-station"),
    ]
    for keys, lane, reason in cases:
        with pytest.raises(Untrusted, match=reason):
            Witnessing(receiver.store, Roll(keys), key, lambda: 1).judge((STATION, lane), row.signed)


@dataclass(frozen=True)
class Roll:
    """These keys, whoever asks."""

    keys: dict[str, PublicKey]

    def __call__(self, _: str) -> dict[str, PublicKey]:
        return self.keys


def test_a_station_whose_key_is_not_enrolled_raises_an_alarm(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    unenrolled: CentreSettings = replace(bench.centre_settings, station_keys=())
    monkeypatch.setattr(Bench, "centre_settings", property(lambda _: unenrolled))
    write_records(bench.journal, 10)
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: codes(bench), "an alarm")
    assert codes(bench) == ["checkpoint-unknown-key"]
    assert witnessed(bench) == []


def test_a_witness_of_another_record_is_a_fork_to_the_lane(bench: Bench) -> None:
    write_records(bench.journal, 10)
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: witnessed(bench), "a witness")
    bench.stop_courier()
    bench.journal.close()
    altered(bench.folder / "lane", "UPDATE record SET hash = zeroblob(32) WHERE seq = 10")
    bench.start_courier()
    bench.pump(lambda: any(word.reason == "fork" for word in refusals(bench)), "it says so")


def refusals(bench: Bench) -> list[DownlinkRefused]:
    assert bench.lane is not None
    return [message for message in bench.lane.of(DownlinkRefused) if isinstance(message, DownlinkRefused)]


def test_a_head_is_signed_after_a_minute_even_without_a_turn(bench: Bench) -> None:
    write_records(bench.journal, 3)
    with JournalReader(bench.folder / "lane") as reader:
        bench.journal.seal_due(Tick(50_000))
        assert reader.checkpoint(3) is None
        bench.journal.seal_due(Tick(61_001))
        row = reader.checkpoint(3)
        assert row is not None and row.seq == 3
        bench.journal.seal_due(Tick(300_000))
        assert reader.checkpoint(99) == row, "no records, no checkpoint"
