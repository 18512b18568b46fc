"""Settings proposed by a centre: from its command over a real broker to a real lane, and into the file by a person."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers.contract.quantities import Tick
from station.centre import queries
from station.centre.store import CentreStore
from station.commands import proposals
from station.core.facts import LaneStarted, OfficerAct, ProposalArrived, SettingsApplied
from station.core.state import LaneState
from station.journal.store import Journal
from station.lane.act_socket import Outcome, view
from station.settings.change import changed
from station.settings.load import load, load_text
from tests.commands.premises import ROOT, SETTINGS, KeptScript, Premises, Told, premises, running_lane
from tests.core.world import PARAMETERS, beginning
from tests.services import running_mosquitto
from tests.support import wait_until

Command = Callable[..., Told]
HOUR = 3_600_000
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


@pytest.fixture
def kept(place: Premises) -> Premises:
    """A lane's journal with three proposals: 1 has lapsed, 2 is meant for other settings, 3 is open."""
    place.settings.write_text(SETTINGS.replace("[trust]", LIMITS + "[trust]"))
    runs, now_ms = load(place.settings).sha256, time.time_ns() // 1_000_000
    start, *_ = beginning(1_000, PARAMETERS)
    assert isinstance(start, LaneStarted)
    with closing(Journal.open(place.data)) as journal:
        script = KeptScript(journal=journal)
        script.tell(replace(start, settings_sha256=runs), SettingsApplied(Tick(1_000), PARAMETERS))
        for number, on, until_ms in ((1, runs, now_ms - 1), (2, "0" * 64, now_ms + HOUR), (3, runs, now_ms + HOUR)):
            body = (on, (("lane.limits.weight_refer", f"4{number}"),), "why not", until_ms)
            script.tell(ProposalArrived(Tick(1_000), number, f"{number:064x}", *body))
    return place


def states(place: Premises, command: Command) -> list[str]:
    told = command("settings", "proposals", "--settings", place.settings, "--json")
    return [one["state"] for one in json.loads(told.out)]


def test_what_can_no_longer_be_taken_up_is_said_in_both_languages(kept: Premises, command: Command) -> None:
    assert states(kept, command) == ["OPEN", "OTHER_SETTINGS", "PROPOSAL_EXPIRED"]
    for number, english, vietnamese in (
        (1, "the proposal has lapsed", "đề nghị đã hết giá trị"),
        (2, "the proposal is meant for other settings", "đề nghị dựa trên cấu hình khác"),
        (9, "there is no such proposal", "không có đề nghị này"),
    ):
        told = answer(kept, command, "accept", number, "demo-head")
        assert told.status == 1 and english in told.err and "next: " in told.err
        assert vietnamese in command(
            "settings", "accept", number, "--settings", kept.settings, "--key", kept.keys / "demo-head.key",
            "--actor", "demo-head", "--yes", language="vi",
        ).err  # fmt: skip
    told = answer(kept, command, "accept", 3, "demo-head")
    assert told.status == 69, "no lane runs that would write it into its record"
    assert sorted(one.name for one in kept.folder.glob("*lane.toml*")) == ["lane.toml"]


def test_a_comment_is_no_other_setting_and_a_value_is(kept: Premises, command: Command) -> None:
    text = kept.settings.read_text()
    kept.settings.write_text("# mine\n" + text)
    assert states(kept, command)[0] == "OPEN"
    kept.settings.write_text(text.replace("weight_refer = 50", "weight_refer = 49"))
    assert states(kept, command)[0] == "OTHER_SETTINGS"
    assert answer(kept, command, "accept", 3, "demo-head").status == 1


def test_a_file_that_somebody_else_writes_meanwhile_is_left_as_they_wrote_it(
    kept: Premises, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The act stands in the record by then; it may be given again."""

    def overtaken(_: Path, act: OfficerAct, key: object) -> Outcome:
        assert act.text == changed_sha256 and act.digest == f"{3:064x}"
        kept.settings.write_text("# theirs\n")
        return Outcome(act.act_id, "effective", "", "")

    made = changed(kept.settings.read_text(), (("lane.limits.weight_refer", "43"),))
    changed_sha256 = load_text(kept.settings, made).sha256
    monkeypatch.setattr(proposals, "view_of", lambda _: view(LaneState()))
    monkeypatch.setattr(proposals, "send_act", overtaken)
    told = answer(kept, command, "accept", 3, "demo-head")
    assert told.status == 75 and "somebody else has written the file meanwhile" in told.err
    assert kept.settings.read_text() == "# theirs\n"
    assert sorted(one.name for one in kept.folder.glob("*lane.toml*")) == ["lane.toml", "lane.toml.before-3"]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ("trust.root=1", "a setting that a centre may not propose"),
        ("lane.patience.boom_travel=9000", "a setting that a centre may not propose"),
        ('lane.limits.weight_refer="40"', "no value that may be proposed"),
    ],
)
def test_a_centre_is_told_before_it_publishes_what_no_lane_takes(
    tmp_path: Path, command: Command, change: str, cause: str
) -> None:
    where = ("centre", "--database", f"sqlite:///{tmp_path}/c.db", "propose-settings")
    to = ("--station", "VN-HN", "--lane", "I1", "--why", "because")
    told = command(*where, change, *to)
    assert told.status == 1 and cause in told.err and "next: " in told.err
    told = command(*where, "vision.view_epoch=3", *to)
    assert told.status == 1 and "it is not known which settings the lane runs" in told.err
    assert command(*where, "vision.view_epoch=3", *to, "--on", "5e" * 32).status == 0
    assert command(*where, "vision.view_epoch=3", "vision.view_epoch=4", *to).status == 2
