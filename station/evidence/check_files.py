"""Whether pictures, scans and frames are those that the rows and the clips name, all of them and no other."""

from collections.abc import Mapping

from station.evidence.clips import frames_named, indexes_named
from station.evidence.manifest import FILES, FileLine, Manifest, body_of, lines_of, named_files
from station.evidence.plain_zip import Member
from station.evidence.report import Item


def check_files(manifest: Manifest, members: Mapping[str, Member]) -> list[Item]:
    """One item for each file that the rows name, and each frame of a clip that does not hold; one more for each file
    that nobody names.
    """
    bodies = [body_of(line) for line in lines_of(manifest.facts, manifest.records)]
    clips = indexes_named(bodies, manifest.crossing)
    by_rows = {*named_files(iter(bodies)), *clips}
    read = [members[line.member] for line in manifest.files if line.member in members and line.sha256 in clips]
    frames = frames_named(member.data for member in read if member.data is not None) - by_rows
    named = {*by_rows, *frames}
    listed = [line.sha256 for line in manifest.files]
    checked = [_check(line, members) for line in manifest.files]
    items = [item for item in checked if item.verdict != "holds" or item.thing not in frames]
    items += [Item("evidence-file", name, "fails", "left-out") for name in sorted(named - set(listed))]
    items += [Item("evidence-file", name, "fails", "nobody-names-it") for name in sorted(set(listed) - named)]
    if len(set(listed)) != len(listed):
        items.append(Item("evidence-file", "-", "fails", "listed-twice"))
    held = {line.member for line in manifest.files if line.state == "held"}
    items += [
        Item("evidence-file", name, "fails", "nobody-names-it")
        for name in members
        if name.startswith(FILES) and name not in held
    ]
    return items


def _check(line: FileLine, members: Mapping[str, Member]) -> Item:
    if line.state != "held":
        return Item("evidence-file", line.sha256, "missing", f"file-{line.state}")
    member = members.get(line.member)
    if member is None:
        return Item("evidence-file", line.sha256, "fails", "member-gone", line.member)
    if member.sha256 != line.sha256:
        return Item("evidence-file", line.sha256, "fails", "other-content", f"{line.member}: {member.sha256}")
    if member.size != line.size:
        return Item("evidence-file", line.sha256, "fails", "other-size", f"{member.size}, not {line.size}")
    return Item("evidence-file", line.sha256, "holds", "", line.member)
