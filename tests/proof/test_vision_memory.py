import pytest

from tests.proof.measures.vision_memory import MOST_GROWTH, measure


@pytest.mark.slow
def test_a_small_leak_is_seen_and_none_is_not() -> None:
    """16 KB a run are 10 MB over 600 runs."""
    flat = measure(600, pictures=20)
    assert flat.read == flat.runs
    assert flat.growth <= MOST_GROWTH, flat
    assert measure(600, pictures=20, leak_bytes=16_384).growth > MOST_GROWTH
