"""What a centre may propose: a written list of settings that exist, with bounds of their own, and nothing else."""

import re
import typing

import pytest

from station.settings import schema
from station.settings.proposable import MOST_CHANGES, PROPOSABLE, fault_of, is_malformed
from tests.commands.premises import ROOT
from tests.courier.kinds import FORBIDDEN, WRONG_VALUES
from tests.settings.all_keys import all_keys

RIGHTS_AND_PLACES = re.compile(
    r"trust|key|root|officer|password|secret|user|host|port|url|folder|file|socket|clock|mode|station|days|device|kind"
    r"|second_person|parts|sensors|boom|presence|release|clear|gate|order|answer|cameras|manifest|template|reserve"
)


def test_every_key_in_the_list_exists_and_all_others_are_refused() -> None:
    keys = set(all_keys())
    assert keys >= PROPOSABLE and len(keys) > 200
    for key in keys - PROPOSABLE:
        found = fault_of([(key, "1")])
        assert found is not None and found.code == "key-not-proposable", key
    assert all(fault_of([(key, "1")]) is None for key in PROPOSABLE)


def test_nothing_in_the_list_is_a_right_a_place_or_a_part_of_motion_safety() -> None:
    assert [key for key in PROPOSABLE if RIGHTS_AND_PLACES.search(key)] == []
    assert PROPOSABLE & set(FORBIDDEN) == set()


def test_whatever_may_be_proposed_is_a_whole_number_a_switch_or_a_list_of_them() -> None:
    """So a value can name no file, no address and no person."""
    for key in PROPOSABLE:
        *tables, name = key.split(".")
        table: typing.Any = schema.root_model()
        for step in tables:
            table = next(one for one in _models(table.model_fields[step].annotation) if hasattr(one, "model_fields"))
        assert _leaves(table.model_fields[name].annotation) <= {int, bool}, key


def _models(hint: typing.Any) -> tuple[typing.Any, ...]:  # noqa: ANN401 - types
    return typing.get_args(hint) or (hint,)


def _leaves(hint: typing.Any) -> set[object]:  # noqa: ANN401 - types
    if isinstance(hint, typing.NewType):
        return {hint.__supertype__}
    parts = [part for part in typing.get_args(hint) if part is not Ellipsis and not hasattr(part, "ge")]
    return {leaf for part in parts for leaf in _leaves(part)} if parts else {hint}


@pytest.mark.parametrize("value", ["40", "0", "1_000", "true", "false", "[]", "[1, 2, 3, 4]", "[[1,2],[3,4]]"])
def test_values_that_may_be_proposed(value: str) -> None:
    assert fault_of([("vision.view_epoch", value)]) is None


@pytest.mark.parametrize("value", WRONG_VALUES)
def test_values_that_may_not(value: str) -> None:
    found = fault_of([("vision.view_epoch", value)])
    assert found is not None and found.code == "value-not-proposable"


def test_a_reason_is_one_line_that_can_be_printed() -> None:
    change = (("vision.view_epoch", "3"),)
    assert not is_malformed(change, "cân đã được kiểm định lại")
    for reason in ("", " ", "a\nb", "\x1b[31m", "\u202e", "a" * 301):
        assert is_malformed(change, reason)
    assert is_malformed((), "why") and is_malformed(change * 2, "why")
    assert is_malformed(tuple((f"k{at}", "1") for at in range(MOST_CHANGES + 1)), "why")


def test_the_document_lists_exactly_what_may_be_proposed() -> None:
    rows = re.findall(r"^\| `\[([a-z.]+)\]` \| (.+) \|$", (ROOT / "docs" / "downlinks.md").read_text(), re.MULTILINE)
    listed = {f"{table}.{key}" for table, keys in rows for key in re.findall(r"`([a-z_]+)`", keys)}
    assert listed == PROPOSABLE
