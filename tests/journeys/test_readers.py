"""The green crossing once more, at a gate that also reads tags and identity cards."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contract.driver import Driver
from drivers.contract.quantities import Millis
from drivers.contract.tools import Tools
from drivers.links.loopback_link import LoopbackLink
from drivers.links.peer import Peer
from drivers.scanner.bb7e_driver import Bb7eDriver, Bb7eSettings
from drivers.scanner.bb7e_peer import Bb7ePeer
from drivers.scanner.cccd_reader import CccdReaderDriver, CccdReaderSettings
from drivers.scanner.line_scanner import LineScannerDriver, LineScannerSettings
from drivers.scanner.line_scanner_peer import LineScannerPeer
from drivers.scanner.tag_field_model import TagField
from station.core.presented_records import DriverIdentified, TagPresented
from station.hosting.host import CATALOG_WORKER, WorkerSpec
from station.journal.personal import SealedText
from station.journal.reader import JournalReader
from station.simulate.scene import gate_picture
from tests.journeys.gate import DECLARATION, PARAMETERS, Gate

TAG = "E28011700000020B12345678"
CARD = "001090123456|012345678|NGUYỄN VĂN MẪU|01011990|Nam|Phường Thử Nghiệm, Hà Nội|15042021"
SECRETS = ("001090123456", "012345678", "NGUYỄN", "01011990", "1990-01-01", "Thử Nghiệm")


class ReadersGate(Gate):
    """The lane has an antenna, a reader of cards, and one of codes that reads only when it is told to."""

    def __post_init__(self) -> None:
        self.field = TagField()
        self.cards = LineScannerPeer()
        super().__post_init__()

    def start(self) -> None:
        self.yard.scanner = LineScannerPeer(trigger="honeywell", lit_for=Millis(15_000))
        super().start()
        for device, kind in (("tags", "uhf-bb7e"), ("cards", "cccd-reader")):
            self.host.start(WorkerSpec(device, CATALOG_WORKER, kind, None, self.data.evidence))

    def _build(self, spec: WorkerSpec) -> Driver:
        if spec.device == "tags":
            return Bb7eDriver("tags", Bb7eSettings("uhf-bb7e", "loopback"), self._wired(Bb7ePeer(self.field)))
        if spec.device == "cards":
            return CccdReaderDriver("cards", CccdReaderSettings("cccd-reader", "loopback"), self._wired(self.cards))
        if spec.device == "scanner":
            settings = LineScannerSettings("line-scanner", "loopback", trigger="honeywell")
            return LineScannerDriver("scanner", settings, self._wired(self.yard.scanner))
        return super()._build(spec)

    def _wired(self, peer: Peer) -> Tools:
        return Tools(self.clock, self.data.evidence, LoopbackLink(peer, self.clock))

    def ready(self) -> None:
        self.until(lambda: sum(device.fit for device in self.loop.state.devices) == 7 and self.is_idle, 10, "all open")
        self.run(1_000)

    def card_is_shown_on_the_deck(self, card: str) -> None:
        self.until(lambda: (crossing := self.loop.state.crossing) is not None and crossing.was_whole, 60, "on the deck")
        self.cards.scan(card)


@pytest.fixture
def gate(tmp_path: Path) -> ReadersGate:
    return ReadersGate(tmp_path, replace(PARAMETERS, triggered=("scanner",), tag_readers=("tags",)))


def pass_through(gate: ReadersGate, card: str = CARD) -> None:
    gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
    gate.ready()
    gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
    gate.card_is_shown_on_the_deck(card)
    gate.until(lambda: gate.yard.is_empty and gate.is_idle, 300, "the end")
    gate.run(2_000)
    assert gate.completed()[-1].end == "DEPARTED"


def test_tag_and_driver_are_recorded_and_the_person_is_only_in_personal_db(gate: ReadersGate) -> None:
    gate.field.put(TAG)
    with gate:
        pass_through(gate)
        records = gate.records()
        (tag,) = [record for record in records if isinstance(record, TagPresented)]
        assert (tag.device, tag.epc) == ("tags", TAG)
        (driver,) = [record for record in records if isinstance(record, DriverIdentified)]
        assert driver.crossing == tag.crossing == gate.completed()[-1].crossing
        _, reference, mac = driver.sealed.split(":")
        sealed = gate.personal.read(SealedText(reference, mac))
        assert sealed is not None
        assert json.loads(sealed)["fields"]["name"] == "NGUYỄN VĂN MẪU"
    written = b"".join(
        path.read_bytes()
        for path in gate.folder.rglob("*")
        if path.is_file() and not path.name.startswith("personal.db")
    )
    for secret in SECRETS:
        assert secret.encode() not in written
        assert secret.encode().hex().encode() not in written


def test_a_tag_that_stayed_is_told_for_the_next_crossing_too(gate: ReadersGate) -> None:
    """The same truck comes again, or stood in the field all the time: its stay is one, its crossings are two."""
    gate.field.put(TAG)
    with gate:
        pass_through(gate)
        gate.run(2_000)
        gate.arrive(42_140, lambda truck: gate.yard.passes(truck, DECLARATION))
        gate.until(lambda: gate.loop.state.crossing is not None, 60, "a second crossing")
        gate.run(2_000)
        tags = [record for record in gate.records() if isinstance(record, TagPresented)]
    assert [tag.epc for tag in tags] == [TAG, TAG]
    assert tags[0].crossing != tags[1].crossing


def test_a_card_that_fails_is_a_refusal_and_nothing_of_it_is_kept(gate: ReadersGate) -> None:
    with gate:
        pass_through(gate, CARD.replace("Nam", "Nu"))
        assert any(row.type == "input.refused" and b"document-sex" in row.body for row in gate.rows())
    written = b"".join(path.read_bytes() for path in gate.folder.rglob("*") if path.is_file())
    for secret in SECRETS:
        assert secret.encode() not in written


def test_a_load_of_two_hundred_tags_stays_within_the_budget_of_a_crossing(gate: ReadersGate) -> None:
    for n in range(200):
        gate.field.put(f"E2801170{n:016X}", -80 + n % 40)
    with gate:
        pass_through(gate)
        crossing = gate.completed()[-1].crossing
        with JournalReader(gate.data.root) as reader:
            facts = len(reader.facts(0, 100_000))
        records = [record for record in gate.records() if getattr(record, "crossing", "") == crossing]
    assert facts <= 400
    assert len(records) <= 40
