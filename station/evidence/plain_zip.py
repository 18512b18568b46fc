"""A zip of one form: members stored and in the order of their names, no time, no comment. One content is one file.

Any program opens it. Ours demands these very bytes, so that nothing can hide between the members, nothing is ever
unpacked, and a name that climbs or stands twice is no matter of care but another form.
Source of the form: the ZIP file format specification (APPNOTE.TXT 6.3), sections 4.3.7, 4.3.12 and 4.3.16.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from station.evidence.refusal import BadBundle

LARGEST_FILE = 1 << 30
LARGEST_MEMBER = 64 << 20
LARGEST_HELD = 4 << 20
"""Bytes of a member that is handed out; the others are only hashed."""
MOST_MEMBERS = 2_000

_NAME = re.compile(r"[a-z0-9]+(?:[./-][a-z0-9]+)*")
_LONGEST_NAME = 120
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _STORED, _MIDNIGHT, _FIRST_DAY = 20, 0, 0, 0x21  # 1980-01-01, where the format's time begins
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A member that was read. `data` is there only where the caller wanted it."""

    name: str
    size: int
    sha256: str
    data: bytes | None


class PlainZip:
    """Writes such a zip to `stream`, member by member, in ascending order of their names."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._directory: list[bytes] = []
        self._at = 0
        self._last = ""

    def add(self, name: str, data: bytes) -> None:
        """Add a member. Raises ValueError for what a reader would refuse."""
        too_much = len(data) > LARGEST_MEMBER or len(self._directory) == MOST_MEMBERS
        if not _is_name(name) or name <= self._last or too_much or self._at + len(data) > LARGEST_FILE:
            raise ValueError(f"member {name!r} of {len(data)} bytes behind {self._last!r}")
        checksum = zlib.crc32(data)
        head = _local(name, checksum, len(data))
        self._directory.append(_central(name, checksum, len(data), self._at))
        self._stream.write(head)
        self._stream.write(data)
        self._at += len(head) + len(data)
        self._last = name

    def close(self) -> None:
        """Write the directory; the stream stays open."""
        self._stream.write(_tail(self._directory, self._at))


def read_zip(stream: IO[bytes], wanted: Callable[[str, int], bool]) -> Iterator[Member]:
    """The members in order, each byte looked at once, never more than LARGEST_HELD of one held.

    `wanted` says by name and size which are held.
    Raises BadBundle at the first byte that is not as `PlainZip` writes it; the last check comes after the last member.
    """
    directory: list[bytes] = []
    at, last = 0, ""
    while (mark := stream.read(4)) == b"PK\x03\x04":
        name, checksum, size = _read_head(mark, stream)
        if name <= last:
            raise BadBundle("members-out-of-order", f"{name} behind {last}")
        if len(directory) == MOST_MEMBERS:
            raise BadBundle("too-many-members", f"more than {MOST_MEMBERS}")
        if at + size > LARGEST_FILE:
            raise BadBundle("too-big", f"more than {LARGEST_FILE} bytes")
        directory.append(_central(name, checksum, size, at))
        at += len(_local(name, checksum, size)) + size
        last = name
        yield _read_member(stream, name, checksum, size, hold=wanted(name, size))
    if not directory:
        raise BadBundle("not-a-zip", f"begins with {mark!r}")
    tail = _tail(directory, at)
    if mark + stream.read(len(tail)) != tail:  # one byte more than is right, if there is one
        raise BadBundle("bad-directory", "the zip's directory is cut off, or not the one of its members")


def _read_head(mark: bytes, stream: IO[bytes]) -> tuple[str, int, int]:
    head = mark + stream.read(_LOCAL.size - 4)
    if len(head) < _LOCAL.size:
        raise BadBundle("cut-off", "in the head of a member")
    checksum, size, length = (_LOCAL.unpack(head)[place] for place in (6, 8, 9))
    if length > _LONGEST_NAME:
        raise BadBundle("bad-name", f"a name of {length} bytes")
    raw = stream.read(length)
    if len(raw) < length:
        raise BadBundle("cut-off", "in the name of a member")
    name = raw.decode("ascii", "replace")
    if not _is_name(name):
        raise BadBundle("bad-name", ascii(name))
    if size > LARGEST_MEMBER:
        raise BadBundle("too-big", f"{name} has {size} bytes, at most {LARGEST_MEMBER}")
    if head + raw != _local(name, checksum, size):
        raise BadBundle("other-zip-form", f"the head of {name}: compressed, dated, or with extra fields")
    return name, checksum, size


def _read_member(stream: IO[bytes], name: str, checksum: int, size: int, *, hold: bool) -> Member:
    if hold and size > LARGEST_HELD:
        raise BadBundle("too-big", f"{name} has {size} bytes, at most {LARGEST_HELD}")
    digest, found, left, held = hashlib.sha256(), 0, size, []
    while left:
        piece = stream.read(min(_PIECE, left))
        if not piece:
            raise BadBundle("cut-off", f"in {name}")
        digest.update(piece)
        found = zlib.crc32(piece, found)
        left -= len(piece)
        if hold:
            held.append(piece)
    if found != checksum:
        raise BadBundle("bad-checksum", name)
    return Member(name, size, digest.hexdigest(), b"".join(held) if hold else None)


def _is_name(name: str) -> bool:
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def _local(name: str, checksum: int, size: int) -> bytes:
    head = (_VERSION, 0, _STORED, _MIDNIGHT, _FIRST_DAY, checksum, size, size, len(name), 0)
    return _LOCAL.pack(b"PK\x03\x04", *head) + name.encode()


def _central(name: str, checksum: int, size: int, at: int) -> bytes:
    head = (_VERSION, _VERSION, 0, _STORED, _MIDNIGHT, _FIRST_DAY, checksum, size, size, len(name), 0, 0, 0, 0, 0, at)
    return _CENTRAL.pack(b"PK\x01\x02", *head) + name.encode()


def _tail(directory: list[bytes], at: int) -> bytes:
    listed = b"".join(directory)
    end = (0, 0, len(directory), len(directory), len(listed), at, 0)
    return listed + _END.pack(b"PK\x05\x06", *end)
