"""Exit codes of the commands, after sysexits.h where it has one, and the refusal that carries one."""

from typing import Final

OK: Final = 0
FINDING: Final = 1
"""Done, and the answer is no: a difference, a refused act, a failed check."""
USAGE: Final = 2
UNAVAILABLE: Final = 69
IO: Final = 74
TRY_AGAIN: Final = 75
NOT_PERMITTED: Final = 77
CONFIGURATION: Final = 78


class Refused(Exception):
    """A command cannot do its work: exit status, cause (a code of `code_words.CAUSES`), the thing and what was seen.

    `next_step` is used where the cause alone does not say what to do.
    """

    def __init__(self, status: int, cause: str, thing: str, seen: str = "", next_step: str = "") -> None:
        self.status = status
        self.cause = cause
        self.thing = thing
        self.seen = seen
        self.next_step = next_step
        super().__init__(f"{thing}: {cause}: {seen}")
