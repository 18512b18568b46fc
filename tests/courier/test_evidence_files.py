"""Evidence files over a real broker into the centre's folder: all of them, as they are, and never in the way."""

import base64
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from drivers.contract.plain import decode, encode
from station.centre import queries
from station.centre.evidence_folder import MARK, EvidenceFolder
from station.courier.broker import Version
from station.courier.loop import Courier
from station.courier.talk import LinkIs, Receipted
from station.journal.reader import JournalReader
from station.messages.envelope import RecordEvent
from station.messages.evidence_files import MOST_CHUNK, MOST_FILE, FileChunk, OfFile
from station.messages.receipts import FileReceipt
from tests.courier.bench import LANE, STATION, Bench, write_records
from tests.courier.pictured import are_here, at_centre, content, here, keep, keep_clip, name, sha256
from tests.services import Mosquitto, running_mosquitto


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One for all: nothing here is retained but the lane's state, which each test writes anew."""
    with running_mosquitto(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def bench(tmp_path: Path, broker: Mosquitto) -> Iterator[Bench]:
    with Bench(tmp_path / "bench", broker.port) as made:
        made.evidence = str(tmp_path / "evidence")
        yield made


def alarms(bench: Bench) -> set[str]:
    assert bench.receiver is not None
    bench.receiver._alarms.write()
    return {alarm.code for alarm in queries.alarms(bench.receiver.store)}


def place(bench: Bench) -> int:
    assert bench.courier is not None
    return bench.courier._store.files.place()[1]


def test_files_of_every_size_arrive_as_they_are(bench: Bench) -> None:
    sizes = [1, 4_096, MOST_CHUNK - 1, MOST_CHUNK, MOST_CHUNK + 1, 700_000]
    files = {sha256(data): data for data in (content(at, size) for at, size in enumerate(sizes))}
    for data in files.values():
        keep(bench.folder / "lane", data)
    newest = name(bench.journal, list(files))
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: place(bench) == newest, "all files are settled")
    assert at_centre(bench) == files
    assert alarms(bench) == set()
    assert list(Path(bench.evidence).glob("parts/*/*/*")) == []


def test_a_clip_brings_its_frames(bench: Bench) -> None:
    frames = [content(at, 5_000) for at in range(7)]
    index = keep_clip(bench, frames)
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: place(bench) == 1, "the clip is settled")
    assert set(at_centre(bench)) == {index, *map(sha256, frames)}
    assert are_here(bench, [index, *map(sha256, frames)])


def test_a_restart_of_either_end_costs_no_byte_twice(bench: Bench) -> None:
    """Both ends go, amid the file; the centre says how far it is before anything is sent again."""
    data = content(1, 2_000_000)
    keep(bench.folder / "lane", data)
    newest = name(bench.journal, [sha256(data)])
    receiver, courier = bench.start_receiver(), bench.start_courier()
    sent: list[tuple[int, int]] = []

    def heard(courier: Courier) -> Courier:
        publish = courier._files._publish

        def noted(topic: str, payload: bytes) -> int:
            part: FileChunk = decode(OfFile, payload)
            sent.append((part.offset, len(part.content())))
            return publish(topic, payload)

        courier._files._publish = noted
        return courier

    heard(courier)
    part = Path(bench.evidence) / "parts" / STATION / LANE / sha256(data)
    for bound in (300_000, 900_000):
        bench.pump(lambda bound=bound: part.exists() and part.stat().st_size > bound, f"{bound} bytes")  # type: ignore[misc]
        bench.stop_courier()
        heard(bench.start_courier())
    bench.pump(lambda: part.stat().st_size > 1_200_000, "still some more")
    bench.stop_receiver()
    receiver = bench.start_receiver()
    assert receiver is bench.receiver
    bench.pump(lambda: place(bench) == newest, "the file is settled")
    assert at_centre(bench) == {sha256(data): data}
    again = sum(size for _, size in sent) - len(data)
    assert again <= 3 * MOST_CHUNK, "of each stop at most the chunk that was under way"


def test_what_is_missing_or_damaged_is_told_and_holds_up_nothing(bench: Bench) -> None:
    lane = bench.folder / "lane"
    good, damaged, gone = content(1, 10_000), content(2, 10_000), sha256(content(3, 10_000))
    keep(lane, good)
    path = lane / "evidence" / sha256(damaged)[:2] / f"{sha256(damaged)}.jpg"
    keep(lane, damaged)
    path.write_bytes(damaged[:-1] + b"?")
    newest = name(bench.journal, [gone, sha256(damaged), sha256(good)])
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: place(bench) == newest, "all are settled")
    assert at_centre(bench) == {sha256(good): good}
    told = {one: row.reason for one in (gone, sha256(damaged)) if (row := here(bench, one)) is not None}
    assert told == {gone: "missing", sha256(damaged): "damaged"}
    assert alarms(bench) == {"evidence-missing", "evidence-damaged"}


