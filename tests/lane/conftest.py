"""A lane at an empty gate, its devices open, with a readable plate before the camera."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from station.simulate.scene import gate_picture
from tests.journeys.gate import Gate


@pytest.fixture(scope="session")
def picture() -> bytes:
    return gate_picture("12C-045.67", seed=1, condition="clear", lines=2)


@pytest.fixture
def gate(tmp_path: Path, picture: bytes) -> Iterator[Gate]:
    with Gate(tmp_path) as made:
        made.show_plate(picture)
        made.ready()
        yield made
