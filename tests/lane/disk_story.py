"""`python -m tests.lane.disk_story DISK SEED MUTANT`: a lane on a small disk that fills up and is freed again, as JSON.

Trucks cross, one is overridden, one is put under hold, the last are not yet at the centre; then somebody fills the
disk step by step and at last to the last page. Nobody but the lane frees anything until the very end.
"""

import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from drivers.contract.orders import RaiseBoom
from station.core import retaining
from station.core.records import CrossingCompleted, ModeChanged
from station.core.retention_records import DiskChanged, EvidenceDropped
from station.journal.reader import JournalReader
from station.journal.refusals import JournalUnwritable
from station.lane.reserve_file import ReserveFile
from station.lane.retention import Moment
from station.settings.tables import Keeping
from tests.lane.full_disk import fill
from tests.lane.kept_lane import KeptLane

MUTANTS = ("", "no-reserve", "drops-undelivered", "forgets-holds", "drops-disputed")
PLAIN, PICTURE_BYTES, RECORDING_BYTES = 8, 150_000, 1_000_000
RESERVE = 4 * 1_048_576
MOST_SCANS = 20_000
_PAGE = 4_096


@dataclass(frozen=True, slots=True)
class Story:
    """`levels` and `modes` in the order of their records. `wrongly_dropped`: pictures under hold, of a disputed or an
    undelivered crossing that are gone. `recovered_alone`: after the last page was taken, with nobody's
    help, and at a start on a full disk too.
    """

    levels: list[str]
    modes: list[str]
    acknowledged: int
    lost: int
    is_whole: bool
    sqlite_says: str
    wrongly_dropped: int
    drops: list[str]
    raised_while_full: bool
    came_while_full: int
    recovered_alone: bool
    goes_on: bool
    has_reserve: bool


def tell(disk: Path, seed: int) -> Story:
    """The whole story."""
    lane = KeptLane(root=disk, keeping=Keeping(reserve_size=RESERVE), picture_bytes=PICTURE_BYTES, seed=seed)
    with lane:
        for device in ("scale", "barrier"):
            folder = lane.data.recording(device)
            folder.mkdir(parents=True)
            for number in (1, 2, 3):
                (folder / f"{number:08}.flight").write_bytes(bytes(RECORDING_BYTES))
        to_stay = _trucks(lane)
        filler, bounds = disk / "filler", lane.evidence._watch.bounds
        _squeeze(lane, filler, bounds.low * 9 // 10)
        _squeeze(lane, filler, bounds.critical * 9 // 10)  # its trucks have only just left: nothing goes yet
        _fill_up(lane)
        lane.now += 700_000
        lane.rest(60_000)
        alone = lane.loop_.is_keeping and lane.state.disk != "READ_ONLY" and _raises(lane)
        _squeeze(lane, filler, bounds.read_only // 2)
        opened, raises = lane.state.crossings, _raises(lane)
        came = lane.state.crossings - opened
        for part in (filler, disk / "full"):
            part.unlink()
        lane.rest(120_000)
        goes_on = _raises(lane)
        starts = _starts_on_a_full_disk(lane)
        return _judge(lane, to_stay, alone and starts, goes_on, came_while_full=came, raised_while_full=raises)


def _trucks(lane: KeptLane) -> set[str]:
    """All kinds of crossings; the pictures that must stay whatever happens."""
    for _ in range(PLAIN):
        lane.green()
    lane.override()
    lane.hold_evidence(_ended(lane)[2].crossing)
    lane.receipt()
    lane.green()
    lane.green()
    ended = _ended(lane)
    return {f"{sha256}.jpg" for one in (ended[2], *ended[PLAIN:]) for sha256 in one.pictures}


def _ended(lane: KeptLane) -> list[CrossingCompleted]:
    return [record for record in lane.of(CrossingCompleted) if isinstance(record, CrossingCompleted)]


def _raises(lane: KeptLane) -> bool:
    """A truck comes, and the boom is told to rise for it."""
    sent = len(lane.sent)
    lane.green()
    lane.rest(10_000)
    return any(isinstance(order, RaiseBoom) for order in lane.sent[sent:])


def _squeeze(lane: KeptLane, filler: Path, usable: int) -> None:
    """Somebody writes until so many bytes are left beside the reserve; then the lane has a minute."""
    with filler.open("ab", buffering=0) as file:
        watch = lane.evidence._watch
        watch.settle()
        file.write(bytes(max(0, watch.usable - usable) // _PAGE * _PAGE))
    lane.rest(60_000)


def _fill_up(lane: KeptLane) -> None:
    """Somebody takes every page before the lane has looked, and the journal's log uses up what it had."""
    fill(lane.root / "full")
    for _ in range(MOST_SCANS):
        if not lane.loop_.is_keeping:
            break
        lane.scan()
    lane.rest(5_000)


def _starts_on_a_full_disk(lane: KeptLane) -> bool:
    """The power fails, the last page is taken meanwhile: the start makes itself the room that its journal needs."""
    lane.close()
    fill(lane.root / "again")
    try:
        lane.open()
    except JournalUnwritable:
        (lane.root / "again").unlink()
        lane.open()
        return False
    lane.rest(5_000)
    closed = lane.state.mode == "CLOSED" and lane.loop_.is_keeping
    (lane.root / "again").unlink()
    lane.rest(120_000)
    return closed and lane.state.disk == "OK"


def _judge(
    lane: KeptLane, to_stay: set[str], alone: bool, goes_on: bool, *, came_while_full: int, raised_while_full: bool
) -> Story:
    said = lane.written()
    with JournalReader(lane.data.root) as reader:
        rows = {row.seq: row.hash for row in reader.records(0, 100_000)}
        broken = reader.first_broken()
    return Story(
        [record.level for record in said if isinstance(record, DiskChanged)],
        [record.mode for record in said if isinstance(record, ModeChanged)],
        len(lane.acknowledged),
        sum(rows.get(seq) != digest for seq, digest in lane.acknowledged.items() if seq),
        broken is None,
        str(lane.journal._driver.execute("PRAGMA integrity_check").fetchone()[0]),
        len(to_stay - lane.names()),
        [f"{one.evidence} {one.reason} {one.files}" for one in said if isinstance(one, EvidenceDropped)],
        raised_while_full,
        came_while_full,
        alone,
        goes_on,
        not lane.evidence._watch.reserve.missing,
    )


@contextmanager
def spoiled(mutant: str) -> Iterator[None]:
    """The product with one mistake."""
    with ExitStack() as stack:
        match mutant:
            case "no-reserve":
                stack.enter_context(mock.patch.object(ReserveFile, "make", return_value=False))
            case "drops-undelivered":
                stack.enter_context(mock.patch("station.lane.evidence_keeping.Moment", _all_delivered))
            case "forgets-holds":
                stack.enter_context(mock.patch.object(retaining, "order"))
            case "drops-disputed":
                stack.enter_context(mock.patch("station.lane.retention._DISPUTED", frozenset()))
                stack.enter_context(mock.patch("station.lane.retention.is_plain_passage", return_value=True))
        yield


def _all_delivered(*known: object) -> Moment:
    return dataclasses.replace(Moment(*known), delivered=sys.maxsize)  # type: ignore[arg-type]


def main(disk: Path, seed: int, mutant: str) -> None:
    """Print the story."""
    with spoiled(mutant):
        print(json.dumps(dataclasses.asdict(tell(disk, seed))))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
