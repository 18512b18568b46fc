"""A short chaos: what is quick to strike and to heal, judged as the long one is; the long one is in the proof."""

from pathlib import Path

import pytest

from tests.rig.blows import BLOWS, dealt, strike_all
from tests.rig.post import Post
from tests.services import Postgres

_QUICK = ("database stopped at once", "receiver killed", "courier killed", "broker forgets", "edge killed")


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_whatever_is_killed_both_books_are_equal(tmp_path: Path, own_postgres: Postgres) -> None:
    blows = [blow for name in _QUICK for blow in BLOWS if blow.name == name]
    with Post(tmp_path / "post", own_postgres, seed=1) as post:
        strike_all(post, blows, seed=1)
        assert post.drain(120)
        assert post.judge().is_clean, post.judge()
        assert post.crashes == []
        assert post.witnesses.claims > 3
        assert post.records() > 100


def test_two_seeds_deal_every_blow_once() -> None:
    for seed in (0, 2, 18):
        assert sorted(blow.name for blow in dealt(seed) + dealt(seed + 1)) == sorted(blow.name for blow in BLOWS)
