"""Damage to a journal at rest is told; without the chains some of it is not."""

import pytest

from station.journal import queries
from tests.proof.measures.damage import NEW_EPOCH_S, outcomes

pytestmark = pytest.mark.timeout(300)


def test_damage_is_told_and_the_lane_goes_on() -> None:
    found = list(outcomes(12, 2))
    assert [outcome for outcome in found if not outcome.is_told or outcome.took_s > NEW_EPOCH_S] == []
    assert any(outcome.found == "start" for outcome in found)


def test_without_the_chains_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "first_broken", lambda *_: None)
    assert [outcome for outcome in outcomes(12, 0) if not outcome.is_told]
