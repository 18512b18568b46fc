"""A bundle is made from whatever journal there is, and says what it lacks."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from drivers.camera.picture_store import PictureStore
from drivers.contract.plain import parse
from drivers.contract.quantities import Tick
from drivers.contract.readings import IdentityRead
from station.core.facts import DeviceRead
from station.evidence.bundle import make_bundle
from station.evidence.gather import CrossingRows
from station.evidence.journal_source import opened
from station.evidence.manifest import MANIFEST
from station.evidence.refusal import NotBundled
from station.evidence.report import Item
from station.evidence.verify import verify_bundle
from station.evidence.weight_memory import stored_weight
from station.journal.folder import DataFolder
from station.journal.personal import PersonalData
from station.journal.refusals import Unreadable
from station.journal.store import Journal
from station.trust.keys import PrivateKey
from tests.commands.premises import KeptScript
from tests.evidence.site import GREEN, HELD, Site

pytestmark = pytest.mark.timeout(180)  # the lane is driven once, within the first test's time

CROSSING = "VN-HN-I1-E1-000001"


def items(bundle: Path, site: Site) -> list[Item]:
    report = verify_bundle(bundle, site.key.public, site.root)
    assert report.is_sound, [item for item in report.items if item.verdict == "fails"]
    return [item for item in report.items if item.verdict != "holds"]


def test_the_same_crossing_is_the_same_file_and_any_program_opens_it(site: Site, tmp_path: Path) -> None:
    one, two = site.bundle(tmp_path / "one.zip"), site.bundle(tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert one.sha256 == two.sha256 == hashlib.sha256((tmp_path / "one.zip").read_bytes()).hexdigest()
    with ZipFile(tmp_path / "one.zip") as unpacked:
        assert unpacked.testzip() is None
        assert parse(unpacked.read(MANIFEST))["crossing"] == HELD


def test_a_crossing_by_the_rules_has_no_acts_and_all_else(site: Site, tmp_path: Path) -> None:
    made = site.bundle(tmp_path / "green.zip", GREEN)
    assert made.manifest.gap == "" and made.manifest.in_force is not None
    assert items(tmp_path / "green.zip", site) == []


def test_a_picture_that_is_gone_or_rotten_is_named(site: Site, tmp_path: Path) -> None:
    shutil.copytree(site.folder, tmp_path / "gate", ignore=shutil.ignore_patterns("*.sock"))
    copy = Site(tmp_path / "gate", site.key, site.root, site.trust)
    [picture] = [line.sha256 for line in site.bundle(tmp_path / "whole.zip").manifest.files]
    stored = copy.data.evidence / picture[:2] / f"{picture}.jpg"
    stored.write_bytes(b"\xff\xd8 another")
    assert [line.state for line in copy.bundle(tmp_path / "rotten.zip").manifest.files] == ["damaged"]
    stored.unlink()
    assert [line.state for line in copy.bundle(tmp_path / "gone.zip").manifest.files] == ["missing"]
    for name in ("rotten", "gone"):
        [item] = items(tmp_path / f"{name}.zip", site)
        assert (item.part, item.thing, item.verdict) == ("evidence-file", picture, "missing")


def test_a_running_lane_is_only_read(tmp_path: Path) -> None:
    data, key = DataFolder(tmp_path / "data"), PrivateKey.make()
    with Journal.open(data.root) as journal:
        lane = KeptScript(journal=journal)
        lane.green()
        lane.drive_on()
        before = data.journal.stat().st_mtime_ns
        with opened(data.root) as reader:
            whole = make_bundle(reader, CROSSING, data.evidence, key, {}, tmp_path / "whole.zip")
            still = make_bundle(reader, "VN-HN-I1-E1-000002", data.evidence, key, {}, tmp_path / "open.zip")
        assert data.journal.stat().st_mtime_ns == before
        lane.scan()
    assert (whole.manifest.gap, still.manifest.gap) == ("", "still-open")
    report = verify_bundle(tmp_path / "open.zip", key.public)
    assert report.is_sound and ("complete", "not-checked", "still-open") in [
        (item.part, item.verdict, item.code) for item in report.items
    ]


def test_an_exported_copy_and_a_file_that_was_set_aside(site: Site, tmp_path: Path) -> None:
    copied = tmp_path / "stick"
    copied.mkdir()
    shutil.copyfile(site.data.journal, copied / "journal.db.quarantined-1")
    site.bundle(tmp_path / "live.zip")
    site.bundle(tmp_path / "aside.zip", journal=copied / "journal.db.quarantined-1")
    assert (tmp_path / "live.zip").read_bytes() == (tmp_path / "aside.zip").read_bytes()
    assert [path.name for path in copied.iterdir()] == ["journal.db.quarantined-1"]  # nothing was put beside it


def test_a_file_that_is_no_journal_is_named(site: Site, tmp_path: Path) -> None:
    """And not the copy that was made of it."""
    torn = tmp_path / "journal.db.quarantined-1"
    torn.write_bytes(b"no database" * 1_000)
    for file, cause in ((torn, "corrupt"), (tmp_path / "none.db", "missing")):
        with pytest.raises(Unreadable) as refused:
            site.bundle(tmp_path / "out.zip", journal=file)
        assert (refused.value.thing, refused.value.cause) == (file, cause)
    assert not (tmp_path / "out.zip").exists()


def test_a_damaged_row_is_bundled_as_it_is_and_fails(site: Site, tmp_path: Path) -> None:
    shutil.copyfile(site.data.journal, tmp_path / "journal.db")
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection, connection:
        connection.execute("UPDATE fact SET body = x'ff00' WHERE fseq = 140")
    site.bundle(tmp_path / "damaged.zip", journal=tmp_path / "journal.db")
    report = verify_bundle(tmp_path / "damaged.zip", site.key.public, site.root)
    assert [(i.part, i.thing, i.code) for i in report.items if i.verdict == "fails"] == [
        ("facts", "140", "hash-differs")
    ]


def test_facts_that_lie_in_an_older_file_are_said_to(site: Site, tmp_path: Path) -> None:
    shutil.copyfile(site.data.journal, tmp_path / "journal.db")
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection, connection:
        [before] = connection.execute("SELECT hex(hash) FROM fact WHERE fseq = 179").fetchone()
        connection.execute("DELETE FROM fact WHERE fseq < 180")
        connection.execute("UPDATE meta SET value = lower(?) WHERE key = 'facts_before'", (before,))
        connection.execute("UPDATE meta SET value = '180' WHERE key = 'facts_from'")
    made = site.bundle(tmp_path / "late.zip", journal=tmp_path / "journal.db")
    assert made.manifest.gap == "facts-elsewhere"
    assert {item.code for item in items(tmp_path / "late.zip", site)} == {"facts-elsewhere"}
    with opened(tmp_path / "journal.db") as reader, pytest.raises(NotBundled) as refused:
        stored_weight(reader, f"{HELD}-W1")
    assert refused.value.cause == "weight-frames-elsewhere"


def test_too_many_rows_leave_those_that_name_the_crossing(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.evidence.gather.MOST_ROWS", 50)
    made = site.bundle(tmp_path / "long.zip")
    assert made.manifest.gap == "too-long"
    assert [(item.part, item.code) for item in items(tmp_path / "long.zip", site)] == [("complete", "too-long")]


def test_no_byte_of_a_person_is_in_it(tmp_path: Path) -> None:
    data, key = DataFolder(tmp_path / "data"), PrivateKey.make()
    with Journal.open(data.root) as journal, PersonalData(data.personal) as personal:
        lane = KeptScript(journal=journal)
        sealed = personal.seal("NGUYEN THI THU|C1234567")
        lane.drive_on()
        lane.tell(
            DeviceRead(Tick(lane.now), "mrz", IdentityRead("td3", (), f"sealed:{sealed.reference}:{sealed.hmac}"))
        )
        lane.scan()
        lane.drive_off()
    with opened(data.root) as reader:
        make_bundle(reader, CROSSING, data.evidence, key, {}, tmp_path / "out.zip")
    written = (tmp_path / "out.zip").read_bytes()
    assert sealed.hmac.encode() in written
    assert not any(part in written for part in (b"NGUYEN", b"C1234567"))


def test_a_fact_with_a_persons_fields_is_not_handed_out(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    with Journal.open(data.root) as journal:
        lane = KeptScript(journal=journal)
        lane.drive_on()
        lane.tell(DeviceRead(Tick(lane.now), "mrz", IdentityRead("td3", (("name", "NGUYEN THI THU"),))))
        lane.scan()
    out = tmp_path / "out.zip"
    with opened(data.root) as reader, pytest.raises(NotBundled) as refused:
        make_bundle(reader, CROSSING, data.evidence, PrivateKey.make(), {}, out)
    assert refused.value.cause == "personal-in-fact" and not out.exists()


def test_an_unknown_crossing_leaves_no_file(site: Site, tmp_path: Path) -> None:
    with pytest.raises(NotBundled):
        site.bundle(tmp_path / "none.zip", "VN-HN-I1-E1-000009")
    assert list(tmp_path.iterdir()) == []


def test_a_fault_half_way_leaves_no_file(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("station.evidence.plain_zip.PlainZip.close", spoilt)
    with pytest.raises(OSError, match="No space"):
        site.bundle(tmp_path / "half.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_weight_is_read_back_with_its_frames(site: Site, tmp_path: Path) -> None:
    with opened(site.data.root) as reader:
        found = stored_weight(reader, f"{HELD}-W1")
        assert (found.weight.gross, found.weight.crossing) == (43_320_000, HELD)
        assert len(found.window.raw) == found.window.frames > 5 and found.is_whole
        for unknown in (f"{HELD}-W9", f"{HELD}", "", "-W1", "VN-HN-I1-E1-000009-W1"):
            with pytest.raises(NotBundled, match="no-such-weight"):
                stored_weight(reader, unknown)
    shutil.copyfile(site.data.journal, tmp_path / "journal.db")
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection, connection:
        query = "UPDATE fact SET body = replace(CAST(body AS TEXT), '43320000', '41320000') WHERE fseq = ?"
        connection.execute(query.replace("replace(", "CAST(replace(").replace("')", "') AS BLOB)"), (found.fact.fseq,))
    with opened(tmp_path / "journal.db") as reader:
        assert not stored_weight(reader, f"{HELD}-W1").is_whole


def test_scans_lie_in_it_too(tmp_path: Path) -> None:
    """A file of the drop folder is kept under its own ending."""
    data = DataFolder(tmp_path / "data")
    content = b"II*\x00 a scan"
    sha256 = hashlib.sha256(content).hexdigest()
    folder = data.evidence / "scans" / sha256[:2]
    folder.mkdir(parents=True)
    (folder / f"{sha256}.TIFF").write_bytes(content)
    from station.evidence.bundle import _pack
    from station.evidence.plain_zip import PlainZip

    with (tmp_path / "x").open("wb") as stream:
        line = _pack(PlainZip(stream), data.evidence, sha256, 1 << 20)
        assert (line.state, line.member) == ("held", f"files/{sha256}.tiff")
        assert _pack(PlainZip(stream), data.evidence, sha256, 4).state == "too-big"
        assert _pack(PlainZip(stream), data.evidence, "../../etc/passwd", 1 << 20).state == "missing"
    stored = PictureStore(data.evidence).keep(b"\xff\xd8 picture")
    assert stored.path.is_file()


def test_the_rows_say_nothing_of_other_crossings(site: Site) -> None:
    with opened(site.data.root) as reader:
        rows = CrossingRows(reader, HELD)
    assert not any(GREEN.encode() in row.body for row in rows.records)
