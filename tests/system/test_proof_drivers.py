"""The short form of `make proof PART=drivers`, and fuzzing that must be able to fail."""

import shutil
from pathlib import Path

import pytest

from tests.proof.drivers import PROMISES, evidence_folder
from tests.proof.frame import run
from tests.proof.measures.fuzzing import fuzz_one
from tests.support import needs


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_drivers_show_what_they_must() -> None:
    needs("mosquitto")
    said: list[str] = []
    assert run(PROMISES, "short", said.append), "\n".join(said)
    shutil.rmtree(evidence_folder())


@pytest.mark.slow
def test_fuzzing_finds_a_codec_that_can_be_deafened(tmp_path: Path) -> None:
    found = fuzz_one("deaf", tmp_path, 60, module="tests.fuzz.mutant")
    assert "is deaf after" in found.found
