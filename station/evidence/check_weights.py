"""Whether each weight follows from its raw frames: read again, the median taken again."""

from dataclasses import dataclass

from drivers.contract.plain import NotPlain, read_as
from drivers.contract.readings import WeighingWindow
from drivers.weighbridge.read_again import masses
from station.evidence.check_rows import Rows, facts_by_number, own_records
from station.evidence.manifest import Body, Manifest, RecordLine, body_of
from station.evidence.report import Item

_MOST_FRAMES, _LONGEST_FRAME = 2_000, 256  # what an attacker makes of more would cost hours
_MOST_OPENINGS = 1_000


@dataclass(frozen=True, slots=True)
class Scale:
    """What the opening of a scale said: its kind and how its frames are read."""

    device: str
    kind: str
    detail: str


def check_weights(manifest: Manifest) -> list[Item]:
    """One item for each `crossing.weighed`."""
    facts = facts_by_number(manifest)
    scales = _opened(facts)
    items: list[Item] = []
    weighed: set[int] = set()
    for row in own_records(manifest):
        if row.type == "crossing.weighed":
            again = Item("weight", f"record {row.seq}", "fails", "weighed-twice")
            items.append(again if row.facts_to in weighed else _check(row, facts, scales))
            weighed.add(row.facts_to)
    return items


def _check(row: RecordLine, facts: Rows, scales: list[tuple[int, Scale]]) -> Item:
    said = body_of(row)
    thing = str(said.get("weight_id", ""))
    fact = facts.get(row.facts_to)
    if fact is None:
        return Item("weight", thing, "not-checked", "facts-elsewhere", f"fact {row.facts_to}")
    window = window_of(body_of(fact))
    if window is None:
        return Item("weight", thing, "fails", "no-weighing", f"fact {row.facts_to}")
    told = (window.mass, window.spread, window.frames, window.ended - window.began)
    if told != tuple(said.get(name) for name in ("gross", "spread", "frames", "took")):
        return Item("weight", thing, "fails", "differs-from-rows", f"fact {row.facts_to}")
    device = body_of(fact).get("device")
    scale = next((one for fseq, one in scales if fseq < fact.fseq and one.device == device), None)
    if scale is None:
        return Item("weight", thing, "not-checked", "scale-unknown", f"fact {row.facts_to}")
    return _read_again(thing, window, scale)


def _read_again(thing: str, window: WeighingWindow, scale: Scale) -> Item:
    frames = _frames(window)
    if frames is None:
        return Item("weight", thing, "fails", "malformed", scale.device)
    read = masses(scale.kind, scale.detail, frames)
    if read is None:
        return Item("weight", thing, "not-checked", "frames-not-readable", f"{scale.kind}: {scale.detail}")
    found = sorted(mass for mass in read if mass is not None)
    if len(found) != len(read) or not found:
        return Item("weight", thing, "fails", "no-frame", f"{len(read) - len(found)} of {len(read)}; {scale.kind}")
    again = (found[len(found) // 2], found[-1] - found[0], len(found))
    if again != (window.mass, window.spread, window.frames):
        return Item(
            "weight", thing, "fails", "frames-say-otherwise", f"{again[0]} g, spread {again[1]} g, n {again[2]}"
        )
    return Item("weight", thing, "holds", "", f"{window.mass} g, {len(found)} frames")


def _frames(window: WeighingWindow) -> list[bytes] | None:
    """The raw frames; None if they are no hex, or more and longer than any scale's."""
    if len(window.raw) > _MOST_FRAMES or any(len(frame) > 2 * _LONGEST_FRAME for frame in window.raw):
        return None
    try:
        return [bytes.fromhex(frame) for frame in window.raw]
    except ValueError:
        return None


def window_of(body: Body) -> WeighingWindow | None:
    """The weighing in the body of a fact, if it is one."""
    try:
        return read_as(WeighingWindow, body.get("reading")) if body.get("is") == "DeviceRead" else None
    except NotPlain:
        return None


def _opened(facts: Rows) -> list[tuple[int, Scale]]:
    """How devices had been opened, the newest first."""
    found: list[tuple[int, Scale]] = []
    for number in sorted(facts, reverse=True):
        body = body_of(facts[number]) if facts[number].kind == "DeviceOpened" else {}
        if body:
            told = (str(body.get(name, "")) for name in ("device", "kind", "detail"))
            found.append((number, Scale(*told)))
    return found[:_MOST_OPENINGS]
