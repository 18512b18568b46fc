"""A truck whose container is scanned: from the scanner's drop folder to the officer's words, all parts real."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.contract.driver import Driver
from drivers.contract.quantities import Grams, Millis
from drivers.contract.tools import Tools
from drivers.xray.scan_folder import XrayFolderDriver, XrayFolderSettings
from drivers.xray.scan_folder_peer import ScanFolderPeer
from station.commands.telling import sentence
from station.core.advice_records import ScanAssessed, ScanRecorded
from station.core.facts import EligibleEntry
from station.core.parameters import Parts
from station.core.records import CrossingDecided
from station.core.step import step
from station.hosting.host import CATALOG_WORKER, WorkerSpec
from station.journal.reader import JournalReader
from station.journal.replay import beginning, replay
from station.lane.act_socket import Ask, View
from station.simulate.scene import gate_picture
from station.vision.worker import PlateReaderDriver, PlateReaderSettings
from station.vision.xray_template import write_template
from tests.journeys.gate import DECLARATION, MODELS, PARAMETERS, Gate, entry
from tests.proof.measures import xray_scans
from tests.vision import picture_bytes as make

PALLET = xray_scans.LOADS["pallet 1.2 x 1.0 m of 500 kg"]
LANE = replace(PARAMETERS, parts=Parts(xray="xray"), assess_scans=True)
EMPTY = replace(entry(), goods=Grams(0))


class ScannedGate(Gate):
    """A cargo X-ray before the lane; its drop folder, and the site's template beside the models."""

    def __post_init__(self) -> None:
        self.drop = self.folder / "drop"
        self.drop.mkdir(parents=True)
        self.xray = ScanFolderPeer(self.drop)
        self.template = self.folder / "empty-20.json"
        if not self.template.exists():
            write_template(self.template, xray_scans.template())
        super().__post_init__()

    def start(self) -> None:
        super().start()
        self.host.start(WorkerSpec("xray", CATALOG_WORKER, "xray-folder", None, self.data.evidence))

    def _build(self, spec: WorkerSpec) -> Driver:
        tools = Tools(self.clock, self.data.evidence)
        if spec.device == "xray":
            return XrayFolderDriver("xray", XrayFolderSettings("xray-folder", str(self.drop), (".png",)), tools)
        if spec.device == "reader":
            settings = PlateReaderSettings("plate-reader", str(MODELS), xray_template=str(self.template))
            return PlateReaderDriver("reader", settings, tools)
        return super()._build(spec)

    def ready(self) -> None:
        self.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        self.until(lambda: sum(device.fit for device in self.loop.state.devices) == 6 and self.is_idle, 10, "all")
        self.run(1_000)

    def scan(self, data: bytes, called: str = "S1") -> None:
        """The scanner writes a scan as the truck comes onto the scale."""
        self.until(lambda: self.loop.state.crossing, 60, "a truck")
        self.xray.scan(called, {".png": data}, pieces=2, gap=Millis(10))
        self.xray.advance(Millis(1_000))


def gate(folder: Path, entries: list[EligibleEntry], text: str = "") -> ScannedGate:
    if text:
        folder.mkdir(exist_ok=True)
        (folder / "empty-20.json").write_text(text)
    return ScannedGate(folder, LANE, entries)


def passes(made: ScannedGate, scan: bytes, gross_kg: int) -> CrossingDecided:
    """A truck comes, is scanned and shows its code; what was decided. The journal replays to the same records."""
    made.ready()
    made.arrive(gross_kg, lambda truck: made.yard.passes(truck, DECLARATION))
    made.scan(scan)
    made.until(lambda: made.loop.state.crossing and made.loop.state.crossing.decision, 120, "the decision")
    made.run(3_000)
    (decided,) = (record for record in made.records() if isinstance(record, CrossingDecided))
    with JournalReader(made.data.root) as reader:
        assert replay(reader, step, *beginning(reader)).difference is None
    return decided


def assessed(made: ScannedGate) -> ScanAssessed:
    (record,) = (record for record in made.records() if isinstance(record, ScanAssessed))
    return record


def shot(*, loaded: bool) -> bytes:
    return xray_scans.shot(np.random.default_rng(11), PALLET if loaded else ())


def in_both(record: ScanAssessed, patch: pytest.MonkeyPatch) -> tuple[str, str]:
    """What `station explain` and `station events` say of it, in Vietnamese and in English."""
    told = []
    for language in ("vi", "en"):
        patch.setattr("station.words.language.language", lambda language=language: language)
        told.append(sentence(record))
    return told[0], told[1]


def test_a_truck_that_is_declared_empty_and_is_passes(tmp_path: Path) -> None:
    with gate(tmp_path, [EMPTY]) as made:
        decided = passes(made, shot(loaded=False), 20_000)
        assert (decided.verdict, decided.reason) == ("PASS", "")
        record = assessed(made)
        (seen,) = (record for record in made.records() if isinstance(record, ScanRecorded))
        assert (record.verdict, record.scan, record.sha256) == ("EMPTY_LIKELY", "S1", dict(seen.files)["S1.png"])
        assert [what for _, what in made.yard.motions] == ["raise"]


def test_a_truck_that_is_declared_empty_and_is_not_waits_for_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gate(tmp_path, [EMPTY]) as made:
        decided = passes(made, shot(loaded=True), 20_000)
        assert (decided.verdict, decided.reason) == ("REFER_REMOTE", "EMPTY_NOT_EMPTY")
        assert made.yard.motions == [] and made.loop.state.phase == "HELD"
        vietnamese, english = in_both(assessed(made), monkeypatch)
        assert "tham khảo: NOT_EMPTY (không rỗng)" in vietnamese
        assert "advice: NOT_EMPTY (not empty)" in english
        view = made.ask(Ask())
        assert isinstance(view, View) and view.scans == ("NOT_EMPTY",) and view.hold == "EMPTY_NOT_EMPTY"
        made.act("release", "1187")
        made.act("release", "2001")
        made.run(3_000)
        assert [what for _, what in made.yard.motions] == ["raise"]


def test_a_load_in_a_truck_that_declares_goods_is_only_written_down(tmp_path: Path) -> None:
    with gate(tmp_path, [entry()]) as made:
        assert passes(made, shot(loaded=True), 42_140).verdict == "PASS"
        assert assessed(made).verdict == "NOT_EMPTY"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (make.png_bomb(40_000, 40_000), "too-many-pixels"),
        (shot(loaded=False)[:-40], "picture-broken-off"),
        (b"II*\x00 a TIFF", "not-a-picture"),
    ],
)
def test_a_bad_scan_is_impossible_by_name_and_a_truck_with_goods_goes_on(
    data: bytes, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with gate(tmp_path, [entry()]) as made:
        assert passes(made, data, 42_140).verdict == "PASS"
        record = assessed(made)
        assert (record.verdict, record.reason, record.template) == ("IMPOSSIBLE", code, "")
        vietnamese, english = in_both(record, monkeypatch)
        assert code in vietnamese and code in english and vietnamese != english


def test_an_altered_template_is_told_and_plates_are_read_all_the_same(tmp_path: Path) -> None:
    with gate(tmp_path, [EMPTY], text='{"sha256": "0"}') as made:
        decided = passes(made, shot(loaded=True), 20_000)
        assert (decided.verdict, decided.reason) == ("PASS_FLAG", "EMPTY_UNPROVEN")
        assert (assessed(made).verdict, assessed(made).reason) == ("IMPOSSIBLE", "bad-template")
