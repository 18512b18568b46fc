"""Chaos of edge, broker, centre and database: blows by seed while records flow, then the two books are compared.

Every process is the product but the edge's writer, which makes records faster than trucks do (tests/rig/edge.py).
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.rig.blows import BLOWS, Blow, dealt, strike_all
from tests.rig.books import Counts
from tests.rig.post import Mutants, Post
from tests.services import Postgres, running_postgres

DRAIN_S = 180.0
MUTANT_DRAIN_S = 12.0
_MUTANT_SEEDS = 3


@dataclass(frozen=True, slots=True)
class Chaos:
    """One seed: `claims` are the receipts and deliveries that the witnesses compared with the database."""

    seed: int
    blows: tuple[str, ...]
    records: int
    claims: int
    drained: bool
    drain_s: float
    counts: Counts
    crashes: tuple[str, ...]


def chaos(seeds: Sequence[int]) -> Iterator[Chaos]:
    """One run per seed, on one PostgreSQL server; the folder with all logs stays where something went wrong."""
    with running_postgres() as database:
        for seed in seeds:
            yield _run(database, seed, dealt(seed), Mutants(), DRAIN_S)


MUTANTS: dict[str, tuple[Mutants, tuple[str, ...]]] = {
    "a receipt before the commit": (Mutants("WritesBehind"), ("receiver killed",)),
    "no de-duplication at the centre": (
        Mutants("NoDeDuplication"),
        ("courier killed", "broker killed", "lane's way swallows", "lane's way refuses"),
    ),
    "a courier that believes the broker": (Mutants(courier="puback"), ("database stopped at once",)),
}


def mutants() -> Iterator[tuple[str, Chaos]]:
    """What the same judge says of a centre and a courier that are broken on purpose. What a blow meets is chance: the
    first of up to three seeds in which the judge sees it, else the last.
    """
    with running_postgres() as database:
        for name, (broken, struck) in MUTANTS.items():
            blows = [blow for blow in BLOWS if blow.name in struck]
            runs = (_run(database, seed, blows, broken, MUTANT_DRAIN_S) for seed in range(_MUTANT_SEEDS))
            run = next(runs)
            while run.counts.is_clean and run.drained and (another := next(runs, None)):
                run = another
            yield name, run


def _run(database: Postgres, seed: int, blows: Sequence[Blow], broken: Mutants, drain_s: float) -> Chaos:
    folder = Path(tempfile.mkdtemp(prefix="gate-chaos-"))
    with Post(folder / str(seed), database, seed, broken) as post:
        strike_all(post, blows, seed)
        began = time.monotonic()
        drained = post.drain(drain_s)
        took_s = time.monotonic() - began
        names = tuple(blow.name for blow in blows)
        records, claims = post.records(), post.witnesses.claims
        found = Chaos(seed, names, records, claims, drained, took_s, post.judge(), tuple(post.crashes))
    if broken != Mutants() or (found.counts.is_clean and drained and not found.crashes):
        shutil.rmtree(folder)
    else:
        print(f"  the evidence lies in {folder}", file=sys.stderr, flush=True)
    print(f"  {found}", file=sys.stderr, flush=True)
    return found
