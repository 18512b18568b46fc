"""Every setting of every kind says what it means."""

import dataclasses

import pytest

from drivers.catalog import DRIVERS
from drivers.contract.describing import field_texts


@pytest.mark.parametrize("kind", sorted(DRIVERS))
def test_every_setting_has_a_text(kind: str) -> None:
    settings = DRIVERS[kind].settings
    texts = field_texts(settings)
    names = {field.name for field in dataclasses.fields(settings)}
    assert names - set(texts) - {"kind"} == set()
    assert all(text[-1] not in ",:" for text in texts.values())


def test_a_text_may_go_on_on_the_next_line() -> None:
    class Made:
        """A thing.

        one, two: what both
          mean, together.
        three: another `thing`.
        And a closing remark: of no field.
        """

    assert field_texts(Made) == {
        "one": "what both mean, together.",
        "two": "what both mean, together.",
        "three": "another thing.",
    }
