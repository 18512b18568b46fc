"""OpenCV on one thread, as at the gate: a worker must not take the lane's processors, nor a measurement flatter it."""

import cv2


def use_one_thread() -> None:
    """For this process, from now on."""
    cv2.setNumThreads(1)
