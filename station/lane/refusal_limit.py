"""A flood of refusals at the lane's door becomes a few rows: the caller hears each, the journal a number a minute."""

from dataclasses import replace

from drivers.contract.quantities import Millis
from station.core.facts import Fact, InputRefused

MOST_A_MINUTE = 20
_MINUTE = Millis(60_000)
_LAST_WORD = "find out who floods the lane's door; further refusals of this minute are not listed"


class RefusalLimit:
    """Counts refusals by the minute."""

    def __init__(self) -> None:
        self._since: int | None = None
        self._count = 0

    def pass_on(self, refusal: InputRefused) -> list[Fact]:
        """The refusal itself, the last word of this minute, or nothing."""
        if self._since is None or refusal.tick - self._since >= _MINUTE:
            self._since, self._count = refusal.tick, 0
        self._count += 1
        if self._count < MOST_A_MINUTE:
            return [refusal]
        return [replace(refusal, reason="too-many", next_step=_LAST_WORD)] if self._count == MOST_A_MINUTE else []
