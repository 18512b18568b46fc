import cv2
import numpy as np

from station.vision.code_crop import CODE_COLUMNS, CODE_ROWS, PADDING, SIZE_TYPE_COLUMNS, code_tensor, laid_flat


def test_a_line_is_stretched_over_the_whole_input() -> None:
    crop = np.tile(np.linspace(0, 255, 400, dtype=np.uint8), (50, 1))
    seen = laid_flat(crop, upright=False, is_number=True)
    assert seen.shape == (CODE_ROWS, CODE_COLUMNS)
    assert seen[10, 2] < 5 and seen[10, -2] > 250
    assert code_tensor(seen).shape == (1, 1, CODE_ROWS, CODE_COLUMNS)


def test_a_column_is_laid_so_that_its_top_comes_first() -> None:
    crop = np.tile(np.linspace(0, 255, 400, dtype=np.uint8)[:, np.newaxis], (1, 50))  # dark above
    crop[:, :10] = 255  # and a bright left edge
    seen = laid_flat(crop, upright=True, is_number=True)
    assert seen[20, 2] < 5 and seen[4, -2] > 250
    assert seen[-2, 5] > 250, "what stood at the left lies below"


def test_a_size_and_type_keeps_the_proportions_of_a_number() -> None:
    crop = np.zeros((40, 80), np.uint8)
    cv2.circle(crop, (70, 20), 6, 255, -1)
    seen = laid_flat(crop, upright=False, is_number=False)
    assert (seen[:, SIZE_TYPE_COLUMNS:] == PADDING).all()
    assert seen[:, :SIZE_TYPE_COLUMNS].max() > 200


def test_crops_of_one_pixel_do_no_harm() -> None:
    assert laid_flat(np.zeros((1, 1), np.uint8), upright=True, is_number=True).shape == (CODE_ROWS, CODE_COLUMNS)
