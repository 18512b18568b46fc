"""Settings that the centre proposes. The lane writes down that they came and does nothing else about them: nothing here
changes a parameter, and no effect is wished. A technician or head of unit at the station looks at them, and their act
says whether they are taken up; a command of theirs writes the file, and the next start of the lane reads it.
"""

from dataclasses import replace
from typing import Literal

from station.core.facts import OfficerAct, ProposalArrived
from station.core.instructed_records import ProposalAnswered, SettingsProposed
from station.core.offers import Offer
from station.core.state import utc_at
from station.core.turn import Turn

MOST_PROPOSALS = 4
"""The newest, answered or not. All of them stand on the same settings, so taking up one makes the others void."""


def arrived(turn: Turn, fact: ProposalArrived) -> None:
    """Told again at each start of the courier; written down once."""
    known = turn.state.offers
    if fact.number <= max((offer.number for offer in known), default=0):
        return
    offer = Offer(fact.number, fact.sha256, fact.settings_sha256, fact.valid_until_ms)
    turn.set(offers=(*known, offer)[-MOST_PROPOSALS:])
    turn.record(
        SettingsProposed(fact.number, fact.sha256, fact.settings_sha256, fact.changes, fact.reason, fact.valid_until_ms)
    )


def refusal(turn: Turn, act: OfficerAct) -> str:
    """The code of what is wrong with an answer at this moment, or "".

    What was taken up may be taken up once more: the file may not have been written.
    """
    if act.role == "officer":
        return "ROLE"
    offer = _named(turn, act)
    if offer is None:
        return "NO_SUCH_PROPOSAL"
    if offer.answer not in ("", _answer(act)):
        return "ANSWERED_BEFORE"
    if act.action == "reject-settings":
        return ""
    if utc_at(turn.state, turn.now) > offer.valid_until_ms:
        return "PROPOSAL_EXPIRED"
    return "" if offer.settings_sha256 == turn.state.settings_sha256 else "OTHER_SETTINGS"


def answer(turn: Turn, act: OfficerAct) -> None:
    """An act that stands: what a person decided about the proposal. The parameters in force stay as they are."""
    offer = _named(turn, act)
    if offer is None:
        return
    said = _answer(act)
    turn.set(offers=tuple(replace(one, answer=said) if one is offer else one for one in turn.state.offers))
    turn.record(ProposalAnswered(offer.number, offer.sha256, said, act.act_id, act.text if said == "TAKEN_UP" else ""))


def _named(turn: Turn, act: OfficerAct) -> Offer | None:
    return next((offer for offer in turn.state.offers if offer.sha256 == act.digest), None)


def _answer(act: OfficerAct) -> Literal["TAKEN_UP", "TURNED_DOWN"]:
    return "TAKEN_UP" if act.action == "accept-settings" else "TURNED_DOWN"
