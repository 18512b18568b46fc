import pytest

from tests.proof.measures.vision_memory import MOST_GROWTH, measure


@pytest.mark.slow
def test_a_small_leak_is_seen_and_none_is_not() -> None:
    """4 KB a run are 6 MB over 1,500 runs."""
    flat = measure(1_500, pictures=20)
    assert flat.read == flat.runs
    assert flat.growth <= MOST_GROWTH, flat
    assert measure(1_500, pictures=20, leak_bytes=4_096).growth > MOST_GROWTH
