"""The way from one eligible list to the next, where it is shorter than the list itself."""

from station.messages.downlinks import EligibleList, ListDelta, entries_sha256

LARGEST_PART = 4
"""A delta of more than a quarter of the list is not worth the risk of another base."""


def delta(base: EligibleList, newest: EligibleList) -> ListDelta | None:
    """What makes `base` into `newest`; None if the whole list is the better message."""
    before = {entry.declaration: entry for entry in base.entries}
    put = tuple(entry for entry in newest.entries if before.pop(entry.declaration, None) != entry)
    removed = tuple(sorted(before))
    if base.office != newest.office or (len(put) + len(removed)) * LARGEST_PART > len(newest.entries):
        return None
    return ListDelta(
        newest.station,
        newest.office,
        newest.number,
        base.number,
        entries_sha256(base.entries),
        newest.issued_ms,
        0,
        put,
        removed,
        entries_sha256(newest.entries),
    )
