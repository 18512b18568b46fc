"""Measures of drawn views: what light changes and what it does not, what each fault does, and what they cost."""

import time

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.contract.readings import ViewMeasured
from station.core.edge_map import agreement, read_map
from station.simulate.scene import gate_picture
from station.vision.tensors import decode_gray
from station.vision.view_measures import COLUMNS, ROWS, measure_view

Gray = NDArray[np.uint8]


@pytest.fixture(scope="module")
def picture() -> Gray:
    return decode_gray(gate_picture("12C-045.67", seed=7, condition="clear", lines=2))


def scaled(picture: Gray, gain: float) -> Gray:
    noise = np.random.default_rng(1).normal(0, 2, picture.shape)
    return np.asarray(np.clip(picture * gain + noise, 0, 255), np.uint8)


def shared(one: Gray, other: Gray) -> int:
    return agreement(read_map(measure_view(one).edges), read_map(measure_view(other).edges))


def test_night_changes_brightness_but_neither_sharpness_nor_edges(picture: Gray) -> None:
    night = scaled(picture, 0.25)
    by_day, by_night = measure_view(picture), measure_view(night)
    assert by_night.mean < by_day.mean / 3
    assert by_night.contrast < by_day.contrast / 3
    assert abs(by_night.sharpness - by_day.sharpness) < 150
    assert shared(picture, night) > 750


@pytest.mark.parametrize("gain", [1.0, 0.25])
def test_blur_is_seen_by_day_and_by_night(picture: Gray, gain: float) -> None:
    sharp = measure_view(scaled(picture, gain)).sharpness
    values = [
        measure_view(scaled(np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8), gain)).sharpness
        for sigma in (2, 4, 8)
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] < sharp * 3 / 4


def test_dark_and_burnt_are_shares(picture: Gray) -> None:
    half = picture.copy()
    half[:, : picture.shape[1] // 2] = 0
    half[:180, picture.shape[1] // 2 :] = 255
    seen = measure_view(half)
    assert 490 <= seen.dark <= 510
    assert 120 <= seen.burnt <= 135


def test_a_moved_view_has_its_edges_elsewhere(picture: Gray) -> None:
    moved = np.roll(picture, 60, axis=1)  # three cells of 20 px at 1280x720
    assert shared(picture, moved) < 700
    here, there = read_map(measure_view(picture).edges), read_map(measure_view(moved).edges)
    assert agreement(here, there, 3, 0) > 850


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_a_blank_picture_has_no_edge_and_no_sharpness(tone: int) -> None:
    seen = measure_view(np.full((720, 1280), tone, np.uint8))
    assert (seen.sharpness, seen.contrast, read_map(seen.edges)) == (0, 0, 0)


@pytest.mark.parametrize("shape", [(1, 1), (ROWS, COLUMNS), (1080, 1920), (1920, 1080), (37, 2000)])
def test_a_picture_of_any_size_is_measured(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)
    reading = ViewMeasured("r1", *measure_view(noise))
    assert len(reading.edges) == 576
    assert 0 <= reading.dark <= 1000 and 0 <= reading.burnt <= 1000


def test_the_size_of_the_picture_changes_little(picture: Gray) -> None:
    large = np.asarray(cv2.resize(picture, (1920, 1080), interpolation=cv2.INTER_CUBIC), np.uint8)
    one, other = measure_view(picture), measure_view(large)
    assert abs(one.mean - other.mean) <= 2
    assert shared(picture, large) > 850


def test_it_is_cheap() -> None:
    """5 ms on half of 1080p, as a reduced decode gives it; here four times as much, since tests share their machine."""
    half = np.random.default_rng(4).integers(0, 256, (540, 960), dtype=np.uint8)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        measure_view(half)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.020
