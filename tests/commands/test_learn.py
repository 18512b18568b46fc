"""`station learn`: refused without consent, without training, without proof; both languages."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from station.journal.store import Journal
from station.learning import proof
from station.learning.paired import Verdict
from station.learning.refusal import Cause
from station.learning.training import Tune, absent_libraries
from station.words import causes, next_steps
from tests.commands.premises import ROOT, Premises, Told
from tests.core.world import PLATE, UTC
from tests.learning.gate_trial import as_candidate, constant_reader, gate_collection, good_reader
from tests.learning.lane_story import SeenScript
from tests.learning.made import filled

Command = Callable[..., Told]


@pytest.fixture
def allowed(place: Premises, monkeypatch: pytest.MonkeyPatch) -> SeenScript:
    """One green truck in the journal of the premises, a head of unit who allows learning, and the time of that day."""
    with Journal.open(place.data) as journal:
        script = SeenScript(journal=journal, data=place.data)
        script.act("allow-learning", "1201", "head-of-unit", crossing="", digest="")
        script.green()
    monkeypatch.setattr(time, "time_ns", lambda: UTC * 1_000_000)
    return script


@pytest.fixture
def seen(place: Premises, allowed: SeenScript) -> Premises:
    """The premises with that truck."""
    assert allowed.data == place.data
    return place


def where(folder: Path) -> tuple[object, ...]:
    return ("--collection", folder / "site")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_collect_keeps_sealed_crops_and_tells_who_answers(seen: Premises, command: Command) -> None:
    arguments = ("learn", "collect", "--settings", seen.settings, *where(seen.folder))
    done = json.loads(command(*arguments, "--json").out)
    assert done["new"] == {"declaration": done["crops"]} and done["crops"] > 0 and done["vehicles"] == 1
    assert '"consent":"act-1"' in (seen.folder / "site" / "history.jsonl").read_text()
    for name, data in tree(seen.folder / "site").items():
        assert PLATE.encode() not in data, name
    told = command(*arguments, language="vi")
    assert told.status == 0 and "0 ảnh mới" in told.out and PLATE not in told.out
    assert "0 new crops" in command(*arguments).out


def test_collect_without_consent_is_refused_and_keeps_nothing(
    place: Premises, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: UTC * 1_000_000)
    with Journal.open(place.data) as journal:
        script = SeenScript(journal=journal, data=place.data)
        script.act("allow-learning", "1187", "officer", crossing="", digest="")  # refused: not theirs to allow
        script.green()
    arguments = ("learn", "collect", "--settings", place.settings, *where(place.folder))
    told = command(*arguments)
    assert told.status == 77 and "nobody answers for it" in told.err and "station act allow-learning" in told.err
    assert "chưa có ai chịu trách nhiệm" in command(*arguments, language="vi").err
    assert not (place.folder / "site").exists() and not (place.folder / "site.key").exists()


def test_who_forbids_ends_it_and_what_is_over_its_term_goes(
    seen: Premises, allowed: SeenScript, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("learn", "collect", "--settings", seen.settings, *where(seen.folder))
    assert command(*arguments).status == 0
    for days, status in ((366, 0), (367, 77)):  # a consent is asked for again
        monkeypatch.setattr(time, "time_ns", lambda days=days: (UTC + days * 86_400_000) * 1_000_000)
        assert command(*arguments, "--keep-days", "366").status == status
    assert not list((seen.folder / "site" / "crops").iterdir())
    with Journal.open(seen.data) as allowed.journal:
        allowed.act("forbid-learning", "1187", "officer", crossing="", digest="")
    monkeypatch.setattr(time, "time_ns", lambda: UTC * 1_000_000)
    told = command(*arguments)
    assert told.status == 77 and "forbidden by 1187" in told.err and "--forget" in told.err


def test_collect_takes_an_officers_list_and_asks_to_delete_it(seen: Premises, command: Command) -> None:
    picture = next((seen.data / "evidence").rglob("*.jpg")).stem
    (seen.folder / "list.csv").write_text(f"picture,text\n{picture},43C-987.65\n")
    arguments = ("learn", "collect", "--settings", seen.settings, *where(seen.folder))
    told = command(*arguments, "--labels", seen.folder / "list.csv", "--json")
    assert json.loads(told.out)["new"]["list"] == 1 and "in clear" in told.err
    (seen.folder / "list.csv").write_text("picture,text\nno hash,43C98765\n")
    told = command(*arguments, "--labels", seen.folder / "list.csv")
    assert told.status == 74 and "list.csv:2" in told.err and "43C98765" not in told.err


def test_a_damaged_crop_is_named_deleted_and_a_finding(seen: Premises, command: Command) -> None:
    arguments = ("learn", "collect", "--settings", seen.settings, *where(seen.folder))
    command(*arguments)
    crop = next((seen.folder / "site" / "crops").iterdir())
    crop.write_bytes(crop.read_bytes()[:50])
    told = command("learn", "tune", "--candidate", seen.folder / "new", *where(seen.folder))
    assert told.status == 74 and str(crop) in told.err and "station learn collect" in told.err
    told = command(*arguments)
    assert told.status == 1 and str(crop) in told.err and not crop.exists()


def test_forget_deletes_all_without_settings(tmp_path: Path, command: Command) -> None:
    filled(tmp_path, 3)
    told = command("learn", "collect", "--forget", *where(tmp_path))
    assert told.status == 0 and "3 crops" in told.out and list(tree(tmp_path)) == ["site/history.jsonl"]
    assert command("learn", "collect", "--forget", *where(tmp_path), language="vi").status == 69
    assert command("learn", "collect", *where(tmp_path)).status == 2


def test_another_key_opens_nothing(tmp_path: Path, command: Command) -> None:
    filled(tmp_path, 3)
    (tmp_path / "other").mkdir()
    filled(tmp_path / "other", 1, key=bytes(32))
    told = command(
        "learn", "tune", "--candidate", tmp_path / "new", *where(tmp_path), "--key", tmp_path / "other/site.key"
    )
    assert told.status == 77 and "sealed by another key" in told.err


def test_tune_says_what_to_install(tmp_path: Path, command: Command) -> None:
    """The product's Python has no torch; these tests never need it."""
    filled(tmp_path, 300)
    arguments = ("learn", "tune", "--candidate", tmp_path / "new", *where(tmp_path), "--python", sys.executable)
    told = command(*arguments)
    assert told.status == 69 and "torch" in told.err and "scripts/train_models --environment" in told.err
    assert command(*arguments, language="vi").status == 69
    assert not (tmp_path / "new").exists()
    assert "models.train.site" not in absent_libraries(Path(sys.executable))
    assert set(absent_libraries(tmp_path / "no-python")) == {"torch", "onnx", "models.train.site"}


