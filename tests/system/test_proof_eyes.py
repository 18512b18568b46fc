"""The short form of `make proof PART=eyes`: what is built, and needs no optional package."""

import pytest

from tests.proof.eyes import PROMISES, beside
from tests.proof.frame import run


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_eyes_show_what_they_must() -> None:
    said: list[str] = []
    rest = {words: promise for words, promise in PROMISES.items() if promise is not beside}
    assert len(rest) == len(PROMISES) - 1
    assert run(rest, "short", said.append), "\n".join(said)
