"""What the core says in codes reaches sign and printer in words, in both languages."""

from typing import get_args

import pytest

from drivers.contract.ascii_text import ascii_text
from drivers.contract.orders import PlayPrompt, PrintTicket, ShowText
from drivers.contract.quantities import Tick
from station.core.state import Instruction
from station.lane.perform import in_words
from station.words import told


@pytest.mark.parametrize("instruction", get_args(Instruction))
def test_every_instruction_is_two_lines_in_capitals(instruction: str) -> None:
    order = in_words(ShowText("t1", Tick(9), (instruction,)))
    assert isinstance(order, ShowText)
    vietnamese, english = order.lines
    assert vietnamese.isupper() and english.isupper()
    assert vietnamese != english
    assert ascii_text(english) == english


def test_a_dark_sign_stays_dark() -> None:
    assert told.on_sign(()) == ()


def test_a_ticket_in_words() -> None:
    lines = ("CROSSING VN-HN-I1-E1-000001", "WEIGHT 42140 kg", "WEIGHT_DEVIATION", "TIME 1790000000000", "GO_TO_BAY")
    order = in_words(PrintTicket("p1", Tick(9), lines, "VN-HN-I1-E1-000001"))
    assert isinstance(order, PrintTicket)
    assert order.lines == (
        "lượt xe / crossing: VN-HN-I1-E1-000001",
        "khối lượng / weight: 42140 kg",
        "khối lượng lệch so với khai báo",
        "the weight deviates from the declared one",
        "thời gian / time: 21-09-2026 21:13:20 +07",
        "mời vào bãi kiểm tra",
        "go to the inspection bay",
    )
    assert order.code == "VN-HN-I1-E1-000001"


@pytest.mark.parametrize("line", ["TIME soon", "TIME 99999999999999999", "A_NEWER_CODE", "", "12C04567"])
def test_what_has_no_words_stays_as_it_is(line: str) -> None:
    (said,) = told.on_ticket((line,))
    assert line.removeprefix("TIME ") in said


def test_other_orders_are_not_touched() -> None:
    order = PlayPrompt("v1", Tick(9), "go", ("vi", "en"))
    assert in_words(order) is order
