"""What LED signs are sent: frames of three families, and texts that cannot become commands."""

import unicodedata
from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.ascii_text import ascii_text
from drivers.sign.sign_codec import (
    LONGEST_TEXT,
    AnswerDecoder,
    BadAnswer,
    Letters,
    Profile,
    SignAnswer,
    frame,
    safe_text,
)
from drivers.sign.sign_peer import LedSignPeer

COMMANDS: dict[Profile, str] = {"ledmsg": "/[]", "alpha": "]_\x01\x02\x04\x1b", "am03127": "<>"}
PROFILES: tuple[Profile, ...] = ("ledmsg", "alpha", "am03127")


def test_the_example_of_the_ledmsg_document() -> None:
    assert frame("ledmsg", 0, ("Hello world!",)) == b"![000Hello world!]"  # S83


def test_an_alpha_frame_has_the_parts_of_its_manual() -> None:
    zeros, rest = frame("alpha", 0, ("HELLO",))[:5], frame("alpha", 0, ("HELLO",))[5:]
    assert (zeros, rest) == (b"\0" * 5, b"\x01Z00\x02AAHELLO\x04")  # S84


def test_an_am03127_page_has_the_head_of_its_datasheet_and_its_checksum() -> None:
    page = b"<L1><PA><FE><MA><WC><FE>STOP"  # S85
    assert frame("am03127", 1, ("STOP",)) == b"<ID01>" + page + b"%02X<E>" % reduce(xor, page)


def test_no_lines_blank_the_sign() -> None:
    assert frame("ledmsg", 0, ()) == b"![000 ]"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_vietnamese_without_its_marks_in_any_normal_form(form: str) -> None:
    text = "ĐỖ XE, đưa mã tờ khai: Nguyễn Thị Ượng – Kường"
    assert ascii_text(unicodedata.normalize(form, text)) == "DO XE, dua ma to khai: Nguyen Thi Uong - Kuong"  # type: ignore[arg-type]


@given(st.text())
def test_ascii_text_is_printable_and_settled(text: str) -> None:
    plain = ascii_text(text)
    assert plain.isascii()
    assert plain == "" or plain.isprintable()
    assert ascii_text(plain) == plain


@pytest.mark.parametrize("profile", PROFILES)
@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>[]/!_]\x01\x04\x02\x1bEID0")), max_size=300))
def test_no_text_leaves_its_frame(profile: Profile, text: str) -> None:
    """Whatever the text, a sign finds exactly one packet with one text in it."""
    choices: tuple[Letters, ...] = ("ascii", "utf-8")
    for letters in choices:
        data = frame(profile, 1, (text,), letters)
        peer = LedSignPeer(profile)
        answer = peer.feed(data)
        assert len(peer.texts) == 1
        assert answer == (b"ACK" if profile == "am03127" else b"")
        shown = safe_text(profile, text, letters)
        assert len(shown) <= LONGEST_TEXT
        assert not set(shown) & set(COMMANDS[profile])
        assert peer.shown == shown.strip()


@pytest.mark.parametrize("profile", PROFILES)
def test_nothing_that_begins_a_command_is_left(profile: Profile) -> None:
    assert not set(safe_text(profile, COMMANDS[profile], "ascii")) & set(COMMANDS[profile])
    assert not set(safe_text(profile, COMMANDS[profile], "utf-8")) & set(COMMANDS[profile])


@pytest.mark.parametrize(
    ("profile", "attack"),
    [
        ("ledmsg", "a]![000/C1b"),
        ("alpha", "a]!Z00]$AAb_04"),
        ("am03127", "a00<E><ID01><L1><PA>b"),
        ("alpha", "a\x04\x01Z00\x02AAb"),
    ],
)
def test_a_text_that_wants_to_be_a_command_is_shown_as_text(profile: Profile, attack: str) -> None:
    peer = LedSignPeer(profile)
    peer.feed(frame(profile, 1, (attack,)))
    assert len(peer.texts) == 1
    assert peer.shown.startswith("a") and peer.shown.endswith(("b", "b-04"))


def test_answers() -> None:
    assert AnswerDecoder().feed(b"ACK") == [SignAnswer(accepted=True)]
    assert AnswerDecoder().feed(b"NACK") == [SignAnswer(accepted=False)]
    assert AnswerDecoder().feed(b"xxACKNACKy") == [
        BadAnswer(b"xx"),
        SignAnswer(accepted=True),
        SignAnswer(accepted=False),
        BadAnswer(b"y"),
    ]
    torn = AnswerDecoder()
    assert [said for byte in b"NACK" for said in torn.feed(bytes([byte]))] == [SignAnswer(accepted=False)]
