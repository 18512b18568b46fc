"""Whether each clip is what its record says: the index, its frames, and the part of the window that no frame shows."""

import itertools
from collections.abc import Mapping

from drivers.contract.clips import ClipIndex
from station.evidence.check_rows import own_records
from station.evidence.clips import read_index
from station.evidence.manifest import Body, FileLine, Manifest, body_of
from station.evidence.plain_zip import Member
from station.evidence.report import Item


def check_clips(manifest: Manifest, members: Mapping[str, Member]) -> list[Item]:
    """One item for each clip of the crossing."""
    files = {line.sha256: line for line in manifest.files}
    bodies = (body_of(row) for row in own_records(manifest))
    return [_check(body, files, members) for body in bodies if body.get("is") == "ClipKept"]


def _check(body: Body, files: Mapping[str, FileLine], members: Mapping[str, Member]) -> Item:
    thing = f"{body.get('clip')} {body.get('camera')}"
    line = files.get(str(body.get("sha256")))
    if line is None:
        return Item("clip", thing, "fails", "left-out")
    if line.state != "held":
        return Item("clip", thing, "missing", f"file-{line.state}")
    member = members.get(line.member)
    if member is None:
        return Item("clip", thing, "fails", "member-gone", line.member)
    if member.data is None:
        return Item("clip", thing, "not-checked", "too-big", line.member)
    index = read_index(member.data)
    if index is None or member.sha256 != line.sha256:
        return Item("clip", thing, "fails", "no-index", line.member)
    try:
        code = _differs(body, index)
    except (TypeError, KeyError):
        code = "clip-differs"
    if code:
        return Item("clip", thing, "fails", code, line.member)
    listed = [sha256 for _, sha256 in index.frames if sha256 in files]
    held = sum(files[sha256].state == "held" for sha256 in listed)
    if len(listed) < len(index.frames):
        return Item("clip", thing, "fails", "left-out", f"{len(listed)} of {len(index.frames)} frames")
    events = "+".join(str(event[0]) for event in body["events"])
    seen = f"{events}: {held} of {len(index.frames)} frames, {body['missing']} ms missing"
    return Item("clip", thing, "holds", "", seen)


def _differs(body: Body, index: ClipIndex) -> str:
    """The code of what does not fit between record and index, or ""."""
    ticks = [tick for tick, _ in index.frames]
    if not ticks or any(after <= before for before, after in itertools.pairwise(ticks)):
        return "frames-out-of-order"
    if ticks[0] < index.since or ticks[-1] > index.until:
        return "frames-out-of-order"
    told = [body[name] for name in ("clip", "camera", "since", "first", "last", "frames")]
    if told != [index.clip, index.camera, index.since, ticks[0], ticks[-1], len(ticks)]:
        return "clip-differs"
    edges = [index.since, *ticks, index.until]
    pauses = [after - before for before, after in itertools.pairwise(edges)]
    shown_by_none = sum(pause - index.period for pause in pauses if pause > 2 * index.period)
    behind = max(0, body["until"] - index.until)  # the window grew after the camera was lost
    return "" if body["missing"] == shown_by_none + behind else "clip-differs"
