"""A lane whose broker or centre does not do what it should with one file: the next one comes to its turn."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.contract.clips import CLIP_ENDING, FORM, ClipIndex
from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Millis, Tick
from station.courier import outbox
from station.courier.file_sending import MOST_NOT_KEPT, MOST_REST, MOST_SETBACKS, REST, FileSending
from station.courier.named_files import NamedFiles
from station.courier.outbox import Outbox
from station.courier.store import CourierStore, Cursor
from station.courier.stream import RecordStream
from station.evidence.stored import stored_file
from station.journal.store import Journal
from station.messages.evidence_files import MOST_CHUNK, FileChunk, FileGone, OfFile, sound_ending
from station.messages.receipts import FileAnswer, FileReceipt
from station.messages.topics import LaneTopics
from tests.courier.pictured import content, keep, name, sha256

TOPICS = LaneTopics("VNHUN1", "L1")
BAD, GOOD = content(1, 100_000), content(2, 100)
Centre = Callable[[FileChunk | FileGone], FileReceipt | None]


class Sender:
    """A lane's sending from a real journal and store. The broker acknowledges at once, the clock is the test's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = Journal.open(folder)
        self.store = CourierStore(folder)
        self.stream = RecordStream(folder, TOPICS.station, TOPICS.lane)
        self.now = Tick(1_000)
        self.sent: list[FileChunk | FileGone] = []
        evidence = folder / "evidence"
        self.sending = FileSending(
            NamedFiles(self.stream, self.store.files, evidence), evidence, TOPICS, lambda _, said: self._publish(said)
        )
        self.sending.is_wanted = True
        self.sending.begin_again(0)

    def _publish(self, said: bytes) -> int:
        self.sent.append(decode(OfFile, said))
        return len(self.sent)

    def turn(self) -> FileChunk | FileGone | None:
        """What goes out now, if anything does; the broker has it."""
        seq, before = self.journal.next_seq - 1, len(self.sent)
        box = outbox.connected(Outbox(receipted=seq, sent=seq, newest=seq), 20, self.now)
        self.sending.turn(box, Cursor(1, seq), self.now)
        if len(self.sent) == before:
            return None
        self.sending.acknowledged(len(self.sent), self.now)
        return self.sent[-1]

    def run(self, centre: Centre, *, hours: int = 24) -> None:
        """Until every file is settled, or so long."""
        end = self.now + hours * 3_600_000
        while self.store.files.place()[1] < self.journal.next_seq - 1:
            assert self.now < end, f"{self.settled} settled after {hours} h, {len(self.sent)} messages"
            said = self.turn()
            answer = centre(said) if said is not None else None
            if answer is not None:
                self.sending.weigh(answer, self.now)
            else:
                self.now = Tick(self.now + 500)

    @property
    def settled(self) -> dict[str, str]:
        """The reason of each file that is settled, "" for delivered."""
        rows = self.store._connection.execute("SELECT sha256, reason FROM file_settled")
        return dict(rows.fetchall())

    def close(self) -> None:
        self.stream.close()
        self.store.close()
        self.journal.close()


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    """Two files of one record, the first of which is to be the trouble."""
    made = Sender(tmp_path)
    for data in (BAD, GOOD):
        keep(tmp_path, data)
    name(made.journal, [sha256(BAD), sha256(GOOD)])
    yield made
    made.close()


def answer(said: FileChunk | FileGone, stored: int = 0, reason: FileAnswer = "") -> FileReceipt:
    total, offset = (said.total, said.offset) if isinstance(said, FileChunk) else (0, 0)
    return FileReceipt(TOPICS.station, TOPICS.lane, said.sha256, total, offset, stored, reason, 1)


def has_data(said: FileChunk | FileGone) -> bool:
    return isinstance(said, FileChunk) and bool(said.data)


