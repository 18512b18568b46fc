"""The short form of `make proof PART=lane`; its second promise, the kills, has a test of its own."""

import shutil

import pytest

from tests.proof.frame import run
from tests.proof.lane import PROMISES, evidence_folder, killed_anywhere
from tests.support import needs


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_the_lane_shows_what_it_must() -> None:
    needs("mosquitto")
    said: list[str] = []
    rest = {words: promise for words, promise in PROMISES.items() if promise is not killed_anywhere}
    assert len(rest) == len(PROMISES) - 1
    assert run(rest, "short", said.append), "\n".join(said)
    shutil.rmtree(evidence_folder())
