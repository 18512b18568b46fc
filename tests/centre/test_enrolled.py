"""No enrolment, no receipts; and a station goes on with its next key by the word of both."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.quantities import Tick
from station.centre import enrolled, queries
from station.centre.settings import CentreSettings
from station.core.facts import TimePassed
from station.core.records import Stamped
from station.core.trust_records import StationKeyInForce
from station.courier.talk import Receipted, Witnessed
from station.journal import seal
from station.journal.seal import Signer
from station.journal.store import Journal
from station.trust.enrolment import change
from station.trust.keys import PrivateKey
from tests.courier.bench import LANE, STATION, Bench, write_records
from tests.services import Mosquitto


class NotNamed(Bench):
    """A centre whose settings name no station."""

    @property
    def centre_settings(self) -> CentreSettings:
        return replace(super().centre_settings, stations=(), station_keys=())

    def told(self, kind: type) -> list[object]:
        return [message for message in self.heard() if isinstance(message, kind)]

    def alarms(self) -> list[str]:
        assert self.receiver is not None
        return [alarm.code for alarm in queries.alarms(self.receiver.store)]

    def take_key(self, key: PrivateKey, signed: str) -> None:
        """The lane starts again with another key."""
        self.journal.close()
        self.journal = Journal.open(self.folder / "lane", signer=Signer(STATION, LANE, key, lambda: 1))
        seq = self.journal.next_seq
        stamped = Stamped(seq, Tick(seq), 1, "synced", 0, StationKeyInForce(key.public.text, signed))
        self.journal.append([TimePassed(Tick(seq))], [stamped], bytes(32))


@pytest.fixture
def bench(tmp_path: Path, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotNamed]:
    monkeypatch.setattr(seal, "EVERY_RECORDS", 10)
    with NotNamed(tmp_path / "bench", mosquitto.port) as made:
        yield made


def test_records_wait_until_the_station_is_enrolled_and_none_is_lost(bench: NotNamed) -> None:
    newest = write_records(bench.journal, 20)
    store = bench.start_receiver().store
    bench.start_courier()
    bench.pump(bench.alarms, "an alarm")
    assert bench.alarms() == ["not-enrolled"] and bench.told(Receipted) == []
    assert list(queries.records(store, STATION, LANE)) == []
    enrolled.enrol(store, STATION, bench.keys.station.public, "fingerprint", 1)
    bench.pump(lambda: Receipted(1, newest) in bench.told(Receipted), "receipted without a restart", 30)
    assert len(list(queries.records(store, STATION, LANE))) == newest


def test_checkpoints_go_on_under_the_next_key_by_the_word_of_both(bench: NotNamed) -> None:
    store = bench.start_receiver().store
    old, new, foreign = bench.keys.station, PrivateKey.make(), PrivateKey.make()
    enrolled.enrol(store, STATION, old.public, "fingerprint", 1)
    write_records(bench.journal, 10)
    bench.start_courier()
    bench.pump(lambda: bench.told(Witnessed), "a witness under the old key")
    bench.take_key(new, change(STATION, old, new, 1).decode())
    write_records(bench.journal, 10)
    bench.pump(lambda: len(bench.told(Witnessed)) == 2, "a witness under the new key")
    assert bench.alarms() == ["station-key-changed"]
    assert len(enrolled.listed(store)) == 2
    bench.take_key(foreign, change(STATION, PrivateKey.make(), foreign, 1).decode())
    bench.pump(lambda: "station-key-unknown" in bench.alarms(), "a key that nobody gave a word for")
    assert len(enrolled.listed(store)) == 2
