"""The hands of the lane: effects become orders to workers, look-ups and bookings; answers come back as facts."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, assert_never

from drivers.contract.driver import Clock
from drivers.contract.orders import Order, PrintTicket, ShowText
from station.core.effects import DropEvidence, Effect, ErasePersonal, GiveBack, LookUp, Send, Spend, TakeFile
from station.core.facts import Fact, LookedUp, OrderAnswered, Spent
from station.core.keeping_facts import FileImported
from station.courier import talk
from station.courier.eligible import NO_LIST, EligibleTable, ListUnavailable
from station.hosting.host import Host
from station.journal.ledger import Ledger
from station.journal.refusals import LedgerUnavailable
from station.lane.evidence_files import EvidenceFiles
from station.lane.personal_keeping import PersonalKeeping
from station.words import told

Unavailable = Literal["LIST_UNAVAILABLE", "LEDGER_UNAVAILABLE"]

log = logging.getLogger("station.lane")


class Performer:
    """Performs effects one by one; never raises for a device, a list or a ledger that fails: that is a fact too."""

    def __init__(
        self,
        host: Host,
        eligible: EligibleTable,
        ledger: Ledger,
        personal: PersonalKeeping,
        now: Clock,
        stamp: Callable[[str], str] | None = None,
        files: EvidenceFiles | None = None,
        courier: Callable[[talk.ToCourier], bool] | None = None,
        mark: Callable[[str], str] | None = None,
    ) -> None:
        """`stamp` makes the code of a crossing into what a ticket's QR holds; without it the code itself is printed.

        Without `files` nobody wishes any to be dropped. `courier` says whether the courier heard; a lane without a
        centre has none. `mark` hashes what was read of a vehicle as the centre's watchlists are hashed; its key stays
        in it.
        """
        self._files = files
        self._courier = courier
        self._mark = mark
        self._stamp = stamp
        self._host = host
        self._eligible = eligible
        self._ledger = ledger
        self._personal = personal
        self._now = now

    def perform(self, effects: Sequence[Effect]) -> list[Fact]:
        """Perform all of `effects`; the facts that are known at once."""
        return [fact for effect in effects for fact in self._one(effect)]

    def _one(self, effect: Effect) -> list[Fact]:
        match effect:
            case Send(device=device, order=order):
                if self._host.send(device, self._stamped(in_words(order))):
                    return []
                return [OrderAnswered(self._now(), order.order_id, "refused", f"{device} takes no orders")]
            case LookUp():
                return [self._look_up(effect)]
            case Spend():
                return [self._spend(effect)]
            case GiveBack(declaration=declaration, crossing=crossing):
                self._give_back(declaration, crossing)
                return []
            case ErasePersonal(crossing=crossing, act_id=act_id):
                return [self._personal.erase(crossing, act_id, self._now())]
            case DropEvidence(paths=paths):
                return [] if self._files is None else self._files.drop(paths)
            case TakeFile(act_id=act_id, actor=actor, sha256=sha256):
                if self._courier is not None and self._courier(talk.TakeFile(act_id, actor, sha256)):
                    return []
                return [FileImported(self._now(), act_id, actor, sha256[:64], (), 0, 1, "no-courier")]
            case _:
                assert_never(effect)

    def _stamped(self, order: Order) -> Order:
        if self._stamp is None or not isinstance(order, PrintTicket):
            return order
        return replace(order, code=self._stamp(order.code))

    def _give_back(self, declaration: str, crossing: str) -> None:
        try:
            self._ledger.release_booking(declaration, crossing)
        except LedgerUnavailable as error:  # it stays booked: a person must look, nobody passes twice
            log.warning("the booking of %s by %s could not be given back: %s", declaration, crossing, error)

    def _look_up(self, wish: LookUp) -> LookedUp:
        found, holder, instructed = NO_LIST, "", False
        fault: Unavailable | Literal[""] = ""
        try:
            found = self._eligible.look_up(wish.declaration)
            instructed = self._mark is not None and self._eligible.is_watched(map(self._mark, wish.seen))
            holder = self._ledger.holder(wish.declaration)
        except (ListUnavailable, LedgerUnavailable) as error:
            log.warning("%s cannot be looked up: %s", wish.declaration, error)
            fault = _code(error)
        return LookedUp(
            self._now(),
            wish.request_id,
            wish.declaration,
            found.entry,
            found.suspended,
            holder,
            found.list_number,
            found.list_issued_ms,
            fault,
            instructed,
        )

    def _spend(self, wish: Spend) -> Spent:
        try:
            found = self._eligible.look_up(wish.declaration)
            if found.suspended:
                return Spent(self._now(), wish.request_id, accepted=False, reason="SUSPENDED", holder="")
            if found.entry is None and not wish.overridden:
                return Spent(self._now(), wish.request_id, accepted=False, reason="NOT_ELIGIBLE", holder="")
            if found.entry != wish.entry and not wish.overridden:
                return Spent(self._now(), wish.request_id, accepted=False, reason="ENTRY_CHANGED", holder="")
            booking = self._ledger.spend(wish.declaration, wish.crossing, wish.previous)
        except (ListUnavailable, LedgerUnavailable) as error:
            log.warning("%s cannot be booked: %s", wish.declaration, error)
            return Spent(self._now(), wish.request_id, accepted=False, reason=_code(error), holder="")
        reason: Literal["", "ALREADY_SPENT"] = "" if booking.accepted else "ALREADY_SPENT"
        return Spent(self._now(), wish.request_id, booking.accepted, reason, booking.holder)


def in_words(order: Order) -> Order:
    """`order` with its lines of codes in words; other orders have none."""
    match order:
        case ShowText():
            return replace(order, lines=told.on_sign(order.lines))
        case PrintTicket():
            return replace(order, lines=told.on_ticket(order.lines))
        case _:
            return order


def _code(error: ListUnavailable | LedgerUnavailable) -> Unavailable:
    return "LIST_UNAVAILABLE" if isinstance(error, ListUnavailable) else "LEDGER_UNAVAILABLE"