def test_a_centre_without_a_folder_is_sent_none_and_its_records_go_on(bench: Bench) -> None:
    bench.evidence = ""
    data = content(1, 10_000)
    keep(bench.folder / "lane", data)
    name(bench.journal, [sha256(data)])
    bench.start_receiver()
    bench.start_courier()
    lane = bench.lane
    assert lane is not None
    newest = write_records(bench.journal, 50)
    bench.pump(lambda: Receipted(1, newest) in lane.of(Receipted), "records are receipted")
    for _ in range(20):
        bench.turn()
    assert place(bench) == 0 and alarms(bench) == set()
    bench.stop_receiver()
    bench.evidence = str(bench.folder / "set at last")
    bench.start_receiver()
    bench.pump(lambda: place(bench) == newest, "now it is sent")
    assert at_centre(bench) == {sha256(data): data}


def chunk(bench: Bench, whole: bytes, seq: int = 1, **changes: Any) -> bytes:  # noqa: ANN401 - any field
    """As a lane that is enrolled, and hostile, may send it."""
    encoded = base64.b64encode(whole).decode()
    part = FileChunk(STATION, LANE, 1, seq, "", sha256(whole), ".jpg", len(whole), 0, encoded)
    return encode(replace(part, **changes))


def _kept(bench: Bench) -> set[str]:
    """Whatever files lie in the centre's folder, but for its mark."""
    return {path.name for path in Path(bench.evidence).rglob("*") if path.is_file()} - {MARK}


def answers(bench: Bench, payload: bytes) -> list[tuple[int, str]]:
    """(stored, reason) that the centre gives."""
    assert bench.receiver is not None
    taking = bench.receiver._files
    said: list[FileReceipt] = []
    with mock.patch.object(taking, "_send", lambda _lane, receipt: said.append(receipt)):
        taking.add((STATION, LANE), payload)
        taking.turn()
    return [(one.stored, one.reason) for one in said]


def test_the_centre_takes_only_what_a_stored_record_of_that_lane_names(bench: Bench) -> None:
    named, other = content(1, 1_000), content(2, 1_000)
    newest = name(bench.journal, [sha256(named)])
    bench.start_receiver()
    assert answers(bench, chunk(bench, named)) == [(0, "not-named")], "the record is not stored yet"
    bench.start_courier()
    bench.pump(lambda: place(bench) == newest, "the record is stored")
    bench.stop_courier()
    assert answers(bench, chunk(bench, other)) == [(0, "not-named")]
    foreign = content(3, 1_000)
    assert answers(bench, chunk(bench, foreign, sha256=sha256(foreign), seq=7)) == [(0, "not-named")], "no such record"
    elsewhere = FileChunk(STATION, "L2", 1, 1, "", sha256(named), ".jpg", 1_000, 0, "")
    assert answers(bench, encode(elsewhere)) == [], "another lane than its topic"
    assert answers(bench, chunk(bench, named, total=MOST_FILE + 1)) == [(0, "too-large")]
    assert answers(bench, chunk(bench, named, ending="/../../x")) == []
    assert answers(bench, chunk(bench, named, sha256="../../etc/passwd")) == []
    assert _kept(bench) <= {f"{sha256(named)}.jpg"}
    assert {"evidence-not-named", "evidence-too-large", "malformed"} <= alarms(bench)


def test_another_content_is_discarded_told_and_not_taken_for_ever(bench: Bench) -> None:
    named = content(1, 1_000)
    name(bench.journal, [sha256(named)])
    receiver = bench.start_receiver()
    with JournalReader(bench.folder / "lane") as reader:
        row = reader.records(0, 1)[0]
    event = RecordEvent(
        STATION, LANE, row.epoch, row.seq, row.facts_to, row.facts_hash, row.type, row.tick, row.utc_ms,
        row.quality, row.body, row.hash, row.previous, epoch_base=1,
    )  # fmt: skip
    receiver.store.store(STATION, LANE, [event], 1)
    wrong = base64.b64encode(named[:-1] + b"?").decode()
    for _ in range(5):
        assert answers(bench, chunk(bench, named, data=wrong)) == [(0, "other-hash")]
    row_here = here(bench, sha256(named))
    assert row_here is not None and row_here.wrong == 3, "then nothing more was written"
    assert _kept(bench) == set()
    assert "evidence-other-hash" in alarms(bench)


