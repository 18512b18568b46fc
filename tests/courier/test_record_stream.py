"""The stream of records by itself, without a broker."""

from contextlib import closing
from pathlib import Path

from station.courier.stream import RecordStream
from station.journal.store import Journal
from station.messages.envelope import decode_event
from tests.courier.bench import LANE, STATION, write_records


def test_a_stream_that_has_not_looked_at_the_epochs_yet_gives_records_all_the_same(tmp_path: Path) -> None:
    """The first look may fail, while a word of the lane says that there is something to send."""
    with Journal.open(tmp_path) as journal:
        newest = write_records(journal, 30)
    with closing(RecordStream(tmp_path, STATION, LANE)) as stream:
        given = [record.seq for start in range(0, newest, 10) for record in stream.after(start, 10)]
        assert given == list(range(1, newest + 1))
        assert decode_event(stream.after(0, 1)[0].encoded).has_true_hash
