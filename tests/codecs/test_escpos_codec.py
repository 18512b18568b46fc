"""ESC/POS: the bytes of a ticket and of the questions about paper, and what the answers mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.kiosk.escpos_codec import LONGEST_CODE, MOST_LINES, BadStatus, Status, ask, statuses, ticket
from drivers.kiosk.escpos_peer import EscposPeer, PrintedTicket


def test_questions_are_the_real_time_requests_of_the_command_manuals() -> None:
    assert ask("printer") == bytes.fromhex("10 04 01")  # HPRT TP80K programming manual, DLE EOT n
    assert ask("paper") == bytes.fromhex("10 04 04")


@pytest.mark.parametrize(
    ("byte", "paper"), [(0x12, "ok"), (0x1E, "low"), (0x72, "out"), (0x7E, "out")]
)  # CUSTOM TG02H command manual p. 64: bits 2,3 near end, 5,6 end, 1 and 4 always on
def test_what_the_paper_sensor_says(byte: int, paper: str) -> None:
    (status,) = statuses(bytes([byte]))
    assert isinstance(status, Status)
    assert status.paper == paper


@pytest.mark.parametrize(("byte", "is_offline"), [(0x12, False), (0x16, False), (0x1A, True)])
def test_whether_the_printer_is_ready(byte: int, is_offline: bool) -> None:
    (status,) = statuses(bytes([byte]))
    assert isinstance(status, Status)
    assert status.is_offline == is_offline


@given(st.binary())
def test_every_byte_is_a_status_or_refused(data: bytes) -> None:
    found = statuses(data)
    assert len(found) == len(data)
    for byte, status in zip(data, found, strict=True):
        has_fixed_bits = not byte & 0x81 and byte & 0x12 == 0x12
        assert status == (Status(byte) if has_fixed_bits else BadStatus(bytes([byte])))


def test_a_ticket_byte_for_byte() -> None:
    code = bytes.fromhex(
        "1D 28 6B 04 00 31 41 32 00"  # model 2
        "1D 28 6B 03 00 31 43 06"  # dot size
        "1D 28 6B 03 00 31 45 31"  # error correction M
        "1D 28 6B 05 00 31 50 30 41 42"  # store "AB": BIXOLON SRP-F310 command manual p. 89
        "1D 28 6B 03 00 31 51 30 0A"  # print: NCR 7168 online help, QR Code: print the symbol data
    )
    assert ticket(("Đỗ", ""), "AB", 42) == b"\x1b@\x1ba\x01Do\n\n" + code + b"\x1dV\x42\x00"
    assert ticket(("x",), "", 42) == b"\x1b@\x1ba\x01x\n\x1dV\x42\x00"


@given(
    lines=st.lists(
        st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\x10\x04\x1b\x1d\n(k")), max_size=200), max_size=60
    ),
    code=st.text(max_size=600),
)
def test_whatever_the_text_the_printer_cuts_one_ticket_and_answers_nothing(lines: list[str], code: str) -> None:
    peer = EscposPeer()
    assert peer.feed(ticket(lines, code, 42)) == b""
    (printed,) = peer.tickets
    assert len(printed.lines) <= MOST_LINES + 1
    assert all(len(line) <= 42 for line in printed.lines)
    assert len(printed.codes) == (1 if code else 0)
    assert all(len(printed_code) <= LONGEST_CODE for printed_code in printed.codes)


def test_a_long_line_is_wrapped_at_its_words() -> None:
    peer = EscposPeer()
    peer.feed(ticket(("khối lượng lệch so với khai báo",), "", 16))
    assert peer.tickets == [PrintedTicket(("khoi luong lech", "so voi khai bao"), ())]
