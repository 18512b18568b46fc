"""Records from a real journal over a real broker into the centre, and back as receipts."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import pytest

from drivers.contract.clock import now
from drivers.contract.quantities import Millis
from station.centre import queries
from station.core.facts import TimePassed
from station.courier.store import Cursor
from station.courier.talk import Committed, CourierBeat, DownlinkRefused, LinkIs, Noticed, Notify, Receipted, Stop
from station.journal.reader import JournalReader
from station.messages.receipts import Held, Receipt, ReplayRequest
from station.messages.topics import LaneTopics
from station.trust.keys import PrivateKey, load_key
from station.trust.signed import sign
from tests.courier.bench import LANE, STATION, Bench, write_records
from tests.services import Mosquitto, running_mosquitto

TOPICS = LaneTopics(STATION, LANE)


@pytest.fixture
def bench(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Bench]:
    with Bench(tmp_path / "bench", mosquitto.port) as made:
        yield made


def receipted(bench: Bench) -> int:
    assert bench.lane is not None
    seqs = [message.seq for message in bench.lane.of(Receipted) if isinstance(message, Receipted)]
    return seqs[-1] if seqs else 0


def has_receipted(bench: Bench, seq: int) -> bool:
    return receipted(bench) == seq


def refusals(bench: Bench) -> list[tuple[str, str]]:
    assert bench.lane is not None
    return [(m.thing, m.reason) for m in bench.lane.of(DownlinkRefused) if isinstance(m, DownlinkRefused)]


def at_centre(bench: Bench) -> list[tuple[int, int, bytes, bytes]]:
    assert bench.receiver is not None
    found = queries.records(bench.receiver.store, STATION, LANE, limit=100_000)
    return [(record.epoch, record.seq, record.body, record.hash) for record in found]


def in_journal(bench: Bench) -> list[tuple[int, int, bytes, bytes]]:
    with JournalReader(bench.folder / "lane") as reader:
        return [(row.epoch, row.seq, row.body, row.hash) for row in reader.records(0, 100_000)]


def test_records_are_stored_and_receipted(bench: Bench) -> None:
    newest = write_records(bench.journal, 137, per_turn=5)
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: receipted(bench) == newest, "every record is receipted")
    assert at_centre(bench) == in_journal(bench)
    assert bench.lane is not None
    assert bench.lane.of(LinkIs) == [LinkIs(up=True)]
    assert refusals(bench) == []


def test_a_committed_record_arrives_within_a_second(bench: Bench) -> None:
    bench.start_receiver()
    bench.start_courier()
    assert bench.lane is not None
    bench.pump(lambda: bench.lane and bench.lane.of(LinkIs), "the link is up")
    took = []
    for expected in range(1, 6):
        began = time.monotonic()
        bench.lane.say(Committed(write_records(bench.journal, 1)))
        bench.pump(partial(has_receipted, bench, expected), f"record {expected} is receipted")
        took.append(time.monotonic() - began)
    assert median(took) < 1


def test_a_notice_goes_at_once_and_is_confirmed_by_the_stream(bench: Bench) -> None:
    bench.start_receiver()
    bench.start_courier()
    assert bench.lane is not None
    assert bench.receiver is not None
    store = bench.receiver.store
    bench.pump(lambda: bench.lane and bench.lane.of(LinkIs), "the link is up")
    seq = write_records(bench.journal, 1, alarm=True)
    bench.lane.say(Committed(seq))
    bench.lane.say(Notify(seq))
    bench.pump(lambda: queries.counts(store)["notice"] == 1, "the notice is stored")
    bench.pump(lambda: receipted(bench) == seq, "the record is receipted")
    assert queries.unconfirmed_notices(store, STATION, LANE) == []
    assert bench.lane.of(Noticed) == [Noticed(1, seq)]


def test_a_notice_of_before_the_connection_overtakes_the_backlog(bench: Bench) -> None:
    """The courier has heard of the alarm while there was no link; on return it goes first, and its answer names it."""
    write_records(bench.journal, 2_000, per_turn=50)
    alarm = write_records(bench.journal, 1, alarm=True)
    bench.start_receiver()
    bench.start_courier()
    assert bench.lane is not None
    bench.lane.say(Notify(alarm))
    bench.pump(lambda: bench.lane and bench.lane.of(Noticed), "the notice is answered")
    assert bench.lane.of(Noticed) == [Noticed(1, alarm)]
    assert receipted(bench) < alarm


def test_a_notice_that_met_no_centre_goes_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker took it; nobody was there to store it."""
    monkeypatch.setattr("station.courier.live.AGAIN", 200)
    write_records(bench.journal, 2_000, per_turn=50)
    courier = bench.start_courier()
    assert bench.lane is not None
    bench.pump(lambda: courier._box.connected, "the link is up")
    alarm = write_records(bench.journal, 1, alarm=True)
    bench.lane.say(Notify(alarm))
    bench.pump(lambda: courier._live.wait, "the lane's word is heard")
    bench.pump(lambda: not any(copy[1] <= now() for copy in courier._live._copies.values()), "the notice is sent")
    bench.start_receiver()
    bench.pump(lambda: bench.lane and bench.lane.of(Noticed), "the notice is answered")
    assert receipted(bench) < alarm


