"""Why the learning from a site's own crops cannot go on."""

from typing import Literal

Cause = Literal[
    "no-consent",
    "no-collection",
    "collection-other-key",
    "collection-not-ours",
    "crop-damaged",
    "key-in-collection",
    "bad-labels",
    "too-few-crops",
    "held-out-small",
    "no-training",
    "reader-not-ours",
    "training-failed",
    "no-candidate",
    "candidate-elsewhere",
]
"""Words and next steps for each stand in `station.words`."""


class LearningRefused(Exception):
    """The cause, the thing it is about and what was seen; never the text of a plate."""

    def __init__(self, cause: Cause, thing: str, seen: str = "") -> None:
        self.cause: Cause = cause
        self.thing, self.seen = thing, seen
        super().__init__(f"{thing}: {cause}: {seen}")