class Keeping:
    """A centre that keeps what comes."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def __call__(self, said: FileChunk | FileGone) -> FileReceipt:
        if isinstance(said, FileGone):
            return answer(said, 0, "passed-over")
        kept = self.kept.setdefault(said.sha256, b"")
        if said.data and said.offset == len(kept):
            self.kept[said.sha256] += base64.b64decode(said.data)
        return answer(said, len(self.kept[said.sha256]))


def test_a_broker_that_drops_large_messages_and_says_nothing_gets_small_ones(sender: Sender) -> None:
    """As one of MQTT 3.1.1 with a limit does: acknowledged and dropped."""
    centre = Keeping()
    sender.run(lambda said: centre(said) if isinstance(said, FileGone) or len(said.data) < 12_000 else None)
    assert centre.kept == {sha256(BAD): BAD, sha256(GOOD): GOOD}
    assert sender.settled == {sha256(BAD): "", sha256(GOOD): ""}


def test_a_centre_whose_answers_are_late_gets_large_chunks_and_all(sender: Sender) -> None:
    """They have arrived: the answer to the question says so."""
    centre = Keeping()

    def late(said: FileChunk | FileGone) -> FileReceipt | None:
        given = centre(said)
        return None if has_data(said) else given

    data = content(4, 900_000)
    keep(sender.folder, data)
    name(sender.journal, [sha256(data)])
    sender.run(late)
    assert set(sender.settled.values()) == {""} and centre.kept[sha256(data)] == data
    assert sender.sending._pace.most == MOST_CHUNK
    assert max(len(one.data) for one in sender.sent if isinstance(one, FileChunk)) > MOST_CHUNK


def test_a_file_whose_chunks_vanish_whatever_their_size_is_passed_over(sender: Sender) -> None:
    centre = Keeping()
    sender.run(lambda said: None if said.sha256 == sha256(BAD) and has_data(said) else centre(said))
    assert sender.settled == {sha256(BAD): "given-up", sha256(GOOD): ""}
    tried = [one for one in sender.sent if isinstance(one, FileChunk) and one.sha256 == sha256(BAD) and one.data]
    assert len(tried) == MOST_SETBACKS and sender.now < 60_000


def test_a_file_that_the_centre_cannot_keep_is_passed_over_and_told(sender: Sender) -> None:
    centre = Keeping()

    def refusing(said: FileChunk | FileGone) -> FileReceipt:
        is_bad = said.sha256 == sha256(BAD) and isinstance(said, FileChunk)
        return answer(said, 0, "not-kept") if is_bad else centre(said)

    sender.run(refusing)
    assert sender.settled == {sha256(BAD): "given-up", sha256(GOOD): ""}
    asked = [one for one in sender.sent if isinstance(one, FileChunk) and one.sha256 == sha256(BAD)]
    assert len(asked) == MOST_NOT_KEPT


def test_a_centre_whose_disk_is_dead_for_a_day_gets_all(sender: Sender) -> None:
    """It cannot even note that a file is passed over: so that is not the file's fault."""
    centre, day = Keeping(), 86_400_000
    sender.run(lambda said: answer(said, 0, "not-kept") if sender.now < day else centre(said), hours=48)
    assert sender.settled == {sha256(BAD): "", sha256(GOOD): ""}


def test_a_part_that_was_lost_is_sent_again_however_long_it_is(sender: Sender) -> None:
    """Chunks of what the centre once had do bring it further."""
    centre = Keeping()
    was = 0

    def losing(said: FileChunk | FileGone) -> FileReceipt:
        nonlocal was
        if not was and len(centre.kept.get(sha256(BAD), b"")) > 40_000:
            was = len(sender.sent)
            centre.kept[sha256(BAD)] = b""
            sender.sending._pace = type(sender.sending._pace)(4_096, 4_096, MOST_CHUNK)
        return centre(said)

    sender.run(losing)
    assert was and centre.kept[sha256(BAD)] == BAD
    assert sender.settled == {sha256(BAD): "", sha256(GOOD): ""}


