"""One bit in a thousand is wrong, and no weight is: a short form of what `make proof PART=drivers` measures."""

import pytest

from drivers.contract.quantities import Millis
from drivers.weighbridge import window
from tests.proof.measures.corrupted_scales import corrupted_windows, tallies
from tests.proof.measures.scale_voices import VOICES

WINDOWS = 1000


@pytest.mark.parametrize("name", VOICES)
def test_no_weight_is_false_and_most_windows_give_one(name: str) -> None:
    tally = corrupted_windows(VOICES[name], WINDOWS, seed=0)
    assert tally.false == 0
    assert tally.moving == WINDOWS // 10
    assert tally.weights > 0.95 * (WINDOWS - tally.moving), "the lane must get its weights too"
    assert tally.flips > WINDOWS / 2


@pytest.mark.parametrize("name", [name for name, voice in VOICES.items() if not voice.is_checked])
def test_a_judge_that_believes_a_single_frame_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "_FRAMES_AT_LEAST", 1)
    assert corrupted_windows(VOICES[name], WINDOWS, seed=0, at_least=Millis(0)).false > 0


def test_a_voice_is_measured_in_a_process_of_its_own() -> None:
    made = list(tallies(10, names=["sma", "ascii st"]))
    assert [(tally.voice, tally.windows) for tally in made] == [("sma", 10), ("ascii st", 10)]
