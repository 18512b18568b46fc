"""The register maps of Modbus indicators, against what the makers print and every pattern a wire may bring."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.quantities import kilograms
from drivers.weighbridge.modbus_profiles import MAPS, Manner, Profile, Told

KG = Manner("high-first", 0)
PROFILES = sorted(MAPS)


def told(profile: Profile, *words: int, manner: Manner = KG) -> Told:
    assert len(words) == MAPS[profile].count
    return MAPS[profile].read(words, manner)


@pytest.mark.parametrize(
    ("profile", "request_"),
    [
        ("laumas", "01 03 00 06 00 05 65 C8"),  # status, gross, net: TLU manual p. 34
        ("dini-argeo", "01 04 00 00 00 05 30 09"),  # gross, net, status: DGT4x manual p. 11-13
    ],
)
def test_the_read_is_the_one_request_that_the_map_prints(profile: Profile, request_: str) -> None:
    body = bytes.fromhex(request_)
    asked = MAPS[profile]
    assert (body[1], body[2] << 8 | body[3], body[4] << 8 | body[5]) == (asked.function, asked.first, asked.count)


def test_laumas_states_the_sign_apart_from_the_magnitude() -> None:
    stable, gross_negative = 1 << 11, 1 << 7
    assert told("laumas", stable, 0, 16_370, 0, 0) == Told(kilograms(16_370), moving=False, out_of_range=False)
    assert told("laumas", stable | gross_negative, 0, 40, 0, 0).gross == kilograms(-40)
    assert told("laumas", 0, 0, 16_370, 0, 0).moving
    assert told("laumas", stable, 1, 0, 0, 0).gross == kilograms(65_536)


@pytest.mark.parametrize(("bit", "broken"), [(0, "load cell error"), (1, "converter fault")])
def test_laumas_faults_are_named(bit: int, broken: str) -> None:
    assert told("laumas", 1 << bit, 0, 0, 0, 0).broken == broken


@pytest.mark.parametrize("bit", [2, 3, 4])
def test_laumas_out_of_range(bit: int) -> None:
    assert told("laumas", 1 << bit | 1 << 11, 0, 99_999, 0, 0).out_of_range


def test_dini_argeo_as_its_manual_prints_it() -> None:
    """Bytes 00 00 03 E8 are 1000 and 00 00 17 70 are 6000 (manual p. 57)."""
    assert told("dini-argeo", 0, 0x03E8, 0, 0x1770, 1 << 2) == Told(kilograms(1000), moving=False, out_of_range=False)
    assert told("dini-argeo", 0, 0x1770, 0, 0, 0).moving
    assert told("dini-argeo", 0, 20, 0, 0, 1 << 1 | 1 << 2).gross == kilograms(-20)
    assert [told("dini-argeo", 0, 20, 0, 0, 1 << bit).out_of_range for bit in (3, 4, 5, 6, 7)] == [True, True] + [
        False
    ] * 3


def test_flintec_ft11_needs_valid_data_and_names_its_errors() -> None:
    valid, motion = 1 << 1, 1 << 2
    display, tare = (0, 12_345), (0, 4_000)
    assert told("flintec-ft11", *display, valid, *tare, 0, 16_345) == Told(kilograms(16_345), False, False)
    assert told("flintec-ft11", *display, valid | motion, *tare, 0, 16_345).moving
    assert told("flintec-ft11", *display, 0, *tare, 0, 16_345).gross is None
    assert told("flintec-ft11", *display, valid, *tare, 0xFFFF, 0xFFD8).gross == kilograms(-40)
    errors = {code: told("flintec-ft11", 0, 0, code << 13, 0, 0, 0, 0) for code in range(1, 8)}
    assert {code for code, said in errors.items() if said.out_of_range} == {2, 3}
    assert {code for code, said in errors.items() if said.broken} == {1, 4, 5, 6, 7}


def test_flintec_ft111_counts_on_and_states_its_decimals() -> None:
    words = (0, 16_370, 0, 0, 0, 16_370, 0, 0, 0, 0, 0, 77)
    assert told("flintec-ft111", *words) == Told(kilograms(16_370), moving=False, out_of_range=False, beat=77)
    assert told("flintec-ft111", *words, manner=Manner("high-first", 1)).gross is None
    with_one_decimal = (*words[:6], 1 << 11, 0, *words[8:])
    assert told("flintec-ft111", *with_one_decimal, manner=Manner("high-first", 1)).gross == kilograms(1637)
    swapped = tuple(words[n ^ 1] for n in range(12))
    assert told("flintec-ft111", *swapped, manner=Manner("low-first", 0)) == told("flintec-ft111", *words)
    assert told("flintec-ft111", *words[:7], 1 << 2, *words[8:]).moving
    assert [told("flintec-ft111", *words[:9], 1 << bit, *words[10:]).out_of_range for bit in (3, 4)] == [True, True]
    assert told("flintec-ft111", *words[:9], 1 << 5, *words[10:]).broken


def test_words_the_wrong_way_round_are_another_mass_so_their_order_is_declared() -> None:
    words = (0, 0, 1 << 1, 0, 0, 0, 500)
    assert told("flintec-ft11", *words).gross == kilograms(500)
    assert told("flintec-ft11", *words, manner=Manner("low-first", 0)).gross == kilograms(500 << 16)


@pytest.mark.parametrize(
    ("form", "grams"),
    [
        (0 << 7 | 0 << 4, 16_370_000),  # kg
        (0 << 7 | 1 << 4, 1_637_000),  # 0.1 kg
        (1 << 7 | 0 << 4, 16_370),  # g
        (2 << 7 | 3 << 4, 16_370_000),  # t with three decimals
        (3 << 7 | 0 << 4, None),  # lb
        (1 << 7 | 1 << 4, None),  # tenths of a gram
    ],
)
def test_hbm_wtx_states_unit_and_decimals(form: int, grams: int | None) -> None:
    said = told("hbm-wtx", 0, 0, 0, 16_370, 0, form)
    assert said == Told(grams, moving=False, out_of_range=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bit", "what"), [(0, "broken"), (1, "broken"), (2, "out_of_range"), (3, "out_of_range"), (4, "moving")]
)
def test_hbm_wtx_status(bit: int, what: str) -> None:
    assert getattr(told("hbm-wtx", 0, 0, 0, 1, 1 << bit, 0), what)
    assert told("hbm-wtx", 0, 0, 0, 1, 1 << 10, 0).not_zeroed


@pytest.mark.parametrize("profile", PROFILES)
@given(data=st.data())
def test_no_pattern_raises_and_an_ill_one_is_never_a_still_weight(profile: Profile, data: st.DataObject) -> None:
    words = data.draw(st.tuples(*[st.integers(0, 0xFFFF)] * MAPS[profile].count))
    manner = Manner(data.draw(st.sampled_from(["high-first", "low-first"])), data.draw(st.integers(0, 3)))
    said = MAPS[profile].read(words, manner)
    assert said.gross is None or isinstance(said.gross, int)
    assert dataclasses.is_dataclass(said)
