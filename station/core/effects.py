"""What the core wishes to be done. Permissive effects are performed after the commit, protective ones before it."""

from dataclasses import dataclass

from drivers.contract.orders import Order, is_protective
from station.core.facts import EligibleEntry


@dataclass(frozen=True, slots=True)
class Send:
    """Send an order to a device's worker. Answered by OrderAnswered (and by the order's own reading).

    The lines of ShowText and PrintTicket are codes, some with a value behind them: the shell puts them into words.
    """

    device: str
    order: Order


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask the local copy of the eligible list. Answered by LookedUp.

    `seen` are the plates and numbers that were read of this vehicle: the shell compares them with what the centre looks
    for, under a key that the core never has.
    """

    request_id: str
    declaration: str
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spend:
    """Re-check list and suspension and book the declaration to this crossing, in one transaction. Answered by Spent.

    Idempotent for the same crossing; `previous` (may be "") is an interrupted crossing of the same truck
    whose booking passes to this one. With `overridden` officers released a crossing that the list does not
    carry: only suspension and double use are checked. Else the list must still say `entry`, on which it was decided.
    """

    request_id: str
    declaration: str
    crossing: str
    previous: str
    overridden: bool
    entry: EligibleEntry | None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """The crossing ended without departing: its booking of the declaration is void. Not answered; idempotent."""

    declaration: str
    crossing: str


@dataclass(frozen=True, slots=True)
class ErasePersonal:
    """Erase what personal.db holds of a crossing. Answered by PersonalErased; idempotent."""

    crossing: str
    act_id: str


@dataclass(frozen=True, slots=True)
class DropEvidence:
    """Delete these files of the data folder. Not answered unless it fails; idempotent."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakeFile:
    """Judge the signed downlinks in the file with this SHA-256 (hex). Answered by FileImported; idempotent."""

    act_id: str
    actor: str
    sha256: str


Effect = Send | LookUp | Spend | GiveBack | ErasePersonal | DropEvidence | TakeFile


def is_protective_effect(effect: Effect) -> bool:
    """True for orders that only make the lane safer."""
    return isinstance(effect, Send) and is_protective(effect.order)
