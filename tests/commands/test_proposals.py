"""Settings proposed by a centre: from its command over a real broker to a real lane, and into the file by a person."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from station.centre import queries
from station.centre.store import CentreStore
from station.settings.load import load
from tests.commands.premises import ROOT, SETTINGS, Premises, Told, premises, running_lane
from tests.services import running_mosquitto
from tests.support import wait_until

pytestmark = pytest.mark.timeout(120)
Command = Callable[..., Told]
LIMITS = """\
[lane.limits]            # giới hạn
weight_refer = 50        # permille / phần nghìn
"""


@contextmanager
def running_centre(place: Premises, port: int) -> Iterator[str]:
    """`station centre` on a database whose URL is given."""
    database = f"sqlite:///{place.folder}/centre.db"
    command = [sys.executable, "-m", "station", "centre", "--database", database, "--port", str(port)]
    command += ["--key", str(place.keys / "centre.key"), "--station", "VN-HN"]
    with (place.folder / "centre.log").open("wb") as log:
        centre = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        yield database
    finally:
        centre.terminate()
        centre.wait(10)


def at_the_centre(database: str, type_: str) -> list[dict[str, Any]]:
    store = CentreStore(database)
    try:
        return [json.loads(row.body) for row in queries.records(store, "VN-HN", "I1") if row.type == type_]
    finally:
        store.close()


def answer(place: Premises, command: Command, verb: str, number: int, who: str, *more: str) -> Told:
    return command(
        "settings", verb, number, "--settings", place.settings, "--key", place.keys / f"{who}.key",
        "--password-file", place.password, "--actor", who, "--yes", *more,
    )  # fmt: skip


def test_a_proposal_travels_is_looked_at_and_becomes_the_file_only_by_a_person(
    tmp_path: Path, demo_keys: Path, command: Command
) -> None:
    with running_mosquitto(tmp_path / "broker") as broker:
        link = f'[link]\nhost = "127.0.0.1"\nport = {broker.port}\nkeepalive = 5\n'
        place = premises(tmp_path / "lane", demo_keys, SETTINGS.replace("[trust]", LIMITS + "[trust]") + link)
        written, before = place.settings.read_text(), load(place.settings).sha256
        with running_centre(place, broker.port) as database:
            propose = ("centre", "--database", database, "propose-settings")
            to = ("--station", "VN-HN", "--lane", "I1", "--why", "cân đã được kiểm định lại")
            with running_lane(place):
                wait_until(lambda: at_the_centre(database, "settings.applied"), 30, "the centre knows the settings")
                told = command(*propose, "lane.limits.weight_refer=5000", *to)
                assert told.status == 0 and "Proposal 1 for VN-HN/I1: 1 settings" in told.out
                told = command(*propose, "lane.limits.weight_refer=40", "lane.limits.list_age=3_600_000", *to, "--json")
                assert json.loads(told.out)["settings"] == before
                wait_until(lambda: len(at_the_centre(database, "settings.proposed")) == 2, 30, "both have come")
                assert place.settings.read_text() == written and list(place.folder.glob("*before*")) == []
                _look_and_answer(place, command, written)
                result = load(place.settings).sha256
                wait_until(lambda: len(at_the_centre(database, "settings.answered")) == 2, 30, "the centre hears of it")
                assert [(one["number"], one["answer"], one["result_sha256"]) for one in answered(database)] == [
                    (1, "TURNED_DOWN", ""),
                    (2, "TAKEN_UP", result),
                ]
                assert at_the_centre(database, "settings.applied")[-1]["settings_sha256"] == before, (
                    "still the old ones"
                )
                acts = at_the_centre(database, "act.recorded")
                assert [(act["actor"], act["action"], act["refusal"]) for act in acts] == [
                    ("demo-head", "reject-settings", ""),
                    ("demo-officer", "accept-settings", "ROLE"),
                    ("demo-head", "accept-settings", ""),
                ]
            with running_lane(place):
                wait_until(
                    lambda: at_the_centre(database, "settings.applied")[-1]["settings_sha256"] == result,
                    30,
                    "the lane has begun anew with what a person took up",
                )
                told = answer(place, command, "accept", 2, "demo-head")
                assert told.status == 1 and "taken up" in told.err


def answered(database: str) -> list[dict[str, Any]]:
    return at_the_centre(database, "settings.answered")


def _look_and_answer(place: Premises, command: Command, written: str) -> None:
    told = command("settings", "proposals", "--settings", place.settings)
    assert told.status == 0 and "Proposal 2" in told.out and "waits for an answer" in told.out
    assert "cân đã được kiểm định lại" in told.out and "lane.limits.weight_refer: 50 -> 40" in told.out
    assert "lane.limits.list_age: 86400000 -> 3600000" in told.out, "the default that it would replace"
    assert "5000 is out of range" in told.err and "faults, this proposal cannot be taken up" in told.out
    told = command("settings", "proposals", "--settings", place.settings, language="vi")
    assert "Đề nghị số 2" in told.out and "chờ trả lời" in told.out and "station check: không có lỗi" in told.out
    told = command("settings", "proposals", "--settings", place.settings, "--json")
    assert [(one["number"], one["state"]) for one in json.loads(told.out)] == [(2, "OPEN"), (1, "OPEN")]
    assert answer(place, command, "accept", 9, "demo-head").status == 1
    told = answer(place, command, "accept", 1, "demo-head")
    assert told.status == 78 and "out of range" in told.err, "station check refuses the result"
    assert answer(place, command, "reject", 1, "demo-head", "--reason", "WRONG_UNIT").status == 0
    told = answer(place, command, "accept", 1, "demo-head")
    assert told.status == 1 and "turned down" in told.err and "next: have the centre propose it anew" in told.err
    told = answer(place, command, "accept", 2, "demo-officer")
    assert told.status == 1 and "the role does not permit it" in told.out
    assert place.settings.read_text() == written and sorted(one.name for one in place.folder.glob("*lane.toml*")) == [
        "lane.toml"
    ]
    mode = place.settings.stat().st_mode
    told = answer(place, command, "accept", 2, "demo-head")
    assert told.status == 0 and "It counts once the lane is started again" in told.out
    assert (place.folder / "lane.toml.before-2").read_text() == written
    assert place.settings.stat().st_mode == mode
    assert "weight_refer = 40        # permille / phần nghìn\nlist_age = 3_600_000\n" in place.settings.read_text()
    assert (
        place.settings.read_text()
        .replace("weight_refer = 40", "weight_refer = 50")
        .replace("list_age = 3_600_000\n", "")
        == written
    )
