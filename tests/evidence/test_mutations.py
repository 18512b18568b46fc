"""Whatever is changed in a bundle is found."""

import random
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.evidence import verify
from station.trust.keys import PrivateKey
from tests.evidence.mutations import CHANGES, Mutation, flipped, members_of, of_members, of_rows, packed, resigned
from tests.evidence.site import HELD, Site

pytestmark = pytest.mark.timeout(180)  # the lane is driven once, within the first test's time

_QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def undetected(mutations: Iterable[Mutation], site: Site, folder: Path) -> list[str]:
    """Those that the verifier takes for sound, with the station's key and the root in its hand."""
    file = folder / "mutant.zip"
    return [one.what for one in mutations if _is_taken_for_sound(one, site, file)]


def _is_taken_for_sound(mutation: Mutation, site: Site, file: Path) -> bool:
    file.write_bytes(mutation.data)
    return verify.verify_bundle(file, site.key.public, site.root).is_sound


def test_what_nobody_changed_is_sound_and_packing_it_again_gives_the_same_bytes(held_bundle: Path, site: Site) -> None:
    assert packed(members_of(held_bundle)) == held_bundle.read_bytes()
    report = verify.verify_bundle(held_bundle, site.key.public, site.root)
    assert report.is_sound and report.crossing == HELD
    assert {item.verdict for item in report.items} == {"holds"}, report.items
    assert {item.part for item in report.items} >= {"weight", "act", "officers", "evidence-file", "complete"}


@_QUICK
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_bit_of_the_file(place: float, bit: int, held_bundle: Path, site: Site, tmp_path: Path) -> None:
    whole = held_bundle.read_bytes()
    changed = flipped(whole, int(place * len(whole)), bit)
    assert undetected([Mutation("flip", changed)], site, tmp_path) == []


def test_members_changed_removed_added_or_swapped(held_bundle: Path, site: Site, tmp_path: Path) -> None:
    mutations = list(of_members(held_bundle, random.Random(1), flips=8))
    assert len(mutations) > 60
    assert undetected(mutations, site, tmp_path) == []


@pytest.mark.parametrize("what", CHANGES)
def test_the_station_itself_cannot_sign_what_does_not_fit(
    what: str, held_bundle: Path, site: Site, tmp_path: Path
) -> None:
    [mutation] = [one for one in of_rows(held_bundle, site.key) if one.what == what]
    assert undetected([mutation], site, tmp_path) == []


def test_a_foreign_key_is_found_by_who_has_the_stations(held_bundle: Path, site: Site, tmp_path: Path) -> None:
    foreign = PrivateKey.make()
    data = packed(resigned(members_of(held_bundle), foreign, HELD))
    assert undetected([Mutation("foreign", data)], site, tmp_path) == []
    file = tmp_path / "foreign.zip"
    file.write_bytes(data)
    report = verify.verify_bundle(file)
    [signature] = [item for item in report.items if item.part == "signature"]
    assert (signature.verdict, signature.code) == ("not-checked", "key-not-given")
    assert signature.seen == foreign.public.fingerprint


@pytest.mark.parametrize("blind", ["check_files", "check_rows", "check_weights", "check_acts"])
def test_a_verifier_that_skips_a_check_is_caught(
    blind: str, held_bundle: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, blind, lambda *_: [])
    mutations = chain(of_rows(held_bundle, site.key), of_members(held_bundle, random.Random(1), flips=1))
    assert any(_is_taken_for_sound(one, site, tmp_path / "mutant.zip") for one in mutations)
