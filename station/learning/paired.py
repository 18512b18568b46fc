"""Two readers on the same plates: who was right where the other was not, and whether chance could have done it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import comb
from typing import Final, Literal

from station.evaluation.figures import wilson

LEVEL: Final = 0.05
"""A gain that chance alone would give as often as this is none."""
MOST_SYNTHETIC_LOSS: Final = 0.02
"""So much of the exact share on synthetic plates may be lost: what the station knew of all plates must stay."""

Verdict = Literal["BETTER", "NOT_SHOWN", "FORGOT"]


@dataclass(frozen=True, slots=True)
class Pair:
    """One picture: its vehicle (any name that is the same for the same plate), and who read it exactly."""

    vehicle: str
    shipped: bool
    candidate: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """`n` pictures of `vehicles` plates; of the vehicles, `gained` are read better by the candidate, `lost` worse.

    Shares are 0..1; `p` is two-sided (`mcnemar_exact` over vehicles).
    """

    n: int
    vehicles: int
    shipped: int
    candidate: int
    gained: int
    lost: int
    p: float

    def share(self, right: int) -> tuple[float, float, float]:
        """The share and Wilson's 95 % interval of it."""
        return (right / self.n, *wilson(right, self.n))

    @property
    def change(self) -> float:
        """What the candidate's exact share has more than the shipped one's."""
        return (self.candidate - self.shipped) / self.n


def mcnemar_exact(gained: int, lost: int) -> float:
    """Two-sided exact p of McNemar's test: as many or more of the discordant pairs on one side, by fair coins."""
    n, fewer = gained + lost, min(gained, lost)
    return min(1.0, 2 * sum(comb(n, k) for k in range(fewer + 1)) / (1 << n))


def compare(pairs: Iterable[Pair]) -> Compared:
    """Both readers' figures. Several pictures of a vehicle say one thing: the one that reads more of them exactly has
    that vehicle. Counted singly they would make chance look like proof. `pairs` is not empty.
    """
    every = tuple(pairs)
    balance: dict[str, int] = defaultdict(int)
    for pair in every:
        balance[pair.vehicle] += pair.candidate - pair.shipped
    gained, lost = sum(one > 0 for one in balance.values()), sum(one < 0 for one in balance.values())
    return Compared(
        n=len(every),
        vehicles=len(balance),
        shipped=sum(pair.shipped for pair in every),
        candidate=sum(pair.candidate for pair in every),
        gained=gained,
        lost=lost,
        p=mcnemar_exact(gained, lost),
    )


def verdict(site: Compared, synthetic: Compared) -> Verdict:
    """BETTER only if the gain at the site is significant and what was known of all other plates is not lost."""
    if synthetic.change < -MOST_SYNTHETIC_LOSS:
        return "FORGOT"
    gain = site.gained > site.lost and site.change > 0
    return "BETTER" if gain and site.p < LEVEL else "NOT_SHOWN"