def test_the_rest_grows_while_nothing_gets_through(sender: Sender) -> None:
    """The question between two of them is answered; that is no progress."""
    rests: list[int] = []
    for _ in range(6):
        question = sender.turn()
        assert isinstance(question, FileChunk) and not question.data
        sender.sending.weigh(answer(question, 4_096), sender.now)
        said = sender.turn()
        assert said is not None
        sender.sending.weigh(answer(said, 0, "no-space"), sender.now)
        rests.append(sender.sending._rests_until - sender.now)
        sender.now = sender.sending._rests_until
    assert rests == [min(REST * 2**at, MOST_REST) for at in range(6)]
    question = sender.turn()
    assert question is not None
    sender.sending.weigh(answer(question, 4_096), sender.now)
    for stored, reason in ((20_000, ""), (0, "no-space")):
        said = sender.turn()
        assert said is not None
        sender.sending.weigh(answer(said, stored, "no-space" if reason else ""), sender.now)
    assert sender.sending._rests_until - sender.now == REST, "there was room in between"


def test_a_late_answer_to_the_question_is_none_to_what_followed(sender: Sender) -> None:
    asked = [sender.turn()]
    sender.now = Tick(sender.now + 60_000)
    asked.append(sender.turn())
    late = asked[0]
    assert late is not None and late == asked[1] and isinstance(late, FileChunk) and not late.data
    sender.sending.weigh(answer(late), sender.now)
    first = sender.turn()
    assert isinstance(first, FileChunk) and (first.offset, bool(first.data)) == (0, True)
    sender.sending.weigh(answer(late), sender.now)
    assert sender.sending._setbacks == 0 and sender.turn() is None, "the chunk is still under way"
    sender.sending.weigh(answer(first, 16_384), sender.now)
    second = sender.turn()
    assert isinstance(second, FileChunk) and second.offset == 16_384


@pytest.mark.parametrize("reason", ["", "no-space", "not-kept"])
def test_a_gone_file_is_settled_only_by_an_answer_that_takes_it_down(sender: Sender, reason: FileAnswer) -> None:
    path = stored_file(sender.folder / "evidence", sha256(BAD))
    assert path is not None
    path.unlink()
    told = sender.turn()
    assert isinstance(told, FileGone) and told.reason == "missing"
    sender.sending.weigh(answer(told, 0, reason), sender.now)
    assert sender.settled == {}
    sender.run(Keeping())
    assert sender.settled == {sha256(BAD): "missing", sha256(GOOD): ""}
    assert len([one for one in sender.sent if isinstance(one, FileGone)]) == 2, "told again"


@pytest.mark.parametrize(
    ("ending", "travels"),
    [(".JPG", ".jpg"), (".TIF", ".tif"), (".scan.meta.jpg", ""), (".dicomimage", ""), (".dcm", ".dcm"), ("", "")],
)
def test_any_ending_of_a_scan_travels(sender: Sender, ending: str, travels: str) -> None:
    data = content(3, 50)
    path = sender.folder / "evidence" / "scans" / sha256(data)[:2] / f"{sha256(data)}{ending}"
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    name(sender.journal, [sha256(data)])
    sender.run(Keeping())
    sent = [one for one in sender.sent if one.sha256 == sha256(data)]
    assert sender.settled[sha256(data)] == ""
    assert all(one.is_sound and isinstance(one, FileChunk) and one.ending == travels for one in sent)


def test_what_no_centre_could_read_is_passed_over(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of a form that a later lane may find sound, and its contract not."""
    monkeypatch.setattr("station.courier.file_sending.sound_ending", lambda _: ".NOT.ALLOWED")
    sender.run(Keeping())
    assert sender.settled == {sha256(BAD): "given-up", sha256(GOOD): "given-up"}
    assert all(isinstance(one, FileGone) for one in sender.sent)


def test_frames_of_an_index_without_end_are_not_read(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre keeps such an index as a file, and takes no frames of it."""
    index = encode(ClipIndex(FORM, "c", "front", Tick(0), Tick(1), Millis(500), ((0, keep(sender.folder, b"frame")),)))
    for most, frames in ((len(index) - 1, []), (len(index), [sha256(b"frame")])):
        monkeypatch.setattr("station.courier.named_files.MOST_INDEX", most)
        stored = keep(sender.folder, index, CLIP_ENDING)
        found = NamedFiles(sender.stream, sender.store.files, sender.folder / "evidence")._frames(stored)
        assert list(found) == frames


def test_endings_of_the_contract_stay() -> None:
    assert [sound_ending(one) for one in (".jpg", ".clip.json", "")] == [".jpg", ".clip.json", ""]
