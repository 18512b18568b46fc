"""`station evidence` as a person types it: bundle, verify elsewhere, read a weight back."""

import ast
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from station.evidence.refusal import BadForm, CannotBundle
from station.evidence.report import Part, Verdict
from station.journal.store import Journal
from station.trust.keys import PrivateKey, load_key
from station.words import causes, evidence, next_steps
from tests.commands.premises import ROOT, KeptScript, Premises, Told, premises, station

Command = Callable[..., Told]

GREEN, WEIGHT = "VN-HN-I1-E1-000001", "VN-HN-I1-E1-000001-W1"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, demo_keys: Path) -> Premises:
    place = premises(tmp_path_factory.mktemp("kept"), demo_keys)
    with Journal.open(place.data) as journal:
        KeptScript(journal=journal).green()
    return place


def bundled(kept: Premises, command: Command, out: Path) -> Path:
    told = command("evidence", "bundle", GREEN, "--settings", kept.settings, "--out", out)
    assert told.status == 0, told.err
    return out


def test_a_bundle_is_made_and_checked_without_the_station(kept: Premises, command: Command, tmp_path: Path) -> None:
    out = tmp_path / "green.zip"
    told = command("evidence", "bundle", GREEN, "--settings", kept.settings, "--out", out, "--json")
    made = json.loads(told.out)
    assert told.status == 0 and made["gap"] == "" and made["records"] > 10 and made["facts"] > 20
    assert [gone["state"] for gone in made["absent"]] == ["missing"] * 3  # the script's pictures were never taken
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(out, elsewhere / "b.zip")
    shutil.copy(kept.keys / "root.pub", elsewhere)
    public = load_key(kept.keys / "station.key").public.text
    run = station(
        "evidence", "verify", str(elsewhere / "b.zip"), "--key", public, "--root", str(elsewhere / "root.pub"), "--json"
    )
    report = json.loads(run.stdout)
    assert run.returncode == 0 and report["sound"] and report["crossing"] == GREEN
    assert {item["verdict"] for item in report["items"]} == {"holds", "missing", "not-checked"}


def test_it_is_told_in_both_languages(kept: Premises, command: Command, tmp_path: Path) -> None:
    out = bundled(kept, command, tmp_path / "green.zip")
    english = command("evidence", "verify", out).out
    assert "HOLDS  facts 1..2" in english and "MISSING  picture" in english and "The bundle holds" in english
    assert "NOT CHECKED  station's signature" in english and "nobody vouches for this key" in english
    vietnamese = command("evidence", "verify", out, language="vi").out
    assert "ĐÚNG  sự kiện 1..2" in vietnamese and "KHÔNG CÒN  ảnh" in vietnamese and "Gói đứng vững" in vietnamese


def test_another_key_and_a_changed_byte_end_with_1(kept: Premises, command: Command, tmp_path: Path) -> None:
    out = bundled(kept, command, tmp_path / "green.zip")
    told = command("evidence", "verify", out, "--key", PrivateKey.make().public.text)
    assert told.status == 1 and "FAILS  station's signature" in told.out and "DOES NOT HOLD" in told.out
    data = bytearray(out.read_bytes())
    data[len(data) // 2] ^= 1
    out.write_bytes(data)
    assert command("evidence", "verify", out).status == 1
    told = command("evidence", "verify", out, "--json", language="vi")
    assert told.status == 1 and not json.loads(told.out)["sound"]


def test_what_is_not_there_is_refused(kept: Premises, command: Command, tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    told = command("evidence", "bundle", "VN-HN-I1-E1-000009", "--settings", kept.settings, "--out", out)
    assert told.status == 1 and "there is no such crossing" in told.err and GREEN in told.err and not out.exists()
    bundled(kept, command, out)
    told = command("evidence", "bundle", GREEN, "--settings", kept.settings, "--out", out)
    assert told.status == 74 and "the file exists" in told.err
    told = command("evidence", "bundle", GREEN, "--journal", tmp_path / "none", "--out", tmp_path / "y.zip")
    assert told.status == 2 and "--settings" in told.err
    key = kept.keys / "station.key"
    told = command("evidence", "bundle", GREEN, "--journal", tmp_path, "--key", key, "--out", tmp_path / "y.zip")
    assert told.status == 69 and "there is no such file" in told.err
    assert command("evidence", "verify", tmp_path / "none.zip").status == 74
    assert command("evidence", "verify", out, "--key", "abc").status == 77


def test_a_bundle_without_settings(kept: Premises, command: Command, tmp_path: Path) -> None:
    key, out = kept.keys / "station.key", tmp_path / "x.zip"
    told = command("evidence", "bundle", GREEN, "--journal", kept.data / "journal.db", "--key", key, "--out", out)
    assert told.status == 0 and "Not in it: sha-" in told.out
    assert command("evidence", "verify", out).status == 0


def test_a_weight_is_read_back(kept: Premises, command: Command) -> None:
    told = command("evidence", "weight", WEIGHT, "--settings", kept.settings)
    assert told.status == 0 and f"{WEIGHT}: 42 140 kg, spread 0 kg, 9 frames" in told.out and "frame 1: 02" in told.out
    plain = json.loads(command("evidence", "weight", WEIGHT, "--journal", kept.data, "--json").out)
    assert (plain["gross"], plain["crossing"], plain["raw"], plain["whole"]) == (42_140_000, GREEN, ["02"], True)
    told = command("evidence", "weight", f"{GREEN}-W7", "--settings", kept.settings, language="vi")
    assert told.status == 1 and "không có khối lượng số này" in told.err


def test_a_foreign_text_reaches_no_terminal(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "bad\x1b[2J.zip"
    file.write_bytes(b"\x1b[2J")
    told = command("evidence", "verify", file)
    assert told.status == 1 and "\x1b" not in told.out


def test_everything_a_verifier_says_has_words() -> None:
    assert set(get_args(Part)) == set(evidence.PARTS)
    assert set(get_args(Verdict)) == set(evidence.VERDICTS)
    assert set(get_args(BadForm)) <= set(evidence.FINDINGS)
    assert set(get_args(CannotBundle)) <= set(causes.CAUSES) and set(get_args(CannotBundle)) <= set(
        next_steps.NEXT_STEPS
    )
    for table in (evidence.PARTS, evidence.VERDICTS, evidence.FINDINGS):
        assert all(vietnamese and english for vietnamese, english in table.values())
    said: set[str] = set()
    for file in (ROOT / "station" / "evidence").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Item", "BadBundle"):
                texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                said |= {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", text)}
    assert {"hash-differs", "frames-say-otherwise", "left-out"} <= said
    assert said - set(evidence.FINDINGS) - set(evidence.PARTS) - set(evidence.VERDICTS) - set(causes.CAUSES) == set()