def test_an_answer_about_a_copy_that_is_none_of_ours_is_told(bench: Bench) -> None:
    newest = write_records(bench.journal, 3)
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: receipted(bench) == newest, "all is receipted")
    false = Held(1, 2, "ab" * 32)
    say(bench, Receipt(STATION, LANE, 1, 3, in_journal(bench)[2][3].hex(), 1, (false,)))
    bench.pump(lambda: ("receipt: notice 2 of epoch 1", "fork") in refusals(bench), "it is told")
    assert bench.lane is not None
    assert bench.lane.of(Noticed) == []
    newest = write_records(bench.journal, 1)
    bench.pump(lambda: receipted(bench) == newest, "the stream goes on")


def test_a_courier_goes_on_where_the_receipts_ended(bench: Bench) -> None:
    write_records(bench.journal, 30)
    bench.start_receiver()
    first = bench.start_courier()
    bench.pump(lambda: receipted(bench) == 30, "the first part is receipted")
    assert first._store.cursor().seq == 30
    bench.stop_courier()
    write_records(bench.journal, 12)
    second = bench.start_courier()
    assert second._box.sent == 30
    bench.pump(lambda: receipted(bench) == 42, "the second part is receipted")
    assert at_centre(bench) == in_journal(bench)


def test_a_puback_is_not_delivery(bench: Bench, mosquitto: Mosquitto) -> None:
    """No centre is there: the broker acknowledges everything and keeps nothing."""
    write_records(bench.journal, 40)
    courier = bench.start_courier()
    bench.pump(
        lambda: courier._box.sent == 40 and all(sent.acknowledged for sent in courier._box.under_way),
        "the broker has acknowledged every record",
    )
    assert receipted(bench) == 0
    assert courier._store.cursor() == Cursor()
    mosquitto.kill()
    bench.pump(lambda: bench.lane and LinkIs(up=False) in bench.lane.of(LinkIs), "the loss of the broker is noticed")
    mosquitto.start()
    bench.start_receiver()
    bench.pump(lambda: receipted(bench) == 40, "everything is receipted in the end", deadline_s=20)
    assert at_centre(bench) == in_journal(bench)


def test_a_receiver_that_comes_back_is_served_at_once(bench: Bench) -> None:
    """Its receipt on connecting wakes a courier whose patience had grown."""
    write_records(bench.journal, 5)
    bench.start_receiver()
    courier = bench.start_courier()
    bench.pump(lambda: receipted(bench) == 5, "the first part is receipted")
    bench.stop_receiver()
    write_records(bench.journal, 5)
    bench.pump(lambda: courier._box.patience > 2_000, "the courier has gone back in vain")
    courier._box = replace(courier._box, patience=Millis(60_000), rtt=Millis(0))  # as after many times in vain
    bench.start_receiver()
    bench.pump(lambda: receipted(bench) == 10, "the rest is receipted")


