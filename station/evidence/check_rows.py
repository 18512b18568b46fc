"""Whether the rows of a bundle are what was hashed, follow each other, and reach as far as the manifest claims."""

from collections.abc import Callable, Sequence

from station.evidence.hash_rule import fact_hash, record_hash
from station.evidence.manifest import EpochLine, FactLine, Manifest, RecordLine, body_of
from station.evidence.report import Item, Part

Rows = dict[int, FactLine]


def check_rows(manifest: Manifest) -> list[Item]:
    """Both chains run by run, the fact behind each record, the span, and what is said to be in force."""
    fact_bases = {epoch.base_fseq: epoch.facts_parent for epoch in manifest.epochs}
    record_bases = {epoch.base_seq: epoch.parent for epoch in manifest.epochs}
    return [
        *_chain("facts", [(run.previous, [(r.fseq, r.hash, _fact_of(r)) for r in run.rows]) for run in manifest.facts]),
        *_chain(
            "records", [(run.previous, [(r.seq, r.hash, _record_of(r)) for r in run.rows]) for run in manifest.records]
        ),
        *_links(manifest),
        _span(manifest, fact_bases, record_bases),
        _in_force(manifest),
    ]


def facts_by_number(manifest: Manifest) -> Rows:
    """All facts of the bundle."""
    return {row.fseq: row for run in manifest.facts for row in run.rows}


def own_records(manifest: Manifest) -> list[RecordLine]:
    """The records that name the crossing, in order."""
    rows = (row for run in manifest.records for row in run.rows)
    return [row for row in rows if body_of(row).get("crossing") == manifest.crossing]


def span_records(manifest: Manifest) -> list[RecordLine]:
    """Those up to the crossing's end. Clips and erasures are told later, and no row in between is the crossing's."""
    own = own_records(manifest)
    ends = [place for place, row in enumerate(own) if row.type == "crossing.completed"]
    return own[: ends[-1] + 1] if ends else own


Hashed = Callable[[str], str]
"""The hash that a row must have, from the one before it."""
Run = tuple[str, list[tuple[int, str, Hashed]]]


def _chain(part: Part, runs: Sequence[Run]) -> list[Item]:
    items: list[Item] = []
    last, last_hash = -1, ""
    for previous, rows in runs:
        if not rows:
            items.append(Item(part, "-", "fails", "empty-run"))
            continue
        first = rows[0][0]
        fault = "" if first > last else "rows-out-of-order"
        if first == last + 1 and last_hash and previous != last_hash:
            fault = "does-not-follow"
        if fault:
            items.append(Item(part, str(first), "fails", fault))
            continue
        items.append(_run(part, previous, rows))
        last, last_hash, _ = rows[-1]
    return items


def _run(part: Part, previous: str, rows: Sequence[tuple[int, str, Hashed]]) -> Item:
    expected = rows[0][0]
    for number, stated, hashed in rows:
        if number != expected:
            return Item(part, str(expected), "fails", "gap", f"the next row is {number}")
        try:
            due = hashed(previous)
        except ValueError as error:
            return Item(part, str(number), "fails", "malformed", str(error)[:120])
        if stated != due:
            return Item(part, str(number), "fails", "hash-differs", f"states {stated[:64]}, its bytes give {due}")
        expected, previous = number + 1, stated
    return Item(part, f"{rows[0][0]}..{rows[-1][0]}", "holds")


def _fact_of(row: FactLine) -> Hashed:
    return lambda previous: fact_hash(previous, row)


def _record_of(row: RecordLine) -> Hashed:
    return lambda previous: record_hash(previous, row)


