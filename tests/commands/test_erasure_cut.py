"""A lane is killed while personal data are erased by order: the next one makes it good, and records it."""

import signal
import time
from collections.abc import Callable

from station.core.records import ActRecorded, ErasureRecorded
from station.journal.folder import DataFolder
from station.journal.personal import PersonalData
from station.journal.reader import JournalReader
from tests.commands.premises import Premises, Told, running_lane
from tests.commands.test_lane_commands import act

CROSSING, OTHER = "VN-HN-I1-E1-000001", "VN-HN-I1-E1-000002"
NAME, KEPT = "NGUYỄN VĂN MẪU", "TRẦN THỊ THỬ"
CUT = "tests.commands.cut_lane"

Command = Callable[..., Told]


def test_what_was_ordered_and_not_erased_is_erased_by_the_next_lane(place: Premises, command: Command) -> None:
    order(place, command, "ordered")
    with running_lane(place, CUT, str(place.settings), "no-mend"):
        pass
    assert holds(place, NAME) and erasures(place) == [], "as it was before, which shows what this test can see"
    with running_lane(place):
        pass
    assert not holds(place, NAME) and holds(place, KEPT)
    [ordered] = acts(place)
    assert erasures(place) == [ErasureRecorded(CROSSING, "ACT", ordered.act_id, 1)]
    with running_lane(place):
        pass
    assert len(erasures(place)) == 1, "it is done once"


def test_what_was_erased_and_not_recorded_is_recorded_by_the_next_lane(place: Premises, command: Command) -> None:
    order(place, command, "erased")
    assert not holds(place, NAME) and erasures(place) == []
    with running_lane(place):
        pass
    [ordered] = acts(place)
    assert erasures(place) == [ErasureRecorded(CROSSING, "ACT", ordered.act_id, 0)]


def order(place: Premises, command: Command, point: str) -> None:
    """The head of unit orders the erasure of one of two crossings' data, and the lane is killed at `point`."""
    place.data.mkdir()
    with PersonalData(DataFolder(place.data).personal) as data:
        for name, crossing in ((NAME, CROSSING), (KEPT, OTHER)):
            data.seal(name, crossing, time.time_ns() // 1_000_000)
    with running_lane(place, CUT, str(place.settings), point) as lane:
        assert act(place, command, "erase", "--crossing", CROSSING).status != 0, "nobody answered"
        assert lane.wait(20) == -signal.SIGKILL
    place.socket.unlink()  # by it the next one is known to be there
    [ordered] = acts(place)
    assert (ordered.action, ordered.outcome, ordered.crossing) == ("erase", "effective", CROSSING)


def holds(place: Premises, text: str) -> bool:
    """Whether any byte of any file of the lane still says it."""
    return any(text.encode() in file.read_bytes() for file in place.data.rglob("*") if file.is_file())


def acts(place: Premises) -> list[ActRecorded]:
    return [record for record in _records(place) if isinstance(record, ActRecorded) and record.action == "erase"]


def erasures(place: Premises) -> list[ErasureRecorded]:
    return [record for record in _records(place) if isinstance(record, ErasureRecorded)]


def _records(place: Premises) -> list[object]:
    with JournalReader(place.data) as reader:
        return [reader.as_record(row) for row in reader.records(0, 1_000)]
