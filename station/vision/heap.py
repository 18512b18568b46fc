"""Pictures beside the heap, so that each is given back whole to the system.

glibc takes a buffer above a threshold from the system and gives it back when it is freed, but raises that threshold to
the size of what was freed (mallopt(3), "dynamic mmap threshold"). Then pictures lie in the heap among small things that
stay, and the process grows by a picture at a time: +3 % at once after 76,000 readings. A threshold that is set stays.
"""

import ctypes

_M_MMAP_THRESHOLD = -3
"""From glibc's malloc.h."""
_BYTES = 1024 * 1024
"""A gray picture of 1080 lines is larger; its half and all that the models take are smaller and cost no page faults."""


def keep_pictures_apart() -> None:
    """For this process, from now on. Nothing happens with another C library, which has no such threshold."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _BYTES)
