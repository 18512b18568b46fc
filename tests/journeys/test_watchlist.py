"""A truck that the centre looks for, all parts real: inspected; neither screen, journal nor bundle says why."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from drivers.contract.plain import encode
from station.core.records import CrossingDecided
from station.core.step import step
from station.courier.store import CourierStore
from station.evidence.bundle import make_bundle
from station.evidence.journal_source import opened
from station.journal.reader import JournalReader
from station.journal.replay import beginning, replay
from station.lane.act_socket import Ask
from station.messages.downlinks import Watchlist
from station.simulate.scene import gate_picture
from station.trust.watching import WatchKey
from tests.journeys.gate import DECLARATION, FAR_MS, PLATE, STATION, Gate

KEY = WatchKey(bytes(range(32)))


def watch(gate: Gate, *plates: str) -> None:
    """The centre's watchlist is in courier.db, and the lane has its key."""
    store = CourierStore(gate.data.root)
    marks = tuple(KEY.mark(plate) for plate in plates)
    store.apply(store.receive("watchlist", b"", 1), Watchlist(STATION, 1, KEY.key_id, marks, 1, FAR_MS))
    store.close()
    gate.loop._performer._mark = KEY.mark


def everything(gate: Gate, bundle: Path) -> Iterator[bytes]:
    """What an officer is shown, the whole journal, and every member of the evidence bundle."""
    yield encode(gate.ask(Ask()))
    with JournalReader(gate.data.root) as reader:
        yield from (row.body for row in reader.records(0, 10_000))
        yield from (row.body for row in reader.facts(0, 10_000))
    with zipfile.ZipFile(bundle) as packed:
        yield from (packed.read(name) for name in packed.namelist() if not name.endswith(".jpg"))


def test_such_a_truck_is_inspected_and_nothing_says_why(tmp_path: Path) -> None:
    with Gate(tmp_path / "gate") as gate:
        watch(gate, "29H-999.99", PLATE)
        gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        gate.ready()
        gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
        gate.until(lambda: gate.loop.state.phase == "HELD", 300, "the truck is held")
        decided = [record for record in gate.records() if isinstance(record, CrossingDecided)]
        assert [(one.verdict, one.reason) for one in decided] == [("REFER_PHYSICAL", "SYSTEM_INSTRUCTION")]
        with opened(gate.data.root) as reader:
            bundle = tmp_path / "evidence.zip"
            make_bundle(reader, decided[0].crossing, gate.data.evidence, gate.station_key, {}, bundle)
        secret = (b"watch", KEY.mark(PLATE).encode(), KEY.key_id.encode(), bytes(range(32)).hex().encode())
        texts = list(everything(gate, bundle))
        assert len(texts) > 50 and any(b"SYSTEM_INSTRUCTION" in text for text in texts)
        assert [text for text in texts if any(word in text.lower() for word in secret)] == []
        with JournalReader(gate.data.root) as reader:
            assert replay(reader, step, *beginning(reader)).difference is None, "without the key the same again"
