"""What the driver is told besides the light: the sign shows the instruction, the voice says it, a ticket keeps it.

Sign and voice follow `instruction` and nothing else, so neither can contradict light and boom (law L13). The lines of
their orders are codes; the shell puts them into words. What is said instead of GO waits for no order in flight.
"""

from drivers.contract.orders import Order, PlayPrompt, PrintTicket, ShowText
from drivers.contract.quantities import GRAMS_PER_KILOGRAM, Millis, Tick
from station.core import plates
from station.core.effects import Send
from station.core.facts import OrderAnswered, OrdersDropped
from station.core.state import Crossing, Instruction, LaneState, instruction, is_fit, parts, utc_at
from station.core.turn import Turn

SHOW_AGAIN_AFTER = Millis(2_000)
LANGUAGES = ("vi", "en")
TICKETED: frozenset[Instruction] = frozenset({"GO", "GO_TO_BAY", "GO_TO_ISOLATION"})


def show(turn: Turn) -> None:
    """Order what sign, voice and printer should say now and do not."""
    state, told = turn.state, instruction(turn.state)
    who = parts(state)
    if state.sign != told and turn.now >= state.sign_after and _may_tell(turn, who.sign, told):
        text = ShowText(turn.new_id("t"), _deadline(turn), (told,))
        _tell(turn, who.sign, text, told)
        turn.set(sign=told, sign_order=text.order_id)
    if state.crossing is None:
        if state.said:
            turn.set(said="")
        return
    if state.said != told and _may_tell(turn, who.voice, told):
        _tell(turn, who.voice, PlayPrompt(turn.new_id("v"), _deadline(turn), prompt_of(told), LANGUAGES), told)
        turn.set(said=told)
    if told in TICKETED and state.crossing.ticketed != told and turn.can_order(who.printer):
        ticket = PrintTicket(turn.new_id("p"), _deadline(turn), _ticket(state, told), state.crossing.crossing)
        turn.send(who.printer, ticket, turn.parameters.patience.answer)
        turn.set_crossing(ticketed=told, ticket_order=ticket.order_id)


def prompt_of(told: Instruction) -> str:
    """The name of the recording that says an instruction."""
    return told.lower().replace("_", "-")


def answered(turn: Turn, fact: OrderAnswered) -> None:
    """A sign that did not take its text is told again. A voice and a printer are not: who heard or read it is gone."""
    if fact.order_id == turn.state.sign_order:
        turn.set(sign_order="")
        if fact.answer != "accepted":
            turn.set(sign="unknown", sign_after=Tick(turn.now + SHOW_AGAIN_AFTER))


def dropped(turn: Turn, fact: OrdersDropped) -> None:
    """These orders never left: what is still to be said is ordered afresh."""
    for order_id in fact.order_ids:
        crossing = turn.state.crossing
        if order_id == turn.state.sign_order:
            turn.set(sign="unknown", sign_order="")
        if order_id.startswith("v"):
            turn.set(said="")
        if crossing is not None and crossing.ticket_order == order_id:
            turn.set_crossing(ticketed="", ticket_order="")


def lost(turn: Turn, device: str) -> None:
    """A sign that comes back may be dark or show what it was told long ago."""
    if device == parts(turn.state).sign:
        turn.set(sign="unknown", sign_order="", sign_after=Tick(0))


def stands(state: LaneState, order: Order) -> bool:
    """False for a text, a prompt or a ticket that a later fact of its own turn has made untrue."""
    match order:
        case ShowText(order_id=order_id):
            return state.sign_order == order_id
        case PlayPrompt(prompt=prompt):
            return prompt == prompt_of(instruction(state))
        case PrintTicket(order_id=order_id):
            crossing = state.crossing
            newest = (crossing.ticket_order, crossing.ticketed) if crossing is not None else ()
            return newest == (order_id, instruction(state))
        case _:
            return True


def says_go(order: Order) -> bool:
    """True for a text, a prompt or a ticket that lets the truck go: it permits as the green light does."""
    match order:
        case ShowText(lines=lines):
            return "GO" in lines
        case PlayPrompt(prompt=prompt):
            return prompt == prompt_of("GO")
        case PrintTicket(lines=lines):
            return lines[-1:] == ("GO",)
        case _:
            return False


def _may_tell(turn: Turn, device: str, told: Instruction) -> bool:
    return turn.can_order(device) if told == "GO" else is_fit(turn.state, device)


def _tell(turn: Turn, device: str, order: Order, told: Instruction) -> None:
    if told == "GO":
        turn.send(device, order, turn.parameters.patience.answer)
    else:
        turn.wish(Send(device, order))


def _deadline(turn: Turn) -> Tick:
    return Tick(turn.now + turn.parameters.patience.order)


def _ticket(state: LaneState, told: Instruction) -> tuple[str, ...]:
    """Codes, each with its value behind it: who, when, what was found, why, and what comes next."""
    crossing = state.crossing
    if crossing is None:
        return (told,)
    return (*_found(crossing), f"TIME {utc_at(state, state.tick)}", told)


def _found(crossing: Crossing) -> tuple[str, ...]:
    lines = [f"CROSSING {crossing.crossing}"]
    if crossing.plate is not None and crossing.plate.text:
        lines.append(f"PLATE {crossing.plate.text}")
    if crossing.trailer is not None and plates.is_trailers(crossing.trailer.text):
        lines.append(f"TRAILER {crossing.trailer.text}")
    if crossing.container is not None and crossing.container.text:
        lines.append(f"CONTAINER {crossing.container.text}")
    if crossing.declaration:
        lines.append(f"DECLARATION {crossing.declaration}")
    if crossing.weight is not None:
        lines.append(f"WEIGHT {crossing.weight.gross // GRAMS_PER_KILOGRAM} kg")
    if crossing.hold is not None:
        lines.append(crossing.hold.reason)
    return tuple(lines)
