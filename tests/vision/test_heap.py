"""A buffer of a picture's size lies beside the heap, also after larger ones were freed."""

import subprocess
import sys

import pytest

_SAYS = """
import ctypes
from station.vision.heap import keep_pictures_apart

class Heap(ctypes.Structure):  # struct mallinfo2 of malloc.h
    _fields_ = [(name, ctypes.c_size_t) for name in "abcdefghij"]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Heap
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
if {apart}:
    keep_pictures_apart()
for _ in range(3):
    libc.free(libc.malloc(20_000_000))
before = libc.mallinfo2().e  # hblkhd: bytes that were taken from the system apart
picture = libc.malloc(1920 * 1080)
print(libc.mallinfo2().e - before >= 1920 * 1080)
"""


@pytest.mark.parametrize("apart", [True, False])
def test_a_picture_is_taken_from_the_system_and_without_it_from_the_heap(apart: bool) -> None:
    said = subprocess.run([sys.executable, "-c", _SAYS.format(apart=apart)], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(apart)
