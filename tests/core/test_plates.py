import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.plates import classify, corrections, is_look_alike, normalise

# Every vector of the domain brief, section 3.6; the last one adds the province line of a Lao plate.
VECTORS = [
    ("29C-123.45", "VN_TRUCK"),
    ("12H 004.56", "VN_TRUCK"),
    ("24C\n098.76", "VN_TRUCK"),
    ("14C-1234", "VN_TRUCK"),
    ("80A-123.45", "VN_TRUCK"),
    ("29R-012.34", "VN_TRAILER"),
    ("15RM-012.34", "VN_TRAILER"),
    ("29LD-123.45", "VN_SPECIAL"),
    ("51HC-123.45", "VN_SPECIAL"),
    ("80-011-NG-01", "VN_FOREIGN"),
    ("29NN-346-12", "VN_FOREIGN"),
    ("T12-345.67", "VN_TEMP"),
    ("74LB-000.12", "VN_GATE_EZ"),
    ("KA-12-34", "VN_MIL"),
    ("AA-123-RM", "VN_MIL"),
    ("29B1-123.45", "VN_MOTO"),
    ("29C1-234.56", "VN_MOTO"),
    ("桂A·12345", "CN_STD"),
    ("桂F·A1234", "CN_STD"),
    ("桂F·A123Z", "CN_STD"),
    ("云G·12345", "CN_STD"),
    ("桂F·12345D", "CN_NEV_LARGE"),
    ("桂F·D12345", "CN_NEV_SMALL"),
    ("桂F·A12345", "CN_NEV_SMALL"),
    ("桂F·1234挂", "CN_TRAILER"),
    ("ກກ 1111", "LA_STD"),
    ("2D-0008", "KH_STD"),
    ("3AB-1234", "KH_STD"),
    ("13C-123.45", "UNKNOWN"),
    ("29O-123.45", "UNKNOWN"),
    ("29W-123.45", "UNKNOWN"),
    ("桂I·12345", "UNKNOWN"),
    ("ກຳແພງນະຄອນ ກກ 1111", "LA_STD"),
]

plate_like = st.text(alphabet="0123456789ABCDEFGHKLMNOPQRSTUVXYZIJW桂云挂", max_size=10)


@pytest.mark.parametrize(("raw", "expected"), VECTORS)
def test_every_vector_of_the_brief(raw: str, expected: str) -> None:
    assert classify(normalise(raw)) == expected


def test_both_codes_of_the_crossed_d_are_one_letter() -> None:
    assert normalise("29t\u00d0-123.45") == normalise("29T\u0110 123.45") == "29T\u011012345"


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing_and_never_raises(raw: str) -> None:
    once = normalise(raw)
    assert normalise(once) == once
    classify(once)


def test_digits_of_other_scripts_are_no_plate_digits() -> None:
    assert classify("29C\u0661\u0662\u0663\u0664\u0665") == "UNKNOWN"


@pytest.mark.parametrize(
    ("misread", "expected"),
    [
        ("12CO4567", ("12C04567",)),
        ("2PC12345", ()),
        ("29C12B45", ("29C12845",)),
        ("柱FA1234", ("桂FA1234",)),
        ("29C1234", ()),  # already a class of its own
        ("29CO234O", ()),  # two substitutions are one too many
        ("29C123", ()),  # a missing character is never filled in
    ],
)
def test_a_correction_is_one_look_alike_and_no_more(misread: str, expected: tuple[str, ...]) -> None:
    assert corrections(misread) == expected


@given(plate_like)
def test_corrections_are_look_alikes_of_a_known_class(text: str) -> None:
    for candidate in corrections(text):
        assert is_look_alike(text, candidate)
        assert classify(candidate) != "UNKNOWN"


@given(plate_like, plate_like)
def test_looking_alike_is_mutual_and_never_true_of_itself(one: str, other: str) -> None:
    assert is_look_alike(one, other) == is_look_alike(other, one)
    assert not is_look_alike(one, one)


def test_look_alikes_have_equal_length_and_one_difference() -> None:
    assert is_look_alike("12C04567", "12CO4567")
    assert not is_look_alike("12C04567", "12C0456")
    assert not is_look_alike("12C04567", "12CO456T")
    assert not is_look_alike("12C04567", "12C94567")
