"""The parts of a multipart/form-data body (RFC 7578, RFC 2046): how cameras send a text and its pictures together.

The standard library's reader (`email`) takes the body for text and rebuilds it line by line; pictures are none.
"""

import re
from dataclasses import dataclass

_MOST_PARTS = 16
_LONGEST_PART_HEAD = 4096
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;,"]{1,200}))', re.IGNORECASE)
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Part:
    """One part; "" where it does not say its `name`, `filename` or `content_type` (lower case, without parameters)."""

    name: str
    filename: str
    content_type: str
    data: bytes


def is_multipart(content_type: str) -> bool:
    """Whether a Content-Type header announces parts."""
    return content_type.strip().lower().startswith("multipart/")


def parts_of(content_type: str, body: bytes) -> tuple[Part, ...]:
    """The whole parts of `body`, at most 16. A part counts only if the delimiter after it is there too.

    () if `content_type` is no multipart or names no boundary. Any bytes are allowed.
    """
    found = _BOUNDARY.search(content_type)
    if found is None or not is_multipart(content_type):
        return ()
    delimiter = b"--" + (found.group(1) or found.group(2)).encode("latin-1", "replace")
    # The line break before a delimiter belongs to it; a body may begin with one, and so without that break.
    sections = (b"\r\n" + body).split(b"\n" + delimiter, _MOST_PARTS + 1)
    parts = (_part(section) for section in sections[1:-1])
    return tuple(part for part in parts if part is not None)


def _part(section: bytes) -> Part | None:
    """`section` begins right behind its delimiter and still holds the CR of the break before the next."""
    end = _END_OF_HEAD.search(section, 0, _LONGEST_PART_HEAD)
    if end is None:
        return None
    headers = _headers(section[: end.start()].decode("utf-8", "replace"))
    disposition = headers.get("content-disposition", "")
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    data = section[end.end() :].removesuffix(b"\r")
    return Part(_parameter(disposition, "name"), _parameter(disposition, "filename"), content_type, data)


def _headers(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}


def _parameter(header: str, name: str) -> str:
    found = re.search(rf'(?:^|[;\s]){name}\s*=\s*(?:"([^"]*)"|([^\s;"]+))', header, re.IGNORECASE)
    return "" if found is None else found.group(1) or found.group(2) or ""
