"""Evidence files over a real broker into the centre's folder: all of them, as they are, and never in the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.centre import queries
from station.messages.evidence_files import MOST_CHUNK
from tests.courier.bench import Bench
from tests.courier.pictured import are_here, at_centre, content, keep, keep_clip, name, sha256
from tests.services import Mosquitto


@pytest.fixture
def bench(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Bench]:
    with Bench(tmp_path / "bench", mosquitto.port) as made:
        made.evidence = str(tmp_path / "evidence")
        yield made


def alarms(bench: Bench) -> set[str]:
    assert bench.receiver is not None
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
