"""Why a receiver does not keep a clause: a code with its figures. Words in both languages stand at the command."""

from typing import Literal

Code = Literal[
    "NO_RECEIPT",  # nothing said that `seq` is stored
    "NO_ANSWER",  # a lane that came up heard nothing
    "NOT_SIGNED",  # what came is not a receipt of this receiver; `cause` as trust names it
    "RETAINED",  # a receipt came out of the broker's store
    "OVER_A_GAP",  # a receipt for `seq`, but a record before it was never sent
    "NOT_SENT",  # a receipt for a record that was never sent
    "OTHER_HASH",  # a receipt for `seq` with another hash than the record of the chain has
    "NO_REPLAY",  # a gap stayed and nobody asked
    "WRONG_REPLAY",  # asked for what follows `seq`, missing is what follows `missing`
    "WHILE_HELD",  # a receipt for `seq` while the database could not be written
    "TAKEN_BACK",  # after a restart it stands at `seq`; `claimed` had been receipted
    "STRANGER",  # a receipt for a station that is not enrolled
    "COMMAND_FAILED",  # the tester's own command did not do its work
]


class Failed(Exception):
    """The clause is not kept."""

    def __init__(self, code: Code, **values: object) -> None:
        self.code: Code = code
        self.values = values
        super().__init__(f"{code} {values}")


class NotTried(Exception):
    """The clause needs an option (`needs`) that was not given."""

    def __init__(self, needs: str) -> None:
        self.needs = needs
        super().__init__(needs)
