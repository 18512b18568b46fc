"""`station xray`: a template learned and used from the command line; what cannot be used is refused by name."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.commands.premises import Told
from tests.proof.measures import xray_scans

Command = Callable[..., Told]
LOAD = xray_scans.LOADS["pallet 1.2 x 1.0 m of 500 kg"]


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Ten of empty containers, then an empty and a loaded one."""
    folder, rng = tmp_path_factory.mktemp("scans"), np.random.default_rng(9)
    files = [folder / f"S{at}.png" for at in range(12)]
    for at, file in enumerate(files):
        file.write_bytes(xray_scans.shot(rng, LOAD if at == 11 else ()))
    return files


@pytest.fixture(scope="module")
def template(scans: list[Path]) -> Path:
    from station.__main__ import run

    file = scans[0].with_name("template.json")
    assert run(["xray", "learn", *map(str, scans[:10]), "--length", "20", "--out", str(file), "--json"]) == 0
    return file


def test_check_tells_each_scan_and_exits_1_unless_all_are_empty(
    scans: list[Path], template: Path, command: Command
) -> None:
    told = command("xray", "check", scans[10], "--template", template, "--json")
    (advice,) = json.loads(told.out)["advice"]
    assert (told.status, advice["finding"], advice["flaws"]) == (0, "EMPTY_LIKELY", [])
    bad = scans[0].with_name("bad.png")
    bad.write_bytes(scans[0].read_bytes()[:-9])
    told = command("xray", "check", scans[11], bad, "gone.png", "--template", template, language="vi")
    assert told.status == 1
    assert "NOT_EMPTY (không rỗng)" in told.out and "ảnh bị thiếu phần cuối; việc cần làm" in told.out
    told = command("xray", "check", scans[11], bad, "gone.png", "--template", template, "--json")
    found = [(one["finding"], one["flaws"]) for one in json.loads(told.out)["advice"]]
    assert found == [
        ("NOT_EMPTY", []),
        ("CANNOT_TELL", ["picture-broken-off"]),
        ("CANNOT_TELL", ["picture-missing"]),
    ]


def test_what_cannot_be_learned_from_is_refused_by_its_name(
    scans: list[Path], template: Path, command: Command
) -> None:
    new = template.with_name("new.json")
    for given, cause, thing in (
        (scans[:4], "too-few-scans", ""),
        ([*scans[:6], scans[11]], "scan-unlike-others", str(scans[11])),
        ([*scans[:6], scans[0].with_name("gone.png")], "picture-missing", str(scans[0].with_name("gone.png"))),
    ):
        told = command("xray", "learn", *given, "--length", 20, "--out", new, "--json")
        refused = json.loads(told.out)["refused"]
        assert (told.status, refused["cause"], refused["thing"]) == (74, cause, thing)
        assert refused["next_step"]
        assert not new.exists()
    told = command("xray", "learn", *scans[:6], "--length", 20, "--out", template)
    assert told.status == 74 and "already" in told.err
    assert command("xray", "learn", *scans[:6], "--length", 21, "--out", new).status == 2


def test_an_altered_template_is_refused(scans: list[Path], template: Path, command: Command) -> None:
    altered = template.with_name("altered.json")
    altered.write_text(template.read_text().replace('"height": 2', '"height": 3', 1))
    told = command("xray", "check", scans[10], "--template", altered, "--json")
    assert (told.status, json.loads(told.out)["refused"]["cause"]) == (78, "bad-template")
