import pytest

from tests.proof.measures.vision_memory import MOST_GROWTH, measure


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_small_leak_is_seen_and_none_is_not() -> None:
    """32 KB a run are 10 MB over 300 runs."""
    flat = measure(300, pictures=20)
    assert flat.read == flat.runs
    assert flat.growth <= MOST_GROWTH, flat
    assert measure(300, pictures=20, leak_bytes=32_768).growth > MOST_GROWTH
