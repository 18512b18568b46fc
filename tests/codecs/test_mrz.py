"""Machine-readable zones: the specimens of ICAO 9303, each way to be wrong, and the frames that carry them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import IdentityRead, IdentityRefused
from drivers.scanner.mrz_codec import BadPage, Frame, MrzDecoder, Page
from drivers.scanner.mrz_document import check_digit, read_zone
from drivers.scanner.mrz_peer import Fault, MrzPeer

# [S57] the TD3 specimen; the TD1 specimen and its relative with a long number are ICAO's as well.
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
LONG = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
QUIET = Millis(500)


def with_letter(lines: tuple[str, ...], line: int, place: int, letter: str) -> tuple[str, ...]:
    changed = [*lines]
    changed[line] = changed[line][:place] + letter + changed[line][place + 1 :]
    return tuple(changed)


def test_the_passport() -> None:
    assert read_zone(TD3) == IdentityRead(  # no name: it has no check digit
        "td3",
        (("number", "L898902C3"), ("birth", "740812"), ("expiry", "120415"), ("optional", "ZE184226B")),
    )


def test_the_card() -> None:
    assert read_zone(TD1) == IdentityRead("td1", (("number", "D23145890"), ("birth", "740812"), ("expiry", "120415")))


def test_a_number_longer_than_nine_goes_on_in_the_optional_data() -> None:
    assert read_zone(LONG) == IdentityRead(
        "td1", (("number", "D23145890734"), ("birth", "340712"), ("expiry", "950712"))
    )
    assert read_zone(with_letter(LONG, 0, 18, "8")) == IdentityRefused("td1", "number")


@pytest.mark.parametrize(
    ("text", "digit"), [("L898902C3", "6"), ("740812", "2"), ("120415", "9"), ("ZE184226B<<<<<", "1")]
)
def test_the_recomputed_check_digits(text: str, digit: str) -> None:
    assert check_digit(text) == digit


@pytest.mark.parametrize(
    ("place", "letter", "check"),
    [
        (4, "O", "number"),  # L8989O2C3: an O is never taken for a zero
        (14, "A", "birth"),
        (19, "3", "birth"),
        (22, "Z", "expiry"),
        (30, "<", "optional"),
        (43, "1", "composite"),
        (9, "<", "number"),
    ],
)
def test_a_wrong_part_of_a_passport_refuses_it_by_name(place: int, letter: str, check: str) -> None:
    assert read_zone(with_letter(TD3, 1, place, letter)) == IdentityRefused("td3", check)


@pytest.mark.parametrize("line", [0, 1])
def test_no_single_letter_of_the_checked_parts_can_change(line: int) -> None:
    """Weights 7, 3 and 1 miss what differs by 10, as A and K do; with the composite as well some of it stays unseen."""
    for place in range(5, 14) if line == 0 else (*range(6), *range(8, 14)):
        for letter in "0123456789":
            changed = with_letter(TD1, line, place, letter)
            if changed != TD1 and changed[line][place] != TD1[line][place]:
                before, after = TD1[line][place], letter
                if not before.isdigit() and int(before, 36) % 10 == int(after):
                    continue
                assert isinstance(read_zone(changed), IdentityRefused), (place, letter)


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ((), IdentityRefused("unknown", "line-count")),
        (TD3[1:], IdentityRefused("unknown", "line-count")),
        ((*TD1, "X"), IdentityRefused("unknown", "line-count")),
        ((TD3[0], TD3[1][:43]), IdentityRefused("td3", "line-length")),
        (TD1[:2], IdentityRefused("td3", "line-length")),
        (with_letter(TD3, 0, 20, "«"), IdentityRefused("td3", "alphabet")),
        (with_letter(TD3, 0, 20, "k"), IdentityRefused("td3", "alphabet")),
    ],
)
def test_what_is_no_zone_is_refused(lines: tuple[str, ...], refused: IdentityRefused) -> None:
    assert read_zone(lines) == refused


def test_an_unknown_day_of_birth_is_left_out() -> None:
    line = "L898902C36UTO74<<<<" + check_digit("74<<<<") + TD3[1][20:43]
    line += check_digit(line[0:10] + line[13:20] + line[21:43])
    found = read_zone((TD3[0], line))
    assert isinstance(found, IdentityRead)
    assert "birth" not in dict(found.fields)


@given(st.lists(st.text("AO019<«", min_size=28, max_size=46), max_size=4))
def test_any_lines_are_a_document_or_a_refusal(lines: list[str]) -> None:
    assert isinstance(read_zone(lines), IdentityRead | IdentityRefused)


def heard(peer: MrzPeer, frame: Frame, *, bcc: bool = False) -> list[Page | BadPage]:
    decoder = MrzDecoder(frame, QUIET, bcc=bcc)
    found = []
    for tick in range(0, 3000, 100):
        data = peer.advance(Millis(100))
        found += decoder.feed(data, Tick(tick)) if data else decoder.wait(Tick(tick))
    return found


@pytest.mark.parametrize("bcc", [False, True])
@pytest.mark.parametrize("frame", ["rte", "swipe"])
@pytest.mark.parametrize("lines", [TD3, TD1])
def test_each_frame_carries_each_document(frame: Frame, lines: tuple[str, ...], bcc: bool) -> None:
    peer = MrzPeer(frame=frame, bcc=bcc)
    peer.show(*lines)
    peer.show(*lines, fault="garbage-prefix")
    assert heard(peer, frame, bcc=bcc) == [Page(lines), BadPage(b"\x00\x7f"), Page(lines)]


def test_the_bytes_of_the_3m_frame() -> None:
    """RTE6701-OEM integration manual p. 25-26: SOH, length word, OU, STX, flag, three lines with CR, ETX."""
    rows = TD3[0].encode() + b"\r" + TD3[1].encode() + b"\r"
    raw = b"\x01\x5f\x00OU\x02 \r" + rows + b"\x03"
    assert MrzDecoder("rte", QUIET, bcc=False).feed(raw, Tick(0)) == [Page(TD3)]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("missing-line", Page((TD3[1],))),
        ("truncated", Page((TD3[0], TD3[1][:43]))),
    ],
)
def test_what_the_reader_lost_is_missing_in_the_page(fault: Fault, found: Page) -> None:
    peer = MrzPeer()
    peer.show(*TD3, fault=fault)
    assert heard(peer, "rte") == [found]


@pytest.mark.parametrize("fault", ["wrong-bcc", "torn"])
def test_a_spoilt_frame_is_no_page_and_the_next_one_is(fault: Fault) -> None:
    peer = MrzPeer(bcc=True)
    peer.show(*TD3, fault=fault)
    assert [type(item) for item in heard(peer, "rte", bcc=True)] == [BadPage]
    peer.show(*TD3, fault=fault)
    peer.show(*TD3)
    assert heard(peer, "rte", bcc=True)[-1] == Page(TD3)


@given(st.lists(st.binary(max_size=60), max_size=10), st.sampled_from(["rte", "swipe"]), st.booleans())
def test_no_bytes_raise_and_what_is_no_page_is_given_back(pieces: list[bytes], frame: Frame, bcc: bool) -> None:
    decoder = MrzDecoder(frame, QUIET, bcc=bcc)
    found = [item for piece in pieces for item in decoder.feed(piece, Tick(0))] + decoder.wait(Tick(9999))
    assert decoder.due() is None
    bad = sum(len(item.raw) for item in found if isinstance(item, BadPage))
    assert bad <= sum(map(len, pieces))
    assert bad == sum(map(len, pieces)) or any(isinstance(item, Page) for item in found)
