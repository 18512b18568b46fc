"""Hostile MQTT messages: nothing escapes at either end; a reader of JSON that lets something escape is found."""

import json

import pytest

from station.trust import signed
from tests.proof.measures.payloads import at_the_centre, at_the_lane

pytestmark = pytest.mark.timeout(300)

FEW = 500


def test_nothing_escapes_at_the_lane() -> None:
    taken = at_the_lane(FEW)
    assert taken.is_well and taken.n == FEW, taken


def test_nothing_escapes_at_the_centre() -> None:
    taken = at_the_centre(FEW)
    assert taken.is_well and taken.n == FEW and taken.taken_for_good >= 4, taken


def test_a_reader_without_a_limit_of_depth_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed, "parse", json.loads)
    taken = at_the_lane(FEW)
    assert any(name.startswith("RecursionError") for name in taken.escaped), taken