def test_tune_refuses_too_few_and_a_target_that_exists(tmp_path: Path, command: Command) -> None:
    filled(tmp_path, 50)
    told = command("learn", "tune", "--candidate", tmp_path / "new", *where(tmp_path))
    assert told.status == 69 and "50 crops of 50 vehicles" in told.err
    assert command("learn", "tune", "--candidate", tmp_path, *where(tmp_path)).status == 74


def a_training(folder: Path, body: str) -> Path:
    """A Python that has everything and whose training does `body`."""
    script = folder / "python"
    script.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit 0\n{body}\n')
    script.chmod(0o755)
    return script


def test_tune_runs_the_training_and_tells_its_figures(tmp_path: Path, command: Command) -> None:
    filled(tmp_path, 300)
    figures = {"sha256": "ab" * 32, "teaching_crops": 220, "held_out_crops": 80, "cpu_seconds": 150}
    write = (
        f"echo 'step 50'; shift 9; mkdir \"$1\"; echo '{json.dumps(figures)}' > \"$1/plate_reader_site.metrics.json\""
    )
    python = a_training(tmp_path, f'seen=$*\necho "$seen" > {tmp_path}/seen\n{write}')
    told = command("learn", "tune", "--candidate", tmp_path / "new", *where(tmp_path), "--python", python, "--steps", 7)
    assert told.status == 0 and "220 crops taught, 80 kept apart, 2.5 CPU minutes" in told.out and "step 50" in told.err
    tuned = Tune(
        tmp_path / "site", tmp_path / "site.key", Path("/usr/share/border-gate/models"), tmp_path / "new", 7, 1
    )
    assert (tmp_path / "seen").read_text().split() == ["-m", "models.train.site", *tuned.arguments]


def test_a_training_that_fails_is_told_with_its_last_line(tmp_path: Path, command: Command) -> None:
    filled(tmp_path, 300)
    python = a_training(tmp_path, "echo no font here; exit 69")
    told = command("learn", "tune", "--candidate", tmp_path / "new", *where(tmp_path), "--python", python)
    assert told.status == 74 and "no font here (exit 69)" in told.err


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gate")
    gate_collection(folder)
    return folder


