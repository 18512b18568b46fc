"""Which settings a centre may propose to change. What is not in the list is refused when it arrives.

Left out on purpose: whom the lane believes and where keys and passwords lie, whom it talks to, where it keeps what,
which devices play which part and how they are reached, how long evidence is kept, the mode, the second person, and
whatever the boom's movement or the free place under it hangs on.
"""

import re
import tomllib
from collections.abc import Sequence
from typing import Literal, NamedTuple

MOST_DAYS = 90
"""A proposal is open no longer than so."""

PROPOSABLE: frozenset[str] = frozenset(
    (
        "lane.plate_region",
        "lane.seal_regions",
        "lane.limits.weight_review",
        "lane.limits.weight_refer",
        "lane.limits.weight_refer_mass",
        "lane.limits.gross_maximum",
        "lane.limits.list_age",
        "lane.limits.plate_frames",
        "lane.limits.plate_rounds",
        "lane.limits.weighing_rounds",
        "lane.limits.window",
        "lane.limits.window_spread",
        "lane.limits.zero_drift",
        "lane.limits.trailer_frames",
        "lane.limits.container_rounds",
        "lane.patience.gather",
        "lane.patience.decide",
        "lane.patience.weighing",
        "lane.patience.picture",
        "lane.patience.picture_pause",
        "lane.patience.hold_reminder",
        "lane.patience.trailer",
        "lane.patience.container",
        "lane.patience.seal",
        "lane.patience.scan",
        "lane.clips.before",
        "lane.clips.after",
        "lane.clips.period",
        "lane.clips.ring_mib",
        "vision.view_epoch",
        "vision.second_reader",
        "vision.ceiling_mib",
    )
)
"""Dotted keys of a settings file."""

MOST_CHANGES = 16
MOST_VALUE = 100
MOST_REASON = 300
_VALUE = re.compile(r"true|false|[0-9\[]([0-9_, \[\]]*[0-9\]])?")


class ProposalFault(NamedTuple):
    """Why a proposal is not taken, and at which key."""

    code: Literal["key-not-proposable", "value-not-proposable"]
    key: str


def fault_of(changes: Sequence[tuple[str, str]]) -> ProposalFault | None:
    """The first change that nobody may propose. Whether a value fits the setting says `station check`, at the lane."""
    for key, value in changes:
        if key not in PROPOSABLE:
            return ProposalFault("key-not-proposable", ascii(key[:60]))
        if not _is_value(value):
            return ProposalFault("value-not-proposable", key)
    return None


def is_malformed(changes: Sequence[tuple[str, str]], reason: str) -> bool:
    """No changes or too many, one key twice, or a reason that is none or would not print on one line."""
    keys = {key for key, _ in changes}
    is_told = 0 < len(reason) <= MOST_REASON and reason.isprintable() and reason.strip() != ""
    return not 0 < len(changes) <= MOST_CHANGES or len(keys) < len(changes) or not is_told


def _is_value(text: str) -> bool:
    """A whole number, true, false, or a list of whole numbers, as TOML writes it, on one line."""
    if len(text) > MOST_VALUE or not _VALUE.fullmatch(text):
        return False
    try:
        tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return True
