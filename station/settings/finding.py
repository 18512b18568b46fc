"""What one check found, before it has a place in the file and words."""

from typing import NamedTuple

from station.settings.positions import Path


class Finding(NamedTuple):
    """`code` names the message, `details` fill it in; `hint` is a spelling that would be right, or ""."""

    path: Path
    code: str
    details: dict[str, object]
    hint: str = ""
