"""What is wrong with a camera is told to a person in both languages, with what to do."""

from typing import get_args

import pytest

from station.commands.seeing import alarm_words
from station.commands.telling import sentence
from station.core.camera_view import Cause
from station.core.records import AlarmRaised
from station.words.codes import CODES
from station.words.language import language
from station.words.next_steps import NEXT_STEPS


@pytest.mark.parametrize("tongue", ["vi", "en"])
@pytest.mark.parametrize("cause", get_args(Cause))
def test_each_cause_is_told_with_its_next_step(cause: str, tongue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", f"{tongue}_XX.UTF-8")
    language.cache_clear()
    told = sentence(AlarmRaised("CAMERA_VIEW", "camera", f"{cause} 500/750", "VN-HN-I1-E1-000017"))
    standing = alarm_words(f"CAMERA_VIEW camera {cause}")
    language.cache_clear()
    at = 0 if tongue == "vi" else 1
    for text in (CODES["CAMERA_VIEW"][at], CODES[cause][at], NEXT_STEPS[cause][at]):
        assert text in told
        assert text in standing
    assert "500/750" in told