def test_an_mqtt_5_window_keeps_to_the_brokers_receive_maximum(tmp_path: Path) -> None:
    with (
        running_mosquitto(tmp_path / "broker", "max_inflight_messages 3") as broker,
        Bench(tmp_path / "bench", broker.port) as bench,
    ):
        write_records(bench.journal, 300, per_turn=10)
        bench.start_receiver()
        courier = bench.start_courier()
        bench.pump(lambda: courier._box.connected, "connected")
        assert courier._box.receive_maximum == 3
        bench.pump(lambda: receipted(bench) == 300, "every record is receipted")


def test_a_receipt_with_another_hash_is_a_fork(bench: Bench) -> None:
    write_records(bench.journal, 8)
    courier = bench.start_courier()
    bench.pump(lambda: courier._box.sent == 8, "sent")
    say(bench, Receipt(STATION, LANE, 1, 5, "ab" * 32, 1))
    bench.pump(lambda: refusals(bench), "the fork is told")
    assert refusals(bench) == [("receipt: record 5 of epoch 1", "fork")]
    true_hash = in_journal(bench)[7][3].hex()
    say(bench, Receipt(STATION, LANE, 1, 8, true_hash, 2))
    count_beats(bench)
    assert receipted(bench) == 0
    assert courier._store.cursor() == Cursor()
    bench.stop_courier()
    again = bench.start_courier()
    assert refusals(bench) == [("receipt: found before this start", "fork")]
    again._store.clear_forks()
    bench.stop_courier()
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: receipted(bench) == 8, "after a person has cleared it, the stream goes on")


def test_a_receipt_beyond_our_journal_is_a_fork(bench: Bench) -> None:
    write_records(bench.journal, 2)
    courier = bench.start_courier()
    bench.pump(lambda: courier._box.connected, "connected")
    say(bench, Receipt(STATION, LANE, 1, 99, "ab" * 32, 1))
    bench.pump(lambda: refusals(bench), "the fork is told")
    assert refusals(bench)[0][1] == "fork"


@pytest.mark.parametrize("case", ["foreign key", "other lane", "unsigned", "not json", "out of scope", "wrong form"])
def test_a_receipt_nobody_signed_for_us_delivers_nothing(bench: Bench, case: str) -> None:
    write_records(bench.journal, 3)
    courier = bench.start_courier()
    bench.pump(lambda: courier._box.sent == 3, "sent")
    true = Receipt(STATION, LANE, 1, 3, in_journal(bench)[2][3].hex(), 1)
    centre = load_key(bench.keys.centre_key)
    payload, reason = {
        "foreign key": (sign("receipt", true, PrivateKey.make()).to_wire(), "unknown-key"),
        "other lane": (sign("receipt", replace(true, lane="L2"), centre).to_wire(), "wrong-station"),
        "unsigned": (json.dumps({"seq": 3}).encode(), "unsigned"),
        "not json": (b"\xff{", "not-json"),
        "out of scope": (sign("list", true, centre).to_wire(), "wrong-purpose"),
        "wrong form": (sign("receipt", replace(true, seq=2**80), centre).to_wire(), "malformed"),
    }[case]
    courier._link.publish(TOPICS.receipt, payload)
    bench.pump(lambda: refusals(bench), "the refusal is told")
    assert refusals(bench) == [("receipt", reason)]
    assert receipted(bench) == 0
    assert courier._store.cursor() == Cursor()


def test_a_centre_that_lost_its_database_gets_everything_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next record shows it the hole; it asks for what is before, and the courier's watermark stays."""
    monkeypatch.setattr("station.centre.receiver.HOLE_PATIENCE", 300)
    write_records(bench.journal, 20)
    bench.start_receiver()
    courier = bench.start_courier()
    bench.pump(lambda: receipted(bench) == 20, "receipted")
    bench.stop_receiver()
    for file in bench.folder.glob("centre.db*"):
        file.unlink()
    receiver = bench.start_receiver()
    write_records(bench.journal, 1)
    bench.pump(lambda: len(at_centre(bench)) == 21, "the centre has everything again")
    bench.pump(lambda: receipted(bench) == 21, "and says so")
    assert courier._store.cursor().seq == 21
    assert at_centre(bench) == in_journal(bench)
    assert [alarm.code for alarm in queries.alarms(receiver.store)] == ["hole"]