@pytest.fixture
def better(gate: Path, tmp_path: Path) -> tuple[object, ...]:
    """The shipped reader as a candidate, where the reader in force says the same of every picture."""
    collection = json.loads((gate / "site" / "collection.json").read_text())["key_id"]
    candidate = as_candidate(good_reader(tmp_path / "good"), collection)
    return ("--candidate", candidate, "--models", constant_reader(tmp_path / "models"), *where(gate))


@pytest.fixture
def worse(gate: Path, tmp_path: Path) -> tuple[object, ...]:
    collection = json.loads((gate / "site" / "collection.json").read_text())["key_id"]
    candidate = as_candidate(constant_reader(tmp_path / "bad"), collection)
    return ("--candidate", candidate, "--models", good_reader(tmp_path / "in-force"), *where(gate))


def test_a_better_candidate_is_proved_installed_and_can_be_put_back(
    better: tuple[object, ...], tmp_path: Path, command: Command
) -> None:
    before = (tmp_path / "models" / "manifest.toml").read_bytes()
    figures = json.loads(command("learn", "compare", *better, "--json").out)
    assert figures["verdict"] == "BETTER" and figures["site"]["n"] == figures["site"]["vehicles"] >= 60
    assert figures["site"]["gained"] == figures["site"]["candidate"] > 40 and figures["site"]["lost"] == 0
    assert (tmp_path / "models" / "manifest.toml").read_bytes() == before
    told = command("learn", "compare", *better, "--install")
    assert told.status == 0 and "BETTER" in told.out and "plate-reader" in told.out
    assert (tmp_path / "models" / "manifest.toml").read_bytes() != before
    assert command("models", "verify", "--models", tmp_path / "models").status == 0
    assert command("models", "install", "--return", "--models", tmp_path / "models").status == 0
    assert b"slots" in (tmp_path / "models" / "manifest.toml").read_bytes()


def test_a_candidate_that_is_not_better_is_never_installed(
    worse: tuple[object, ...], tmp_path: Path, command: Command
) -> None:
    models = tmp_path / "in-force" / "models"
    before = tree(models)
    told = command("learn", "compare", *worse, "--install", language="vi")
    assert told.status == 1 and "Không cài đặt" in told.err and "FORGOT" in told.out
    assert tree(models) == before


def test_the_check_of_the_installation_would_see_it(
    worse: tuple[object, ...], tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutant that installs whatever it is offered."""
    monkeypatch.setattr(proof, "verdict", lambda *_: "BETTER")
    before = tree(tmp_path / "in-force" / "models")
    assert command("learn", "compare", *worse, "--install").status == 0
    assert tree(tmp_path / "in-force" / "models") != before


def test_equal_readers_show_nothing_and_the_tries_are_counted(gate: Path, tmp_path: Path, command: Command) -> None:
    key_id = json.loads((gate / "site" / "collection.json").read_text())["key_id"]
    same = as_candidate(good_reader(tmp_path / "same"), key_id)
    other = as_candidate(constant_reader(tmp_path / "bad"), key_id)
    command("learn", "compare", "--candidate", other, "--models", same, *where(gate))
    told = command("learn", "compare", "--candidate", same, "--models", same, *where(gate))
    assert told.status == 1 and "NOT_SHOWN" in told.out and "p = 1.0000" in told.out
    assert "candidates were compared on these vehicles" in told.out


def test_a_candidate_of_another_collection_or_none_is_refused(gate: Path, tmp_path: Path, command: Command) -> None:
    stranger = as_candidate(good_reader(tmp_path / "stranger"), "0" * 16)
    told = command("learn", "compare", "--candidate", stranger, *where(gate))
    assert told.status == 77 and "another collection" in told.err
    told = command("learn", "compare", "--candidate", tmp_path, *where(gate))
    assert told.status == 69 and "station learn tune" in told.err


def test_every_cause_and_verdict_has_words() -> None:
    assert set(get_args(Cause)) - set(causes.CAUSES) == set()
    assert set(get_args(Cause)) - set(next_steps.NEXT_STEPS) == set()
    from station.commands.learn import _VERDICTS

    assert set(get_args(Verdict)) == set(_VERDICTS)


def test_learning_loads_no_torch() -> None:
    modules = "station.commands.learn, station.learning.proof, station.learning.training"
    code = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
