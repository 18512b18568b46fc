"""The statement of `station centre reconcile`: a table of lanes, and under it every difference with its records."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from station.centre.reconciling import Difference, Reconciled
from station.commands.output import put_json, say, table
from station.commands.words import phrase
from station.words.days import DIFFERENCES, VERDICTS
from station.words.language import spoken


def tell(day: str, found: Sequence[Reconciled], *, as_json: bool) -> None:
    """Say how each lane's day compares; as one JSON object for programs."""
    if as_json:
        put_json({"day": day, "lanes": [_plain(one) for one in found]})
        return
    agree = sum(one.verdict == "agrees" for one in found)
    headings = [phrase(key) for key in ("lane", "reconcile-stated", "reconcile-stored", "reconcile-verdict")]
    rows = [[_lane(one), _stated(one), str(one.stored), _verdict(one)] for one in found]
    table(phrase("reconcile-title", day=day, agree=agree, lanes=len(found)), headings, rows)
    for one in found:
        for difference in one.differences:
            say(_line(one, difference))
        if one.files.named:
            say(phrase("reconcile-files", lane=_lane(one), **asdict(one.files)))
        if one.verdict == "silent":
            say(phrase("reconcile-next", lane=_lane(one)))


def _line(one: Reconciled, difference: Difference) -> str:
    what = spoken(DIFFERENCES[difference.cause]) + (f" ({difference.detail})" if difference.detail else "")
    if not difference.epoch:
        return phrase("reconcile-whole", lane=_lane(one), what=what)
    at = {"epoch": difference.epoch, "first": difference.first_seq, "last": difference.last_seq}
    return phrase("reconcile-range", lane=_lane(one), what=what, **at)


def _verdict(one: Reconciled) -> str:
    return spoken(VERDICTS[one.verdict]).format(n=one.missing)


def _lane(one: Reconciled) -> str:
    return f"{one.station}/{one.lane}"


def _stated(one: Reconciled) -> str:
    return "-" if one.stated is None else str(one.stated.records)


def _plain(one: Reconciled) -> dict[str, Any]:
    stated = one.stated
    word = None
    if stated is not None:
        counts = {kind: {part.name: part.n for part in getattr(stated, kind)} for kind in ("types", "ends")}
        runs = [
            {"epoch": run.epoch, "first": run.first_seq, "last": run.last_seq, "head": run.marks[-1].hash}
            for run in stated.runs
        ]
        word = {"records": stated.records, "runs": runs, "cases": list(stated.cases), **counts}
    return {
        "station": one.station,
        "lane": one.lane,
        "verdict": one.verdict,
        "stored": one.stored,
        "missing": one.missing,
        "stated": word,
        "files": asdict(one.files),
        "differences": [asdict(difference) for difference in one.differences],
    }
