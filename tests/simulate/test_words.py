import io
import json

import pytest

from drivers.contract.quantities import Millis
from station.core.records import TYPES
from station.simulate.following import Happening
from station.simulate.stories import NAMES, STORIES, NoSuchStory, altered, chosen
from station.simulate.telling import Teller
from station.simulate.words import SENTENCES, Words
from station.words.codes import CODES


def test_both_languages_say_everything_with_the_same_parts() -> None:
    for key, (vietnamese, english) in SENTENCES.items():
        assert vietnamese and english
        parts = [sorted(piece.split("}")[0] for piece in text.split("{")[1:]) for text in (vietnamese, english)]
        assert parts[0] == parts[1], key


def test_every_story_and_its_expected_codes_have_words() -> None:
    for story in STORIES:
        assert story.name in SENTENCES
        codes = (story.expected.end, story.expected.reason, story.expected.verdict, story.expected.basis)
        assert all(code in CODES for code in codes if code)


def test_sentences_of_records_are_of_records_that_exist() -> None:
    told = {
        key for key in SENTENCES if "." in key and key.split(".")[0] in ("crossing", "act", "case", "alarm", "input")
    }
    assert told <= set(TYPES.values())


def test_lines_are_for_people_or_for_programs() -> None:
    weighed = Happening(5, True, "crossing.weighed", {"crossing": "x", "gross": 42_140_000, "attempt": 1})
    text, code = io.StringIO(), io.StringIO()
    Teller(Words("vi"), as_json=False, out=text).happened(weighed)
    Teller(Words("vi"), as_json=True, out=code).happened(weighed)
    assert "khối lượng 42 140 kg" in text.getvalue()
    assert json.loads(code.getvalue()) == {"record": "crossing.weighed", "tick": 5, "body": weighed.body}


def test_stories_are_chosen_in_the_demos_order_and_unknown_ones_named() -> None:
    assert [story.name for story in chosen(("link-down", "green"))] == ["green", "link-down"]
    assert chosen(()) == STORIES
    with pytest.raises(NoSuchStory, match=r"'blue'.*green"):
        chosen(("blue",))


@pytest.mark.parametrize("name", NAMES)
def test_an_altered_story_differs_on_the_road_and_not_in_what_is_told(name: str) -> None:
    (story,) = chosen((name,))
    changed = altered(story)
    assert (changed.plate, changed.gross) != (story.plate, story.gross)
    assert (changed.expected, changed.code, changed.name) == (story.expected, story.code, story.name)
    assert changed.patience < story.patience and story.patience >= Millis(60_000)