def test_a_message_lost_in_the_window_is_sent_again(bench: Bench) -> None:
    """The second batch never leaves: everything behind it waits at the centre, and nothing is receipted beyond."""
    write_records(bench.journal, 60)
    bench.start_receiver()
    courier = bench.start_courier()
    publish = courier._link.publish
    batches: list[bytes] = []

    def lossy(topic: str, payload: bytes, *, retain: bool = False) -> int:
        if topic == TOPICS.records:
            batches.append(payload)
            if len(batches) == 2:
                return publish("elsewhere", b"")
        return publish(topic, payload, retain=retain)

    courier._link.publish = lossy  # type: ignore[method-assign]
    bench.pump(lambda: receipted(bench) == 60, "everything is receipted in the end")
    assert len(batches) > 6
    assert at_centre(bench) == in_journal(bench)


def test_a_journal_that_is_not_there_yet_is_named_and_awaited(bench: Bench, tmp_path: Path) -> None:
    bench.journal.close()
    for file in (bench.folder / "lane").glob("journal*"):
        file.unlink()
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: refusals(bench), "it is named")
    assert refusals(bench) == [("journal", "missing")]
    bench.journal = type(bench.journal).open(bench.folder / "lane")
    write_records(bench.journal, 4)
    bench.pump(lambda: receipted(bench) == 4, "and its records go out")
    assert len(refusals(bench)) == 1


def test_a_damaged_journal_begins_an_epoch_that_the_centre_follows(bench: Bench) -> None:
    write_records(bench.journal, 30)
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: receipted(bench) == 30, "receipted")
    bench.stop_courier()
    bench.journal.close()
    path = bench.folder / "lane" / "journal.db"
    path.write_bytes(b"no database at all" * 1000)
    bench.journal = type(bench.journal).open(bench.folder / "lane")
    assert bench.journal.epoch == 2
    newest = write_records(bench.journal, 7)
    bench.start_courier()
    bench.pump(lambda: receipted(bench) == newest, "the new epoch is receipted")
    assert bench.receiver is not None
    assert queries.prefixes(bench.receiver.store)[STATION, LANE].epoch == 2


def test_the_courier_beats_and_ends_with_its_lane(bench: Bench) -> None:
    courier = bench.start_courier()
    assert bench.lane is not None
    bench.pump(lambda: bench.lane and bench.lane.of(CourierBeat), "a beat")
    bench.lane.say(Stop())
    bench.pump(lambda: courier.is_stopping, "stopped by word")
    bench.stop_courier()
    courier = bench.start_courier()
    bench.lane.close()
    bench.pump(lambda: courier.is_stopping, "stopped by the lane's end", deadline_s=3)


def test_the_state_is_retained_and_says_when_the_courier_leaves(bench: Bench) -> None:
    courier = bench.start_courier()
    bench.pump(lambda: courier._box.connected and not courier._box.under_way, "connected and the state acknowledged")
    bench.start_receiver()
    assert bench.receiver is not None
    states = bench.receiver._states
    bench.pump(lambda: states.get((STATION, LANE)), "a receiver that comes later gets the retained state")
    assert states[STATION, LANE].online
    bench.stop_courier()
    bench.pump(lambda: not states[STATION, LANE].online, "the goodbye has come")


def say(bench: Bench, thing: Receipt | ReplayRequest) -> None:
    """What the centre says, through the courier's own connection to the broker."""
    assert bench.courier is not None
    bench.courier._link.publish(TOPICS.receipt, sign("receipt", thing, load_key(bench.keys.centre_key)).to_wire())


def count_beats(bench: Bench, more: int = 2) -> None:
    """Let the courier live on for some beats: whatever it would do, it has done then."""
    assert bench.lane is not None
    start = len(bench.lane.of(CourierBeat))
    bench.pump(lambda: bench.lane and len(bench.lane.of(CourierBeat)) >= start + more, "beats")


def test_the_bench_journal_is_a_real_one(bench: Bench) -> None:
    write_records(bench.journal, 3)
    bench.journal.append([TimePassed(bench.journal.next_seq)], [], bytes(32))  # type: ignore[arg-type]
    with JournalReader(bench.folder / "lane") as reader:
        assert reader.first_broken() is None
