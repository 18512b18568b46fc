"""Whatever the core, trust, the journal and the drivers can say exists in both languages."""

import ast
import inspect
import re
import string
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from drivers.contract.driver import AnswerCode
from drivers.contract.faults import FaultCode
from drivers.contract.quantities import Permille
from drivers.contract.readings import BoomPosition, LightColour, PlateColour
from station.centre import reconciling
from station.commands import help_words, phrases
from station.commands.telling import sentence
from station.core.facts import Action, ClockQuality, Role
from station.core.keeping_facts import CopyFault
from station.core.parameters import Mode
from station.core.presented_records import ReaderDiffered
from station.core.records import TYPES, ActRecorded, End, OrderEnded, RefusalRecorded, Verdict
from station.core.state import Instruction, Phase, Presence
from station.courier.downlink import REASONS
from station.journal.refusals import Cause
from station.trust.refusal import Reason
from station.vision.unfit import NEXT_STEPS as UNFIT_STEPS
from station.vision.unfit import Unfit
from station.words import causes, codes, days, device_steps, keeping, language, meanings, next_steps, proposals
from station.words.language import Words
from tests.commands.premises import ROOT

_CORE = ROOT / "station" / "core"
_ADVICE = re.compile(
    r"(check|chmod|clear|close|compare|correct|create|find|free|give|have|install|leave|look|open|play|plug|power|put"
    r"|replace|restart|run|set|switch|write) "
)
_CODE = re.compile(r"[A-Z][A-Z0-9]+(_[A-Z0-9]+)*|R\d+[a-z]?")
_TABLES: dict[str, dict[str, Words]] = {
    "codes": codes.CODES,
    "records": codes.RECORDS,
    "causes": causes.CAUSES,
    "phrases": phrases.PHRASES,
    "help": help_words.HELP,
    "next steps": next_steps.NEXT_STEPS,
    "verdicts on a day": days.VERDICTS,
    "differences of a day": days.DIFFERENCES,
}


def _codes_in(file: Path) -> set[str]:
    """Every text in a source file that looks like a code."""
    texts = (node.value for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and _CODE.fullmatch(text)}


@pytest.mark.parametrize("file", sorted(_CORE.glob("*.py")), ids=lambda path: path.name)
def test_every_code_in_the_core_has_words(file: Path) -> None:
    if file.name in ("plates.py", "plate_colours.py"):  # alphabets and names of plate forms, which nobody is told
        return
    assert _codes_in(file) - set(codes.CODES) == set()


def test_the_search_finds_codes() -> None:
    assert {"NOT_ELIGIBLE", "R07b", "HOLD", "WEIGHT_DEVIATION"} <= _codes_in(_CORE / "rules.py")
    assert {"GATE_OPEN", "BOOM_FAULT", "SAFETY_STOP"} <= _codes_in(_CORE / "interlock.py")
    assert {"STALE", "SAME_PERSON", "NO_HEAD_OF_UNIT"} <= _codes_in(_CORE / "acts.py")


@pytest.mark.parametrize(
    "union",
    [
        *(Verdict, End, Phase, Presence, Instruction, Mode, Role, Action),
        *(ClockQuality, BoomPosition, LightColour, PlateColour),
    ],
)
def test_every_closed_set_of_codes_has_words(union: object) -> None:
    assert set(get_args(union)) - set(codes.CODES) == set()


def test_outcomes_and_faults_have_words() -> None:
    outcomes = {*get_args(ActRecorded.__annotations__["outcome"]), *get_args(OrderEnded.__annotations__["outcome"])}
    assert {*outcomes, *get_args(FaultCode)} - set(codes.CODES) == set()
    assert {*get_args(AnswerCode)} - {"accepted"} - set(codes.CODES) == set()


def test_every_reason_against_a_picture_has_words_and_a_next_step() -> None:
    assert set(get_args(Unfit)) - set(codes.CODES) == set()
    assert set(get_args(Unfit)) == set(UNFIT_STEPS)
    assert {reason: next_steps.NEXT_STEPS[reason][1] for reason in UNFIT_STEPS} == UNFIT_STEPS


def test_every_record_type_has_words() -> None:
    assert set(TYPES.values()) == set(codes.RECORDS)


def test_every_cause_has_words_and_a_next_step() -> None:
    named = {*get_args(Reason), *get_args(Cause), *get_args(CopyFault)} - {""}
    assert named - set(causes.CAUSES) == set()
    assert named - set(next_steps.NEXT_STEPS) == set()


