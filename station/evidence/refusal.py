"""Why a bundle cannot be made, or is none: a code with words in `station.words.evidence`, and what was seen."""

from typing import Literal

BadForm = Literal[
    "not-a-file",
    "not-a-zip",
    "cut-off",
    "too-big",
    "too-many-members",
    "bad-name",
    "members-out-of-order",  # or one twice
    "other-zip-form",  # compressed, dated, with extra fields: not as we write it
    "bad-checksum",
    "bad-directory",
]


class BadBundle(Exception):
    """The file is no bundle; nothing in it is believed."""

    def __init__(self, code: BadForm, seen: str) -> None:
        self.code: BadForm = code
        self.seen = seen
        super().__init__(f"{code}: {seen}")


CannotBundle = Literal[
    "no-such-crossing",
    "no-such-weight",
    "crossing-too-long",  # its rows alone outgrow a manifest
    "personal-in-fact",  # a lane seals personal data before they become a fact
    "weight-frames-elsewhere",  # the fact lies in an older journal file
]


class NotBundled(Exception):
    """No bundle was made, no weight was read back."""

    def __init__(self, cause: CannotBundle, thing: str, seen: str = "") -> None:
        self.cause: CannotBundle = cause
        self.thing = thing
        self.seen = seen
        super().__init__(f"{thing}: {cause}: {seen}")