def _links(manifest: Manifest) -> list[Item]:
    """Each record names its fact by number and hash."""
    facts = facts_by_number(manifest)
    absent, held = [], 0
    for row in (row for run in manifest.records for row in run.rows):
        fact = facts.get(row.facts_to)
        if fact is None:
            absent.append(row)
        elif fact.hash != row.facts_hash:
            return [Item("links", f"record {row.seq}", "fails", "other-fact", f"fact {row.facts_to} has another hash")]
        else:
            held += 1
    items = [Item("links", f"{held}", "holds")] if held else []
    if absent:
        thing = f"record {absent[0].seq}" + (f" + {len(absent) - 1}" if len(absent) > 1 else "")
        items.append(Item("links", thing, "not-checked", "facts-elsewhere", f"fact {absent[0].facts_to}"))
    return items


def _span(manifest: Manifest, fact_bases: dict[int, str], record_bases: dict[int, str]) -> Item:
    own = span_records(manifest)
    if not own:
        return Item("complete", manifest.crossing, "fails", "no-record-of-it")
    if manifest.gap:
        return Item("complete", manifest.crossing, "not-checked", manifest.gap)
    if own[0].type != "crossing.opened" or not any(row.type == "crossing.completed" for row in own):
        return Item("complete", manifest.crossing, "fails", "no-beginning-or-end")
    records = [(run.previous, [(row.seq, row.hash) for row in run.rows]) for run in manifest.records]
    facts = [(run.previous, [(row.fseq, row.hash) for row in run.rows]) for run in manifest.facts]
    for what, found in (
        ("record", _hole(records, own[0].seq, own[-1].seq, record_bases)),
        ("fact", _hole(facts, own[0].facts_to, own[-1].facts_to, fact_bases)),
    ):
        if found is not None:
            return Item("complete", f"{what} {found}", "fails", "gap")
    reasons = "; ".join(f"epoch {epoch.number}: {epoch.reason}" for epoch in _between(manifest, own))
    return Item("complete", manifest.crossing, "holds", "with-epoch" if reasons else "", reasons)


def _between(manifest: Manifest, own: Sequence[RecordLine]) -> list[EpochLine]:
    return [epoch for epoch in manifest.epochs if own[0].seq < epoch.base_seq <= own[-1].seq]


def _hole(
    runs: Sequence[tuple[str, list[tuple[int, str]]]], first: int, last: int, bases: dict[int, str]
) -> int | None:
    """The first number from `first` to `last` that is not there; an epoch may begin further on, behind its parent."""
    due, before = first, ""
    for previous, rows in runs:
        if not rows or rows[-1][0] < due:
            continue
        begin = rows[0][0]
        if begin > due and not (before and begin in bases and bases[begin] == previous == before):
            return due
        due, before = rows[-1][0] + 1, rows[-1][1]
        if due > last:
            return None
    return due if due <= last else None


def _in_force(manifest: Manifest) -> Item:
    """Software, rules, settings and models are those of the newest `lane.started` before the crossing."""
    own = own_records(manifest)
    first = own[0].seq if own else 0
    rows = [row for run in manifest.records for row in run.rows if row.type == "lane.started" and row.seq < first]
    stated = manifest.in_force
    if not rows and stated is None:
        return Item("in-force", "-", "not-checked", "starts-elsewhere")
    if not rows or stated is None:
        return Item("in-force", "-", "fails", "differs-from-rows")
    body = body_of(rows[-1])
    models = [list(model) for model in stated.models]
    told = [stated.core_version, stated.rules_sha256, stated.settings_sha256, models]
    if told != [body.get(name) for name in ("core_version", "rules_sha256", "settings_sha256", "models")]:
        return Item("in-force", f"record {rows[-1].seq}", "fails", "differs-from-rows")
    settings = [
        row for run in manifest.records for row in run.rows if row.type == "settings.applied" and row.seq < first
    ]
    seen = f"{stated.core_version}; settings {stated.settings_sha256[:16]}; rules {stated.rules_sha256[:16]}"
    if settings and body_of(settings[-1]).get("settings_sha256") != stated.settings_sha256:
        return Item("in-force", f"record {settings[-1].seq}", "fails", "differs-from-rows", "settings.applied")
    return Item("in-force", f"record {rows[-1].seq}", "holds", "", f"{seen}; {len(models)} models")
