"""No root is believed because it came first: two persons' word must be there; then it is in the journal for good."""

import time
from pathlib import Path

import pytest

from drivers.contract.plain import decode
from station.core.trust_records import RootInForce, StationKeyInForce
from station.journal.reader import JournalReader
from station.lane import assembly
from station.settings.load import load
from station.settings.tables import StationSettings
from station.trust.ceremony import Provision, accept, accepted_file, confirm, open_provision, save_accepted
from station.trust.ceremony import write_provision as written
from station.trust.chain import Trusted, make_root, next_statement
from station.trust.enrolment import change, read_change
from station.trust.keys import PrivateKey, save_key
from station.trust.refusal import Untrusted
from station.trust.signed import Signed, sign
from station.trust.statements import CentreKey, Officer, OfficersFile
from tests.commands.premises import SETTINGS, STATION

NOW = time.time_ns() // 1_000_000
FAR = NOW + 400 * 86_400_000
AN, BINH = PrivateKey.make(), PrivateKey.make()


class Place:
    """A lane's folder with a real root, not a demo's; `people` are in the officers' file."""

    def __init__(self, folder: Path, *people: tuple[str, PrivateKey]) -> None:
        self.root, centre, self.station_key = PrivateKey.make(), PrivateKey.make(), PrivateKey.make()
        bare = Trusted(make_root(self.root, demo=False))
        granted = CentreKey(centre.public.text, ("officers",), FAR, 1)
        trusted = bare.renewed(next_statement(bare, self.root, NOW, grant=granted))
        listed = tuple(Officer(actor, "officer", key.public.text, FAR) for actor, key in people)
        officers = sign("officers", OfficersFile(STATION, 1, listed), centre).to_wire()
        keys = self.keys = folder / "keys"
        keys.mkdir(parents=True)
        (keys / "officers.signed").write_bytes(officers)
        trusted.save(keys / "root.pub", keys / "centre.signed")
        save_key(self.station_key, keys / "station.key")
        file = folder / "lane.toml"
        file.write_text(SETTINGS.replace('clock = "assumed"', 'clock = "kernel"'))
        self.settings: StationSettings = load(file)
        assert trusted.whole is not None
        wires = (trusted.root_signed.to_wire().decode(), trusted.whole.to_wire().decode(), officers.decode())
        provision = Provision(STATION, "10.0.0.9", 8883, "", *wires)
        self.opened = open_provision(written(provision, self.root).encode(), NOW)

    def compare(self, *people: PrivateKey) -> None:
        """These persons hold the ceremony."""
        kept = accept(self.opened, [confirm(self.opened, key, NOW) for key in people])
        save_accepted(kept, accepted_file(self.settings.trust.root))

    def start(self) -> None:
        """The lane starts and ends."""
        assembly.build(self.settings).close()

    def records(self, kind: type) -> list[object]:
        names = {RootInForce: "trust.root", StationKeyInForce: "trust.station-key"}
        with JournalReader(self.settings.places.data) as reader:
            rows = [row for row in reader.records(0, 1_000) if row.type == names[kind]]
        return [decode(kind, row.body) for row in rows]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, ("a1", AN), ("b2", BINH))


def test_a_root_that_nobody_compared_starts_no_lane(place: Place) -> None:
    with pytest.raises(Untrusted, match="root-not-accepted"):
        place.start()


def test_the_two_persons_are_in_the_journal_once_and_for_good(place: Place) -> None:
    place.compare(AN, BINH)
    place.start()
    place.start()
    (told,) = place.records(RootInForce)
    assert isinstance(told, RootInForce)
    assert [(one.actor, one.key_id) for one in told.persons] == [("a1", AN.key_id), ("b2", BINH.key_id)]
    assert len(told.signed) == 2 and all(Signed.from_wire(text.encode()).purpose == "ceremony" for text in told.signed)
    accepted_file(place.settings.trust.root).unlink()
    place.start()
    assert len(place.records(RootInForce)) == 1


def test_one_credential_is_not_both_persons(tmp_path: Path) -> None:
    place = Place(tmp_path, ("a1", AN), ("b2", BINH))
    for people in ((AN,), (AN, AN)):
        with pytest.raises(Untrusted, match="same-person"):
            place.compare(*people)
    with pytest.raises(Untrusted, match="unknown-key"):
        place.compare(AN, PrivateKey.make())


def test_one_account_with_two_credentials_is_one_person(tmp_path: Path) -> None:
    place = Place(tmp_path, ("a1", AN), ("a1", BINH))
    with pytest.raises(Untrusted, match="same-person"):
        place.compare(AN, BINH)


def test_a_ceremony_of_another_root_or_station_is_none(place: Place, tmp_path: Path) -> None:
    other = Place(tmp_path / "other", ("a1", AN), ("b2", BINH))
    other.compare(AN, BINH)
    there, here = (accepted_file(one.settings.trust.root) for one in (other, place))
    here.write_bytes(there.read_bytes())
    with pytest.raises(Untrusted, match=r"unknown-key|bad-signature"):
        place.start()
    here.write_bytes(b"{}")
    with pytest.raises(Untrusted, match="root-not-accepted"):
        place.start()


def test_a_new_key_of_the_station_comes_with_the_word_of_the_old_one(place: Place) -> None:
    place.compare(AN, BINH)
    place.start()
    place.start()
    new, file = PrivateKey.make(), place.settings.trust.station_key
    file.with_name("station.key.change").write_bytes(change(STATION, place.station_key, new, NOW))
    file.unlink()
    save_key(new, file)
    place.start()
    first, second = place.records(StationKeyInForce)
    assert isinstance(first, StationKeyInForce) and isinstance(second, StationKeyInForce)
    assert (first.key, first.change) == (place.station_key.public.text, "")
    assert read_change(second.change.encode()) == (STATION, place.station_key.public, new.public)
    file.unlink()
    save_key(PrivateKey.make(), file)
    place.start()
    third = place.records(StationKeyInForce)[-1]
    assert isinstance(third, StationKeyInForce) and third.change == "", "nobody gave a word for this one"