def test_every_difference_of_a_day_has_words() -> None:
    assert set(get_args(reconciling.Cause)) == set(days.DIFFERENCES)
    assert set(get_args(reconciling.Verdict)) == set(days.VERDICTS)


@pytest.mark.parametrize("name", _TABLES)
def test_both_languages_say_everything_and_fill_in_the_same(name: str) -> None:
    for key, (vietnamese, english) in _TABLES[name].items():
        assert vietnamese.strip() and english.strip(), key
        assert _fields(vietnamese) == _fields(english), key


def test_every_phrase_that_a_command_uses_exists() -> None:
    used: dict[str, set[str]] = {"phrase": set(), "helped": set()}
    for file in [*(ROOT / "station" / "commands").glob("*.py"), ROOT / "station" / "__main__.py"]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in used:
                used[node.func.id] |= {
                    part.value
                    for part in ast.walk(node.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    assert len(used["phrase"]) > 40 and len(used["helped"]) > 40
    assert used["phrase"] - set(phrases.PHRASES) - {"total"} == set()
    assert used["helped"] - set(help_words.HELP) == set()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({}, "en"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "vi_VN"}, "vi"),
        ({"LANG": "vi_VN", "LC_ALL": ""}, "vi"),
    ],
)
def test_the_first_variable_that_is_set_chooses(variables: dict[str, str], expected: str) -> None:
    assert language.chosen(variables) == expected


def test_what_is_missing_is_told_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "language", lambda: "vi")
    assert meanings.coded("MISSING_PLATE_DECLARATION") == "MISSING_PLATE_DECLARATION (thiếu biển số, tờ khai)"
    assert meanings.coded("OF_A_NEWER_RELEASE") == "OF_A_NEWER_RELEASE"


def test_the_causes_raised_by_commands_have_words() -> None:
    raised: set[str] = set()
    for file in (ROOT / "station" / "commands").glob("*.py"):
        raised |= set(re.findall(r'Refused\(\s*exits\.\w+,\s*"([a-z-]+)"', file.read_text()))
    assert {"no-lane", "no-such-crossing"} <= raised
    assert raised - set(causes.CAUSES) == set()


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_tables_hold_no_code_twice() -> None:
    sources = "".join(map(inspect.getsource, (codes, causes, keeping, proposals)))
    keys = re.findall(r'^    "([^"]+)":', sources, re.MULTILINE)
    per_table = len(codes.CODES) + len(codes.RECORDS) + len(causes.CAUSES)
    assert len(keys) == per_table


def test_whatever_a_driver_tells_a_person_to_do_is_there_in_vietnamese() -> None:
    """Every text of a driver, not of its far end, that begins as an advice does."""
    told = {text for path in sorted((ROOT / "drivers").glob("*/*.py")) for text in _advice(path)}
    assert len(told) > 60
    assert {text for text in told if device_steps.step_in_vietnamese(text) == text} - {"chmod 600 "} == set()


def _advice(path: Path) -> set[str]:
    if path.stem.endswith(("_peer", "_model")):
        return set()
    tree = ast.parse(path.read_text())
    described = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in described)
    return {text.value for text in texts if isinstance(text.value, str) and _ADVICE.match(text.value)} - {"compare "}


def test_what_a_model_on_trial_read_is_told_as_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ReaderDiffered("", "reader", "s", "12C04567", Permille(990), "", Permille(0), "m", 7, 2, "")
    monkeypatch.setattr(language, "language", lambda: "en")
    assert sentence(said) == (
        "a reader beside read otherwise or failed: the reader in force read 12C04567, the one on trial -;"
        " 2 of 7 compared differed"
    )
    assert sentence(replace(said, fault="model x: bad-model")).endswith("model x: bad-model")


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_to_refuse_what_the_centre_sent_has_words_and_a_next_step(
    reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = set()
    for tongue in ("vi", "en"):
        monkeypatch.setattr(language, "language", lambda tongue=tongue: tongue)
        said = sentence(RefusalRecorded("downlink", "list 7", reason, ""))
        assert "; " in said, said
        assert tongue == "en" or f"{reason} (" in said, said
        told.add(said)
    assert len(told) == 2


def test_a_refused_picture_is_told_with_its_own_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = RefusalRecorded("device", "sha", "picture-coding", "check the camera's picture")
    monkeypatch.setattr(language, "language", lambda: "vi")
    assert "đặt nguồn ảnh thành JPEG thường (baseline)" in sentence(refused)
    other = RefusalRecorded("device", "scale", "garbled ff", "check wiring and baud")
    monkeypatch.setattr(language, "language", lambda: "en")
    assert sentence(other).endswith("check wiring and baud")
