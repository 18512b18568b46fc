"""A journal that an I/O error has stopped stays stopped: the lane ends, and a start opens it anew."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from station.journal.reader import JournalReader
from station.journal.refusals import JournalUnwritable
from tests.journeys.gate import DECLARATION, Gate


@contextmanager
def no_file_may_grow(beyond: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (beyond, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_the_lane_ends_by_name_and_nothing_was_permitted(gate: Gate) -> None:
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.until(lambda: (c := gate.loop.state.crossing) is not None and c.declaration != "", 60, "the code is shown")
    log = gate.data.journal.with_name("journal.db-wal")
    with no_file_may_grow(log.stat().st_size), pytest.raises(JournalUnwritable) as ended:
        gate.run(10_000)
    assert ended.value.cause == "io-error"
    assert "restart the lane" in ended.value.next_step
    assert gate.yard.motions == []
    assert gate.yard.light == "red"
    with JournalReader(gate.data.root) as reader:
        assert reader.first_broken() is None