def test_a_disk_that_is_nearly_full_is_told_and_the_file_comes_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.courier.file_sending.REST", 100)
    free = [0]
    usage = shutil.disk_usage(bench.folder)
    monkeypatch.setattr("station.centre.evidence_folder.shutil.disk_usage", lambda _: usage._replace(free=free[0]))
    data = content(1, 10_000)
    keep(bench.folder / "lane", data)
    newest = name(bench.journal, [sha256(data)])
    bench.start_receiver()
    bench.start_courier()
    bench.pump(lambda: "evidence-no-space" in alarms(bench), "it is told")
    assert place(bench) == 0
    free[0] = 10**9
    bench.pump(lambda: place(bench) == newest, "it has come")
    assert at_centre(bench) == {sha256(data): data}


def test_a_picture_that_several_records_name_is_sent_once(bench: Bench) -> None:
    data = content(1, 10_000)
    keep(bench.folder / "lane", data)
    for _ in range(5):
        newest = name(bench.journal, [sha256(data)])
    bench.start_receiver()
    courier = bench.start_courier()
    published: list[bytes] = []
    publish = courier._files._publish

    def noted(topic: str, payload: bytes) -> int:
        published.append(payload)
        return publish(topic, payload)

    courier._files._publish = noted
    bench.pump(lambda: place(bench) == newest, "all is settled")
    assert len(set(published)) == 2, "one question how far the centre is (again, if it is slow), one chunk"


def test_what_comes_twice_is_neither_sent_nor_stored_twice(bench: Bench) -> None:
    """A broker may bring anything twice."""
    data = content(1, 1_000_000)
    keep(bench.folder / "lane", data)
    newest = name(bench.journal, [sha256(data)])
    receiver, courier = bench.start_receiver(), bench.start_courier()
    publish, answer, sent = courier._files._publish, receiver._files._send, [0]

    def twice(topic: str, payload: bytes) -> int:
        sent[0] += len(decode(OfFile, payload).content())
        publish(topic, payload)
        return publish(topic, payload)

    def answered_twice(lane: tuple[str, str], receipt: FileReceipt) -> None:
        answer(lane, receipt)
        answer(lane, receipt)

    courier._files._publish, receiver._files._send = twice, answered_twice
    bench.pump(lambda: place(bench) == newest, "the file is settled")
    assert at_centre(bench) == {sha256(data): data}
    assert sent[0] - len(data) <= MOST_CHUNK


def test_two_receivers_without_a_common_folder_are_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answers with what it has: the lane does not go round for ever, and the next file is not held up."""
    data, good = content(1, 500_000), content(2, 1_000)
    keep(bench.folder / "lane", data)
    keep(bench.folder / "lane", good)
    newest = name(bench.journal, [sha256(data), sha256(good)])
    receiver = bench.start_receiver()
    bench.start_courier()
    folder = receiver._files._folder
    assert folder is not None
    other = EvidenceFolder(bench.folder / "other", 0)
    turn = receiver._files.turn

    def in_turn() -> None:
        if receiver._files.waits:
            receiver._files._folder = other if receiver._files._folder is folder else folder
        turn()

    monkeypatch.setattr(receiver._files, "turn", in_turn)
    bench.pump(lambda: place(bench) == newest, "all is settled")
    row = here(bench, sha256(data))
    assert row is not None and (row.state, row.reason) == ("gone", "given-up")
    assert are_here(bench, [sha256(good)])


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_broker_of_small_packets_gets_small_chunks(tmp_path: Path, version: Version) -> None:
    """MQTT 5 says how large a packet may be; an older broker ends the connection, and is then sent less."""
    with (
        running_mosquitto(tmp_path / "broker", "max_packet_size 60000") as broker,
        Bench(tmp_path / "bench", broker.port, version) as bench,
    ):
        bench.evidence = str(tmp_path / "evidence")
        data = content(1, 400_000)
        keep(bench.folder / "lane", data)
        newest = name(bench.journal, [sha256(data)])
        bench.start_receiver()
        bench.start_courier()
        bench.pump(lambda: place(bench) == newest, "the file is settled")
        assert at_centre(bench) == {sha256(data): data}
        ups = [message.up for message in bench.heard() if isinstance(message, LinkIs)]
        assert ups == ([True] if version == "5" else [True, False, True])


def test_a_broker_that_drops_what_is_large_and_says_nothing_gets_small_chunks(tmp_path: Path) -> None:
    """As MQTT 3.1.1 has it: acknowledged, and brought to nobody."""
    with (
        running_mosquitto(tmp_path / "broker", "message_size_limit 30000") as broker,
        Bench(tmp_path / "bench", broker.port, "3.1.1") as bench,
    ):
        bench.evidence = str(tmp_path / "evidence")
        data = content(1, 200_000)
        keep(bench.folder / "lane", data)
        newest = name(bench.journal, [sha256(data)])
        bench.start_receiver()
        bench.start_courier()
        bench.pump(lambda: place(bench) == newest, "the file is settled")
        assert at_centre(bench) == {sha256(data): data}
        assert [message.up for message in bench.heard() if isinstance(message, LinkIs)] == [True]
