"""The short form of `make proof PART=eyes`: what is built, and needs no optional package."""

import pytest

from tests.proof.eyes import PROMISES, beside, not_yet
from tests.proof.frame import run


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_eyes_show_what_they_must() -> None:
    said: list[str] = []
    rest = {words: promise for words, promise in PROMISES.items() if promise not in (beside, not_yet)}
    assert len(rest) == len(PROMISES) - 2
    assert run(rest, "short", said.append), "\n".join(said)


def test_what_is_not_built_is_told_as_a_failure() -> None:
    said: list[str] = []
    assert not run({"rest": not_yet}, "short", said.append)
