"""What a driver showed is erased: by order of the head of unit."""

from dataclasses import replace
from pathlib import Path

import pytest

from station.simulate.scene import gate_picture
from tests.journeys.gate import PARAMETERS
from tests.journeys.test_readers import ReadersGate
from tests.proof.measures.erasure import measure, measure_mutant


def test_no_byte_is_left_and_both_chains_hold(tmp_path: Path) -> None:
    erased = measure(tmp_path)
    assert erased.before > 0
    assert (erased.after, erased.texts) == (0, 1)
    assert erased.is_whole and erased.replays


def test_a_database_that_only_forgets_is_caught(tmp_path: Path) -> None:
    assert measure_mutant(tmp_path).after > 0


@pytest.mark.parametrize(
    ("actor", "changes", "refusal"),
    [("1187", {}, "ROLE"), ("2001", {"crossing": ""}, "NO_SUCH_CROSSING")],
)
def test_an_erasure_that_may_not_be_is_refused(
    tmp_path: Path, actor: str, changes: dict[str, str], refusal: str
) -> None:
    with ReadersGate(tmp_path, replace(PARAMETERS, triggered=("scanner",), tag_readers=("tags",))) as gate:
        gate.show_plate(gate_picture("12C-045.67", seed=1, condition="clear", lines=2))
        gate.ready()
        outcome = gate.act("erase", actor, **{"crossing": "VN-HN-I1-E1-000001", "digest": "", **changes})
        assert outcome.outcome == "refused"
        assert outcome.refusal.startswith(refusal), outcome
