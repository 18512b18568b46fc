"""The ring stays within its bytes, and the copy goes on after a kill, another boot, a torn note and a full disk."""

from pathlib import Path

import pytest

from drivers.camera import clip_keeper
from drivers.camera.clip_keeper import LONGEST, MOST_CLIPS, ClipKeeper
from drivers.camera.frame_ring import FrameRing
from drivers.camera.picture_store import NotStored, PictureStore
from drivers.contract.clips import ClipNotStored, ClipStored, RingSettings, missing_ms
from drivers.contract.orders import KeepClip
from drivers.contract.quantities import Millis, Tick
from tests.drivers.clip_bench import frames_of, index_of, spans

PERIOD = Millis(500)


class Bench:
    """A ring that is fed by hand, and the keeper behind it; `again` is the worker's successor."""

    def __init__(self, folder: Path, size: int = 1 << 20, span: int = 30_000) -> None:
        self.now = Tick(100_000)
        self.evidence = folder / "evidence"
        self.run = folder / "run"
        self._settings = RingSettings(str(self.run), PERIOD, Millis(span), size)
        self.again()

    def again(self) -> None:
        self.ring = FrameRing(self._settings)
        self.keeper = ClipKeeper("camera", self.ring, PERIOD, self.evidence)
        self.ring.open(self.now)
        self.keeper.open()

    def watch(self, millis: int, *, works: bool = True) -> list[ClipStored | ClipNotStored]:
        said = []
        for _ in range(millis // PERIOD):
            self.now = Tick(self.now + PERIOD)
            self.ring.put(self.now, b"frame %d" % self.now)
            for _ in range(5 if works else 0):  # a camera is polled 20 times a second
                said += self.keeper.work(self.now)
        return said

    def order(self, before: int = 20_000, after: int = 40_000, clip: str = "k1") -> KeepClip:
        return KeepClip("o1", Tick(self.now + 1_000), clip, Tick(self.now - before), Tick(self.now + after))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def whole(said: list[ClipStored | ClipNotStored]) -> ClipStored:
    last = said[-1]
    assert isinstance(last, ClipStored) and last.whole
    return last


def test_the_whole_window_is_kept_frame_by_frame(bench: Bench) -> None:
    bench.watch(40_000)
    order = bench.order()
    assert bench.keeper.order(order, bench.now).code == "accepted"
    early, told = bench.watch(43_000)
    assert isinstance(early, ClipStored) and not early.whole and 41 <= early.frames <= 52
    assert isinstance(told, ClipStored) and told.whole and told.missing == 0 and told.frames == 121
    index = index_of(bench.evidence, told.sha256)
    assert spans(index, slack=0) and (index.frames[0][0], index.frames[-1][0]) == (order.since, order.until)
    assert next(file.read_bytes() for _, file in frames_of(bench.evidence, index)) == b"frame %d" % order.since


def test_a_flood_of_frames_stays_within_the_bytes_and_the_newest_stay(tmp_path: Path) -> None:
    size = 200_000
    bench = Bench(tmp_path, size=size)
    for number in range(2_000):
        bench.ring.put(Tick(bench.now + number), bytes(1_000 + 7_919 * number % 30_000))
        if number % 50 == 0:
            assert sum(file.stat().st_size for file in bench.run.glob("*.*")) == bench.ring.bytes_held <= size
    assert bench.ring.newest == bench.now + 1_999
    bench.ring.put(Tick(bench.now + 5_000), bytes(size + 1))
    assert bench.ring.newest == bench.now + 1_999, "what never fits costs nothing that is there"
    assert bench.ring.bytes_held > size // 2


def test_the_ring_is_bounded_in_time_and_a_successor_takes_it_over(bench: Bench) -> None:
    bench.watch(60_000)
    first = bench.ring.after(0, bench.now)
    assert first is not None and first >= bench.now - 30_500
    (bench.run / f"{bench.now + 1}.part").write_bytes(b"torn")
    (bench.run / f"{bench.now + 9_000}.jpg").write_bytes(b"of another boot")
    held = bench.ring.bytes_held
    bench.again()
    assert bench.ring.bytes_held == held and not list(bench.run.glob("*.part"))


def test_frames_of_another_boot_are_not_taken_over(bench: Bench) -> None:
    bench.watch(5_000)
    (bench.run / "boot").write_text("another")
    bench.again()
    assert bench.ring.bytes_held == 0 and list(bench.run.glob("*.jpg")) == []


def test_a_killed_worker_is_followed_by_one_that_goes_on_and_tells_the_gap(bench: Bench) -> None:
    bench.watch(30_000)
    order = bench.order()
    bench.keeper.order(order, bench.now)
    bench.watch(15_000)
    killed = bench.now
    bench.now = Tick(bench.now + 8_000)
    bench.again()
    assert bench.keeper.order(order, bench.now).code == "accepted"
    told = whole(bench.watch(25_000))
    ticks = [tick for tick, _ in index_of(bench.evidence, told.sha256).frames]
    assert ticks[0] == order.since and ticks[-1] == order.until and killed in ticks
    assert told.missing == missing_ms(order.since, order.until, ticks, PERIOD) == 8_000
    bench.again()
    bench.keeper.order(order, bench.now)
    assert whole(bench.watch(2_000)).sha256 == told.sha256, "asked again, it answers the same"


def test_after_a_power_cut_what_was_stored_is_a_clip(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.watch(30_000)
    order = bench.order()
    bench.keeper.order(order, bench.now)
    bench.watch(6_000)
    monkeypatch.setattr(clip_keeper, "boot_id", lambda: "another boot")
    for file in bench.run.glob("*"):
        file.unlink()
    notes = bench.evidence / "clips" / "camera" / "k1.frames"
    notes.write_text(notes.read_text() + "12345 abc")  # the last line was torn
    bench.now = Tick(9_000)
    bench.again()
    assert bench.keeper.order(order, bench.now).code == "accepted"
    told = whole(bench.keeper.work(bench.now))
    assert (told.first, told.last) == (order.since, order.since + 26_000)
    assert told.missing == 33_500


def test_of_another_boot_without_a_note_there_is_nothing(bench: Bench) -> None:
    bench.watch(5_000)
    order = KeepClip("o1", Tick(bench.now + 1_000), "k1", Tick(10**9), Tick(10**9 + 60_000))
    bench.keeper.order(order, bench.now)
    assert bench.keeper.work(bench.now) == [ClipNotStored("o1", "k1", "no-frames")]


def test_an_extended_clip_is_told_to_its_new_end(bench: Bench) -> None:
    bench.watch(30_000)
    order = bench.order()
    bench.keeper.order(order, bench.now)
    bench.watch(20_000)
    later = KeepClip("o2", Tick(bench.now + 1_000), "k1", order.since, Tick(order.until + 20_000))
    bench.keeper.order(later, bench.now)
    told = whole(bench.watch(45_000))
    assert (told.order_id, told.since, told.until, told.frames) == ("o2", order.since, later.until, 161)


def test_two_clips_share_their_frames(bench: Bench) -> None:
    bench.watch(30_000)
    bench.keeper.order(bench.order(), bench.now)
    bench.keeper.order(bench.order(clip="k2"), bench.now)
    bench.watch(43_000)
    assert len(list(bench.evidence.glob("??/*.jpg"))) == 121


def test_a_disk_that_takes_nothing_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise NotStored("no space left on device")

    bench.watch(30_000)
    bench.keeper.order(bench.order(), bench.now)
    monkeypatch.setattr(PictureStore, "keep", full)
    assert bench.watch(1_000) == [ClipNotStored("o1", "k1", "disk")]


def test_a_ring_that_lost_a_file_leaves_a_gap(bench: Bench) -> None:
    bench.watch(30_000)
    order = bench.order(before=20_000, after=0)
    for tick in range(order.since + 5_000, order.since + 9_000, PERIOD):
        (bench.run / f"{tick}.jpg").unlink()
    bench.keeper.order(order, bench.now)
    told = whole(bench.watch(10_000))
    assert (told.frames, told.missing) == (33, 4_000)


@pytest.mark.parametrize("clip", ["", "../k1", "k/1", ".k", "k" * 41])
def test_a_name_that_climbs_and_a_window_of_hours_are_refused(bench: Bench, clip: str) -> None:
    assert bench.keeper.order(bench.order(clip=clip), bench.now).code == "refused"
    assert bench.keeper.order(bench.order(after=int(LONGEST)), bench.now).code == "refused"


def test_a_camera_keeps_so_many_at_a_time(bench: Bench) -> None:
    for number in range(MOST_CLIPS):
        assert bench.keeper.order(bench.order(clip=f"k{number}"), bench.now).code == "accepted"
    assert bench.keeper.order(bench.order(clip="one-more"), bench.now).code == "refused"


def test_notes_of_clips_that_are_done_do_not_gather(bench: Bench) -> None:
    bench.watch(3_000)
    for number in range(20):
        bench.keeper.order(bench.order(before=500, after=0, clip=f"k{number}"), bench.now)
        bench.watch(4_000)
    bench.again()
    assert len(list((bench.evidence / "clips" / "camera").glob("*.frames"))) <= 16


def test_missing_is_what_no_frame_shows() -> None:
    every = range(1_000, 61_001, 500)
    assert missing_ms(Tick(1_000), Tick(61_000), list(every), PERIOD) == 0
    assert missing_ms(Tick(1_000), Tick(61_000), [], PERIOD) == 60_000
    assert missing_ms(Tick(1_000), Tick(61_000), [31_000], PERIOD) == 59_000
    assert missing_ms(Tick(1_000), Tick(61_000), [tick for tick in every if tick >= 21_000], PERIOD) == 19_500
