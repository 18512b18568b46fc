"""Small true JPEGs for the tests."""

import functools

import cv2
import numpy as np


@functools.cache
def tiny_jpeg(seed: int) -> bytes:
    """A 64x48 JPEG of chance; another seed, another picture."""
    return jpeg_of(seed, 64, 48)


@functools.cache
def jpeg_of(seed: int, width: int, height: int) -> bytes:
    """A JPEG of chance: about 1.1 bytes per pixel, as it cannot be compressed."""
    grain = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return cv2.imencode(".jpg", grain)[1].tobytes()
