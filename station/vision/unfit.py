"""Why a picture cannot be judged: a code, what was seen, and what to do next."""

from typing import Literal

Unfit = Literal[
    "picture-missing",
    "picture-empty",
    "picture-too-large",
    "picture-altered",
    "not-a-picture",
    "too-many-pixels",
    "too-many-scans",
    "picture-coding",
    "picture-broken-off",
    "picture-damaged",
    "undecodable",
    "region-outside",
]

NEXT_STEPS: dict[Unfit, str] = {
    "picture-missing": "see whether the evidence folder is mounted and the camera worker writes to it",
    "picture-empty": "see whether the disk is full",
    "picture-too-large": "lower the camera's resolution or JPEG quality",
    "picture-altered": "take a new picture; look for a second writer in the evidence folder",
    "not-a-picture": "set the source to JPEG or PNG",
    "too-many-pixels": "lower the camera's resolution",
    "too-many-scans": "set the source to baseline JPEG",
    "picture-coding": "set the source to baseline JPEG in gray or YCbCr, 8 bits",
    "picture-broken-off": "take a new picture; see whether the disk is full and the camera's network loses data",
    "picture-damaged": "take a new picture; see whether the disk or the camera's network damages data",
    "undecodable": "take a new picture",
    "region-outside": "set plate_region, or the camera's seal region, to lie within its picture",
}


class PictureUnfit(Exception):
    """A picture that cannot be judged: why (a code), what was seen, and what to do next."""

    def __init__(self, code: Unfit, seen: str) -> None:
        self.code: Unfit = code
        self.seen = seen
        super().__init__(f"{code}: {seen}; next: {NEXT_STEPS[code]}")
