"""Lines of a radiation portal: what is one, and what a sequence of them means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.readings import PortalAlarm, PortalOccupied, PortalPassed, PortalTrouble, Reading
from drivers.portal.occupancy import Occupancy
from drivers.portal.rpm_codec import BadLine, RpmDecoder, RpmLine

# Constructed from the tags and fields of an open portal driver (S90); the padding is arbitrary.
VECTORS = {
    b"GB,125,131,128,122\n": RpmLine("GB", (125, 131, 128, 122)),
    b"GS,26,24,27,25\n": RpmLine("GS", (26, 24, 27, 25)),
    b"GA,410,395,51,47\n": RpmLine("GA", (410, 395, 51, 47)),
    b"NS,0,1,0,0\n": RpmLine("NS", (0, 1, 0, 0)),
    b"SP,0.085,8.0,12.9\n": RpmLine("SP", ()),
    b"GX,17,850,0,0\n": RpmLine("GX", (17, 850, 0, 0)),
    b"TT,0,0,0,0\r\n": RpmLine("TT", (0, 0, 0, 0)),
}
UNOCCUPIED = PortalOccupied(occupied=False)
OCCUPIED = PortalOccupied(occupied=True)
WELL = PortalTrouble("none")


@pytest.mark.parametrize(("line", "expected"), VECTORS.items())
def test_a_line(line: bytes, expected: RpmLine) -> None:
    assert RpmDecoder().feed(line) == [expected]


def test_padding_and_more_fields_are_taken() -> None:
    assert RpmDecoder().feed(b"GS,000026, 24,27,25,7,x\r\n") == [RpmLine("GS", (26, 24, 27, 25, 7))]


@pytest.mark.parametrize(
    "line", [b"GS,26,24,27\n", b"GS,26,--,27,25\n", b"GS,26,24,-7,25\n", b"QQ,1,2,3,4\n", b"\xff,1\n"]
)
def test_what_is_no_line(line: bytes) -> None:
    assert RpmDecoder().feed(line) == [BadLine(line[:-1])]


@pytest.mark.parametrize("line", [b"GA,410,395\n", b"GA,4?0,395,51,47\n", b"NA\n"])
def test_an_alarm_stays_an_alarm_whatever_became_of_its_counts(line: bytes) -> None:
    (found,) = RpmDecoder().feed(line)
    assert isinstance(found, RpmLine)


def test_a_line_without_end_is_refused_once_and_the_next_one_read() -> None:
    decoder = RpmDecoder()
    found = decoder.feed(b"x" * 5000) + decoder.feed(b"y" * 500) + decoder.feed(b"\nGS,1,2,3,4\n")
    assert [type(line) for line in found] == [BadLine, BadLine, RpmLine]


def hear(*lines: str) -> list[Reading]:
    occupancy = Occupancy()
    decoder = RpmDecoder()
    found = [line for text in lines for line in decoder.feed(text.encode() + b"\n")]
    return [reading for line in found if isinstance(line, RpmLine) for reading in occupancy.hear(line)]


def test_an_alarm_is_told_once_per_occupancy_and_latched_to_its_end() -> None:
    heard = hear(
        "GB,125,131,128,122", "GS,26,24,27,25", "GA,410,395,51,47", "GA,300,1,1,1", "GS,26,24,27,25", "GX,17,850,0,0"
    )
    assert heard == [
        WELL,
        OCCUPIED,
        PortalAlarm("gamma", (410, 395, 51, 47)),
        PortalPassed(17, gamma_alarm=True, neutron_alarm=False, samples=4),
        UNOCCUPIED,
    ]


def test_two_occupancies_back_to_back_do_not_share_an_alarm() -> None:
    heard = hear("NA,9,1,0,0", "GX,1,850,0,0", "GS,1,1,1,1", "GX,2,850,0,0")
    assert [reading for reading in heard if isinstance(reading, PortalPassed)] == [
        PortalPassed(1, gamma_alarm=False, neutron_alarm=True, samples=0),
        PortalPassed(2, gamma_alarm=False, neutron_alarm=False, samples=1),
    ]


def test_background_ends_an_occupancy_whose_end_was_lost() -> None:
    assert hear("GS,1,1,1,1", "GB,125,131,128,122", "NB,0,0,0,0")[1:] == [
        WELL,
        PortalPassed(-1, gamma_alarm=False, neutron_alarm=False, samples=1),
        UNOCCUPIED,
    ]


def test_the_worst_trouble_is_told_until_it_is_cured() -> None:
    lines = (
        "GB,1,1,1,1",
        "GH,9,9,9,9",
        "TT,0,0,0,0",
        "TC,0,0,0,0",
        "GB,1,1,1,1",
        "NH,9,9,9,9",
        "NB,0,0,0,0",
        "GL,0,0,0,0",
    )
    told = ["none", "gamma-high", "tamper", "gamma-high", "none", "neutron-high", "none", "gamma-low"]
    assert hear(*lines) == [PortalTrouble(code) for code in told]  # type: ignore[arg-type]


@given(st.lists(st.sampled_from((*VECTORS, b"GX\n", b"GB,--,1,1,1\n", b"\n", b"NA,9,1,0,0\n")), max_size=40))
def test_occupied_and_free_take_turns_and_every_alarm_lies_in_an_occupancy(lines: list[bytes]) -> None:
    occupancy, is_occupied = Occupancy(), False
    for line in RpmDecoder().feed(b"".join(lines)):
        for reading in occupancy.hear(line) if isinstance(line, RpmLine) else ():
            if isinstance(reading, PortalOccupied):
                assert reading.occupied != is_occupied
                is_occupied = reading.occupied
            if isinstance(reading, PortalAlarm):
                assert is_occupied
