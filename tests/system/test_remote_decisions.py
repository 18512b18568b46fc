"""Two officers at the centre decide about a truck that a lane holds: through the database, the broker and the lane."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from station.__main__ import run
from station.trust.officers import save_sealed, seal
from tests.rig.premises import LANE, STATION
from tests.rig.rig import Mark
from tests.support import wait_until
from tests.system.bad_gate import Gate, open_gate

pytestmark = pytest.mark.timeout(240)
PASSWORD = "a password for this test"


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> None:
    """Here the gate lives as long as the module; `open_gate` looks for what is left."""


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with open_gate(tmp_path_factory.mktemp("decisions") / "gate") as gate:
        yield gate


def decide(gate: Gate, crossing: str, action: str, actor: str, role: str) -> int:
    """`station centre decide`, as an officer at the centre types it; its exit code."""
    key, password = gate.folder / f"{actor}.sealed", gate.folder / "password"
    if not key.exists():
        save_sealed(seal(gate.premises.officers[actor], PASSWORD), key)
    password.write_text(PASSWORD)
    password.chmod(0o600)
    options = {"--station": STATION, "--lane": LANE, "--action": action, "--actor": actor, "--role": role}
    options |= {"--key": str(key), "--password-file": str(password), "--reason": "SEEN_FROM_AFAR"}
    told = [part for name, value in options.items() for part in (name, value)]
    return run(["centre", "--database", f"sqlite:///{gate.premises.database}", "decide", crossing, *told, "--yes"])


def answered(gate: Gate, mark: Mark, who: tuple[str, str], crossing: str) -> dict[str, Any]:
    """Decide once, as soon as the centre knows of the hold; what the lane made of it."""
    before = len(gate.rows(mark, "act.recorded"))
    wait_until(lambda: decide(gate, crossing, "release", *who) == 0, 30, "the centre knows of the hold")
    gate.wait(lambda: len(gate.rows(mark, "act.recorded")) > before, 30, "the lane judged it")
    return dict(gate.rows(mark, "act.recorded")[-1].body)


def test_a_held_truck_is_let_go_by_two_officers_who_see_only_what_the_centre_was_told(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    officer, head = ("demo-officer", "officer"), ("demo-head", "head-of-unit")
    mark = gate.mark()
    gate.yard.say(json.dumps({"do": "arrive", "code": "107999999999"}))
    crossing = str(gate.await_row(mark, "crossing.held").body["crossing"])
    first = answered(gate, mark, officer, crossing)
    assert (first["outcome"], first["remote"], first["actor"]) == ("proposed", True, "demo-officer"), first
    assert "crossing.held" not in capsys.readouterr().err
    refused = ("SAME_PERSON", "CHANGED_SINCE_SEEN")  # the second, if the centre was faster than the first act's record
    assert answered(gate, mark, officer, crossing)["refusal"] in refused
    assert not gate.rows(mark, "crossing.released")
    wait_until(lambda: answered(gate, mark, head, crossing)["refusal"] not in refused, 30, "a second person decides")
    last = gate.rows(mark, "act.recorded")[-1].body
    assert (last["outcome"], last["remote"], last["actor"]) == ("effective", True, "demo-head"), last
    assert gate.await_row(mark, "crossing.released").body["basis"] == "ACTS"
    assert gate.await_row(mark, "crossing.completed").body["end"] == "DEPARTED"
    gate.wait(gate.is_settled, 30, "everything is delivered")
    capsys.readouterr()
    assert decide(gate, crossing, "release", *head) == 1
    told = capsys.readouterr().err
    assert "is not held" in told and "next:" in told
    gate.assert_unharmed(mark)
