"""A printed ticket against databases that somebody with every right on them, and the station's key, has rewritten."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.kiosk.escpos_codec import LONGEST_CODE
from station.audit.sources import open_books
from station.audit.ticket_check import Checked, check_ticket
from station.audit.tickets import BadTicket, Printed, Ticket, read_ticket, ticket_text
from station.audit.walk import Auditor
from station.journal.reader import JournalReader
from station.messages.receipts import Witness
from station.trust.keys import PrivateKey
from station.trust.refusal import Untrusted
from station.trust.signed import sign
from tests.audit.gate_book import GateBook, crossing_named
from tests.audit.rewriter import DEEDS, Deed, rewrite

CROSSINGS = 6


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> GateBook:
    with GateBook(tmp_path_factory.mktemp("gate")) as book:
        book.cross(CROSSINGS)
    return book


def check(made: GateBook, folder: Path, crossing: str) -> list[Checked]:
    """Against the lane and against the centre."""
    checked: list[Checked] = []
    for source in (str(folder / "lane"), f"sqlite:///{folder}/centre.db"):
        with open_books(source) as (book,):
            checked.append(check_ticket(book, read_ticket(made.tickets[crossing]), *made.keys))
    return checked


@pytest.mark.parametrize("number", range(1, CROSSINGS + 1))
def test_the_ticket_of_an_unharmed_crossing_verifies(made: GateBook, number: int) -> None:
    for checked in check(made, made.folder, crossing_named(number)):
        assert checked.findings == ()
        assert [row.type for row in checked.rows] == [
            "crossing.opened",
            "crossing.weighed",
            "crossing.decided",
            "crossing.released",
        ]


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("number", [1, 3, CROSSINGS])
def test_a_rewritten_crossing_is_exposed_by_its_ticket_and_by_the_next_one(
    made: GateBook, tmp_path: Path, deed: Deed, number: int
) -> None:
    shutil.copytree(made.folder, tmp_path, dirs_exist_ok=True)
    rewrite(tmp_path / "lane", tmp_path / "centre.db", crossing_named(number), deed, made.station_key)
    with JournalReader(tmp_path / "lane") as reader:
        assert reader.first_broken() is None, "the hand is a perfect one"
    for source in (str(tmp_path / "lane"), f"sqlite:///{tmp_path}/centre.db"):
        with open_books(source) as (book,):
            assert list(Auditor(book, *made.keys).findings()) == []
    for ticket in {number, min(number + 1, CROSSINGS)}:
        for checked in check(made, tmp_path, crossing_named(ticket)):
            assert {finding.cause for finding in checked.findings} & {"missing", "not-as-printed"}, (ticket, checked)


def test_a_closing_record_is_under_the_next_ticket(made: GateBook, tmp_path: Path) -> None:
    """What was recorded behind the printing the ticket itself cannot know."""
    later = read_ticket(made.tickets[crossing_named(4)]).printed.seq
    assert later > read_ticket(made.tickets[crossing_named(3)]).printed.seq + 1
    checked = check(made, made.folder, crossing_named(3))[0]
    assert "crossing.completed" not in {row.type for row in checked.rows}


def test_the_ticket_carries_the_centres_own_word(made: GateBook) -> None:
    ticket = read_ticket(made.tickets[crossing_named(CROSSINGS)])
    seen = ticket.witnessed(made.keys[1])
    assert seen is not None and 0 < seen.seq <= ticket.printed.seq
    ticket.refuse_forged(made.keys[0])
    stranger = PrivateKey.make()
    with pytest.raises(Untrusted, match="unknown-key"):
        ticket.witnessed({stranger.key_id: stranger.public})
    with pytest.raises(Untrusted, match="unknown-key"):
        ticket.refuse_forged({stranger.key_id: stranger.public})


def test_any_altered_letter_is_noticed(made: GateBook) -> None:
    text = made.tickets[crossing_named(CROSSINGS)]
    for at in range(len(text)):
        other = text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]
        with pytest.raises((BadTicket, Untrusted)):
            _trusted(read_ticket(other), made)


def _trusted(ticket: Ticket, made: GateBook) -> None:
    ticket.refuse_forged(made.keys[0])
    ticket.witnessed(made.keys[1])


@given(st.text(max_size=60) | st.text(alphabet="BGT1;.-_aZ09", max_size=120))
def test_any_other_text_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadTicket):
        read_ticket(text)


def test_the_longest_names_fit_into_the_printers_code() -> None:
    key, name = PrivateKey.make(), "A" * 32
    witness = sign("receipt", Witness(name, name, 9999, 10**12, "f" * 64, 4_000_000_000_000), key)
    printed = Printed(name, name, "E9999-T000001", 9999, 10**12, b"\xff" * 32, 4_000_000_000_000)
    text = ticket_text(printed, witness, key)
    assert len(text) <= LONGEST_CODE
    assert read_ticket(text).printed == printed
