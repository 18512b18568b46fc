"""`station models`: what is listed, proved, entered and put back; a failure at any point changes nothing."""

import fcntl
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.premises import ROOT, Told
from tests.vision.foreign_models import boxes_lines, boxes_model, folder_with, slots_lines, slots_model, slots_shares
from tests.vision.models_folder import copy_of_reader, edit
from tests.vision.second_package import install_second, uninstall_second

Command = Callable[..., Told]

READER, SHADOW = "plate-reader", "plate-reader-shadow"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped reader alone, whatever is installed on this machine."""
    uninstall_second(monkeypatch)
    return copy_of_reader(tmp_path)


def offer(folder: Path, name: str = SHADOW, text: str = "29H12345", known: str = "") -> Path:
    """A folder with one slots model that reads `text`, and its card."""
    folder.mkdir()
    folder_with(folder, name, slots_model(slots_shares(text)), slots_lines(text=known or text))
    (folder / "cards").mkdir()
    (folder / "cards" / f"{name}.md").write_text("# A card\n")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def listed(models: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((models / "manifest.toml").read_text(encoding="utf-8"))["model"]  # type: ignore[no-any-return]


def test_list_tells_kind_file_hash_size_opset_and_card(models: Path, command: Command) -> None:
    (models / "cards").mkdir()
    (models / "cards" / "plate_reader.md").write_text("# A card\n")
    (row,) = json.loads(command("models", "list", "--models", models, "--json").out)
    file = models / "plate_reader.onnx"
    assert (row["name"], row["kind"], row["file"]) == (READER, "ctc", str(file))
    assert (row["size"], row["opset"]) == (file.stat().st_size, 17)
    assert row["card"] == str(models / "cards" / "plate_reader.md")
    told = command("models", "list", "--models", models, language="vi")
    assert told.status == 0 and READER in told.out and row["sha256"][:12] in told.out and "bản mô tả" in told.out


def test_verify_says_good_or_what_is_wrong_and_exits_1(models: Path, command: Command) -> None:
    assert command("models", "verify", "--models", models).out == f"{READER}: good\n"
    edit(models / "manifest.toml", lambda text: text.replace('known_text = "12', 'known_text = "99'))
    told = command("models", "verify", "--models", models, "--json")
    (finding,) = json.loads(told.out)["models"]
    assert told.status == 1 and finding["name"] == READER and "known answer is 99" in finding["fault"]
    assert command("models", "verify", "--models", models).status == 1


def test_the_second_reader_is_listed_and_verified_where_it_is_installed(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    file = install_second(tmp_path / "packages", monkeypatch)
    own, second = json.loads(command("models", "list", "--models", models, "--json").out)
    assert own["name"] == READER
    assert (second["name"], second["file"], second["size"]) == ("PP-OCRv6", str(file), file.stat().st_size)
    told = command("models", "verify", "--models", models)
    assert (told.status, told.out) == (0, f"{READER}: good\nPP-OCRv6: good\n")
    timed = json.loads(command("models", "bench", "--models", models, "--runs", 20, "--json").out)
    assert [one["name"] for one in timed] == [READER, "PP-OCRv6"]

    file.write_bytes(b"another")
    told = command("models", "verify", "--models", models)
    assert told.status == 1 and f"{READER}: good" in told.out and f"PP-OCRv6: {file} has sha256" in told.out
    told = command("models", "list", "--models", models)
    assert told.status == 78 and "PP-OCRv6" in told.err


def test_a_folder_without_a_manifest_is_refused_with_a_next_step(tmp_path: Path, command: Command) -> None:
    for action in ("list", "verify", "bench"):
        told = command("models", action, "--models", tmp_path)
        assert told.status == 78 and "no manifest" in told.err and "next: " in told.err


def test_a_new_model_is_entered_beside_the_others_and_put_back(models: Path, tmp_path: Path, command: Command) -> None:
    before = tree(models)
    told = command("models", "install", offer(tmp_path / "new"), "--models", models)
    assert told.status == 0 and SHADOW in told.out and "restart the lane" in told.out
    assert set(listed(models)) == {READER, SHADOW}
    assert (models / "cards" / f"{SHADOW}.md").is_file()
    assert (models / "manifest.toml.previous").read_bytes() == before["manifest.toml"]
    assert command("models", "verify", "--models", models).status == 0
    assert all(tree(models)[name] == data for name, data in before.items() if name != "manifest.toml")

    told = command("models", "install", "--return", "--models", models, "--json")
    assert (told.status, json.loads(told.out)) == (0, {"in_force": [READER]})
    assert tree(models)["manifest.toml"] == before["manifest.toml"]
    assert command("models", "install", "--return", "--models", models).status == 0
    assert set(listed(models)) == {READER, SHADOW}


def test_a_model_of_another_family_takes_the_place_of_the_reader(
    models: Path, tmp_path: Path, command: Command
) -> None:
    source = offer(tmp_path / "new", READER, "12C04567")
    assert command("models", "install", source / "manifest.toml", "--models", models).status == 0
    assert listed(models)[READER]["kind"] == "slots"
    assert (models / "plate_reader.onnx").is_file(), "what the previous manifest names stays"
    assert command("models", "verify", "--models", models).status == 0


def test_a_file_is_never_written_over(models: Path, tmp_path: Path, command: Command) -> None:
    for number, text in enumerate(("29H12345", "51D79264")):
        assert command("models", "install", offer(tmp_path / str(number), text=text), "--models", models).status == 0
    assert len(list(models.glob(f"{SHADOW}*.onnx"))) == 2
    assert str(listed(models)[SHADOW]["file"]).startswith(f"{SHADOW}-")
    assert command("models", "install", "--return", "--models", models).status == 0
    assert listed(models)[SHADOW]["known_text"] == "29H12345"
    assert command("models", "verify", "--models", models).status == 0


def test_what_is_not_proved_changes_nothing(models: Path, tmp_path: Path, command: Command) -> None:
    before = tree(models)
    boxes = tmp_path / "boxes"
    boxes.mkdir()
    # The known picture has 80x48 pixels and lies in 64x64 at 0.8 with 13 rows above it.
    row = (0.0, 8.0, 16.0, 40.0, 32.0, 0.0, 0.9)
    folder_with(boxes, READER, boxes_model([row]), boxes_lines((10, 4, 40, 20)))
    damaged = offer(tmp_path / "damaged")
    (damaged / f"{SHADOW}.onnx").write_bytes(b"no model")
    named = offer(tmp_path / "named")
    edit(named / "manifest.toml", lambda text: text.replace(f"[model.{SHADOW}]", '[model."../x"]'))
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "manifest.toml").write_text("")
    for source, word in (
        (offer(tmp_path / "wrong", known="30A12345"), "known answer is 30A12345"),
        (damaged, "has sha256"),
        (boxes, "reads no text"),
        (named, "small letters"),
        (empty, "lists no model"),
        (tmp_path / "absent", "no manifest"),
    ):
        told = command("models", "install", source, "--models", models)
        assert told.status == 78 and word in told.err and "next: " in told.err, source
        assert tree(models) == before, source


def test_put_back_refuses_what_would_leave_no_reader(models: Path, tmp_path: Path, command: Command) -> None:
    told = command("models", "install", "--return", "--models", models)
    assert told.status == 69 and "no model was changed here" in told.err
    command("models", "install", offer(tmp_path / "new", READER, "12C04567"), "--models", models)
    (models / "plate_reader.onnx").unlink()
    before = tree(models)
    assert command("models", "install", "--return", "--models", models).status == 78
    assert tree(models) == before


def test_only_one_program_changes_the_folder(models: Path, tmp_path: Path, command: Command) -> None:
    descriptor = os.open(models, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    assert command("models", "install", offer(tmp_path / "new"), "--models", models).status == 75
    os.close(descriptor)


def test_a_disk_that_fails_at_any_write_changes_nothing(
    models: Path, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, before, real = offer(tmp_path / "new"), tree(models), os.fsync
    for number in range(40):
        left = number

        def failing(descriptor: int) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(28, "No space left on device")
            real(descriptor)

        monkeypatch.setattr(os, "fsync", failing)
        told = command("models", "install", source, "--models", models)
        monkeypatch.setattr(os, "fsync", real)
        assert command("models", "verify", "--models", models).status == 0
        if set(listed(models)) == {READER, SHADOW}:
            break
        assert told.status == 74
        assert tree(models) == before, number
    assert number > 5, "fewer writes than there are files"


_KILLED = """
import os, sys
from pathlib import Path
from station.vision import model_store
left, real = int(sys.argv[3]), os.fsync
def dying(descriptor):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    real(descriptor)
os.fsync = dying
model_store.install(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_an_end_at_any_write_leaves_a_folder_that_serves(models: Path, tmp_path: Path, command: Command) -> None:
    source = offer(tmp_path / "new")
    for number in range(40):
        arguments = [str(source), str(models), str(number)]
        ended = subprocess.run([sys.executable, "-c", _KILLED, *arguments], cwd=ROOT, check=False)
        assert command("models", "verify", "--models", models).status == 0, number
        if ended.returncode == 0:
            break
        assert ended.returncode == 9
    assert set(listed(models)) == {READER, SHADOW}


def test_bench_tells_quantiles_and_memory(models: Path, command: Command) -> None:
    (timed,) = json.loads(command("models", "bench", "--models", models, "--runs", 20, "--json").out)
    assert (timed["name"], timed["n"]) == (READER, 20)
    assert 0 < timed["p50"] <= timed["p95"] <= timed["p99"] and timed["pss"] > 10
    told = command("models", "bench", "--models", models, "--runs", 20, language="vi")
    assert told.status == 0 and "một luồng" in told.out


def test_a_source_or_return_but_not_both(models: Path, tmp_path: Path, command: Command) -> None:
    assert command("models", "install", "--models", models).status == 2
    assert command("models", "install", tmp_path, "--return", "--models", models).status == 2
