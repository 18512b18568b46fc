"""A damaged journal that was set aside: its crossings are bundled from there, one that spans the damage from here."""

import sqlite3
from contextlib import closing
from pathlib import Path

from drivers.contract.plain import canonical, parse
from station.core.step import step
from station.evidence.bundle import Bundled, make_bundle
from station.evidence.journal_source import opened
from station.evidence.manifest import MANIFEST
from station.evidence.verify import verify_bundle
from station.journal.folder import DataFolder
from station.journal.recovery import rebuild
from station.journal.store import Journal
from station.trust.keys import PrivateKey
from tests.commands.premises import KeptScript
from tests.evidence.mutations import members_of, packed, resigned

KEY = PrivateKey.make()
FIRST, SECOND = "VN-HN-I1-E1-000001", "VN-HN-I1-E1-000002"


def spoil(journal: Path, table: str, key: str, back: int) -> None:
    """Change the body of the row so many before the newest, behind everybody's back."""
    with closing(sqlite3.connect(journal)) as connection, connection:
        row = f"(SELECT max({key}) - {back} FROM {table})"
        connection.execute(f"UPDATE {table} SET body = x'7b7d' WHERE {key} = {row}")


def bundled(journal: Path, out: Path, crossing: str = FIRST) -> Bundled:
    with opened(journal) as reader:
        return make_bundle(reader, crossing, out.parent / "evidence", KEY, {}, out)


def items(bundle: Path) -> dict[str, tuple[str, str]]:
    report = verify_bundle(bundle, KEY.public)
    assert report.is_sound, [item for item in report.items if item.verdict == "fails"]
    return {item.part: (item.verdict, item.code) for item in report.items}


def test_a_crossing_whose_facts_lie_in_the_file_set_aside(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    with Journal.open(data.root) as journal:
        lane = KeptScript(journal=journal)
        lane.green()
        lane.green()
        lane.drive_on()
    spoil(data.journal, "fact", "fseq", 3)
    with Journal.open(data.root) as journal:
        assert journal.opening.kind == "corrupt" and journal.opening.quarantined is not None
        aside = journal.opening.quarantined
        assert bundled(data.root, tmp_path / "here.zip").manifest.gap == "facts-elsewhere"
        assert bundled(aside, tmp_path / "aside.zip").manifest.gap == ""
    assert items(tmp_path / "here.zip")["complete"] == ("not-checked", "facts-elsewhere")
    assert items(tmp_path / "aside.zip")["complete"] == ("holds", "")


def test_a_crossing_that_the_damage_interrupted(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    with Journal.open(data.root) as journal:
        lane = KeptScript(journal=journal)
        lane.green()
        lane.drive_on()
        lane.deck(42_000)
    spoil(data.journal, "fact", "fseq", 0)
    with Journal.open(data.root) as journal:
        assert journal.opening.kind == "corrupt"
        KeptScript(journal=journal, state=rebuild(journal.recover(), step).state, now=lane.now + 60_000)
    made = bundled(data.root, tmp_path / "bundle.zip", SECOND)
    assert made.manifest.gap == "" and [epoch.number for epoch in made.manifest.epochs] == [2]
    assert items(tmp_path / "bundle.zip")["complete"] == ("holds", "with-epoch")
    manifest = parse(members_of(tmp_path / "bundle.zip")[MANIFEST])
    manifest["epochs"] = []  # a hole that no epoch accounts for
    members = {**members_of(tmp_path / "bundle.zip"), MANIFEST: canonical(manifest)}
    (tmp_path / "hole.zip").write_bytes(packed(resigned(members, KEY, SECOND)))
    report = verify_bundle(tmp_path / "hole.zip", KEY.public)
    assert [(item.part, item.code) for item in report.items if item.verdict == "fails"] == [("complete", "gap")]
