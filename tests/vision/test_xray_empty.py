"""The check of empty containers: by drawn physics, with no photo."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from station.vision.tensors import decode_deep, decode_gray
from station.vision.unfit import PictureUnfit
from station.vision.xray_empty import check_scan, compare
from station.vision.xray_quality import Scan, read_scan
from station.vision.xray_template import (
    LEAST_SCANS,
    Template,
    TemplateRefused,
    learned,
    read_template,
    write_template,
)
from tests.proof.measures import drawn_scans as draw
from tests.proof.measures import xray_scans
from tests.vision import picture_bytes as make


@pytest.fixture(scope="module")
def template() -> Template:
    return xray_scans.template()


def shot(seed: int, what: str = "") -> bytes:
    return xray_scans.shot(np.random.default_rng(seed), xray_scans.LOADS[what] if what else ())


def test_sixteen_bits_are_kept_where_the_gray_picture_keeps_eight() -> None:
    values = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16 + 5
    data = draw.packed(values)
    deep = decode_deep(data)
    assert deep.dtype == np.uint16 and (deep == values).all()
    assert (decode_gray(data) == values >> 8).all()
    assert decode_deep(make.jpeg(make.drawn())).dtype == np.uint8
    with pytest.raises(PictureUnfit, match="picture-broken-off"):
        decode_deep(data[:-4])
    with pytest.raises(PictureUnfit, match="too-many-pixels"):
        decode_deep(make.png_bomb(40_000, 40_000))


def test_an_empty_container_is_likely_empty(template: Template) -> None:
    told = check_scan(shot(1), template)
    assert (told.finding, told.largest <= 2, told.flaws) == ("EMPTY_LIKELY", True, ())


@pytest.mark.parametrize("what", xray_scans.MUST_FIND)
def test_a_load_is_found(what: str, template: Template) -> None:
    assert check_scan(shot(2, what), template).finding == "NOT_EMPTY"


def test_the_box_stands_around_the_load_and_its_attenuation_is_its_mass(template: Template) -> None:
    (load,) = xray_scans.LOADS["pallet 1.2 x 1.0 m of 500 kg"]
    told = check_scan(shot(3, "pallet 1.2 x 1.0 m of 500 kg"), template)
    x, y, width, height = told.box
    middle = draw.AIR + (load.at_m + load.length_m / 2) / draw.PIXEL_M
    assert abs(x + width / 2 - middle) < 20 and abs(width - 120) < 20 and abs(height - 100) < 20
    assert y + height <= draw.ABOVE + draw.HEIGHT
    expected = draw.MASS_ATTENUATION * load.kg / (load.length_m * load.high_m)
    assert abs(told.strongest / 1000 - expected) < 0.1 * expected


@pytest.mark.parametrize("flaw", xray_scans.SPOIL)
def test_a_spoilt_picture_is_named_and_never_called_empty(flaw: str) -> None:
    named = xray_scans.spoilt(flaw, 1)
    assert (named.named, named.empty) == (1, 0)


def test_a_flaw_hides_no_load_but_proves_nothing_empty(template: Template) -> None:
    full, empty = (read_scan(shot(4, what), template.height) for what in ("parcel 30 x 20 cm of 5 kg", ""))
    assert compare(full._replace(flaws=("detector-stripes",)), template).finding == "NOT_EMPTY"
    assert compare(empty._replace(flaws=("detector-stripes",)), template).finding == "CANNOT_TELL"
    assert compare(full._replace(flaws=("scan-stopped",)), template).finding == "CANNOT_TELL"


def test_a_container_thinner_than_the_template_is_another_kind(template: Template) -> None:
    scan = read_scan(shot(5), template.height)
    thin: Scan = scan._replace(attenuation=scan.attenuation * np.float32(0.3))
    told = compare(thin, template)
    assert told.finding == "CANNOT_TELL" and "unlike-template" in told.flaws


def test_a_container_of_another_length_is_no_match(template: Template) -> None:
    rng = np.random.default_rng(6)
    told = check_scan(draw.packed(draw.scan(draw.container(rng, 40), draw.Scanner(), rng)), template)
    assert told.finding == "CANNOT_TELL" and "size-differs" in told.flaws


def test_without_its_template_a_load_would_not_be_told_from_walls(template: Template) -> None:
    """A mutant: where everything is allowed, nothing is found; where nothing is, the empty one is full."""
    loose = replace(template, spread=np.full_like(template.spread, 9))
    strict = replace(template, median=np.zeros_like(template.median))
    assert check_scan(shot(2, xray_scans.MUST_FIND[0]), loose).finding == "EMPTY_LIKELY"
    assert check_scan(shot(1), strict).finding == "NOT_EMPTY"


ROWS, COLUMNS = np.mgrid[:200, :700]
ODD: dict[str, NDArray[np.uint16]] = {
    "one pixel": np.full((1, 1), 40_000, np.uint16),
    "one row": np.full((1, 900), 40_000, np.uint16),
    "one column": np.full((900, 1), 40_000, np.uint16),
    "black": np.zeros((200, 700), np.uint16),
    "white": np.full((200, 700), 65_535, np.uint16),
    "air alone": np.full((200, 700), 50_000, np.uint16),
    "fog": np.random.default_rng(1).integers(0, 65_536, (200, 700)).astype(np.uint16),
    "a slope": (60_000 - COLUMNS * 80).astype(np.uint16),
    "a bar at the lower edge": np.where(ROWS > 180, 900, 50_000).astype(np.uint16),
    "a black block": np.where((abs(ROWS - 100) < 50) & (abs(COLUMNS - 350) < 200), 0, 50_000).astype(np.uint16),
    "a checkerboard": np.where((ROWS + COLUMNS) % 2, 0, 50_000).astype(np.uint16),
}


@pytest.mark.parametrize("what", ODD)
def test_a_picture_of_something_else_is_never_called_empty(what: str, template: Template) -> None:
    told = check_scan(draw.packed(ODD[what]), template)
    assert told.finding != "EMPTY_LIKELY" and (told.flaws or told.finding == "NOT_EMPTY")


def test_a_larger_scan_is_read_at_the_same_place() -> None:
    """Larger than the working picture: shrunk by whole steps, the box told in the file's pixels."""
    small = xray_scans.picture(np.random.default_rng(3), xray_scans.LOADS["pallet 1.2 x 1.0 m of 500 kg"])
    large = np.repeat(np.repeat(small, 4, axis=0), 4, axis=1)
    scan = read_scan(draw.packed(large))
    assert scan.shrink == 2 and scan.place is not None
    top = read_scan(draw.packed(small)).place
    assert top is not None and abs(scan.place.left - 2 * top.left) < 8


def test_learning_wants_enough_whole_different_scans() -> None:
    scan = read_scan(shot(7))
    few = [(str(at), scan) for at in range(LEAST_SCANS - 1)]
    with pytest.raises(TemplateRefused, match="too-few-scans"):
        learned(few, 20)
    with pytest.raises(TemplateRefused, match="too-few-scans"):
        learned([*few, few[0]], 20)
    with pytest.raises(TemplateRefused, match="scan-unfit: bad: scan-stopped"):
        learned([*few, ("bad", scan._replace(flaws=("scan-stopped",)))], 20)


def test_a_template_is_read_as_it_was_written_and_an_altered_one_is_refused(tmp_path: Path, template: Template) -> None:
    file = tmp_path / "t.json"
    write_template(file, template)
    again = read_template(file)
    assert (again.feet, again.height, again.stretch, again.scans) == (
        template.feet,
        template.height,
        template.stretch,
        template.scans,
    )
    assert np.allclose(again.median, template.median) and np.allclose(again.spread, template.spread)
    body = json.loads(file.read_text())
    body["median"][5] += 1
    for bad in (json.dumps(body), "[]", "{}", "no json"):
        file.write_text(bad)
        with pytest.raises(TemplateRefused, match="bad-template"):
            read_template(file)
