"""The simulator itself: what was synced is always there, what was not may be there or not, and names are told apart."""

import sys
from pathlib import Path

import pytest

from tests.powercut.disk import SECTOR, Contents, Disk, Names
from tests.powercut.trace import (
    CannotFollow,
    MakeFile,
    MakeFolder,
    Operation,
    Rename,
    Resize,
    Said,
    Sync,
    Unlink,
    Write,
    operations,
    traced,
)
from tests.support import needs

OLD, NEW = b"o" * SECTOR * 3, b"n" * SECTOR * 3


def images(
    done: list[Operation], names: Names = "ordered", contents: Contents = "any sectors"
) -> list[dict[str, bytes]]:
    """Many of the images after `done`; folders left out."""
    disk = Disk({"/r": None, "/r/a": OLD}, names)
    for operation in done:
        disk.do(operation)
    seen = [disk.image(contents, seed) for seed in range(200)]
    return [{path: content for path, content in image.items() if content is not None} for image in seen]


def test_of_an_unsynced_write_any_sectors_are_there() -> None:
    found = {image["/r/a"] for image in images([Write("/r/a", 0, NEW)])}
    assert len(found) == 8
    assert {OLD, NEW} < found
    assert images([Write("/r/a", 0, NEW)], contents="only synced")[0] == {"/r/a": OLD}
    assert images([Write("/r/a", 0, NEW)], contents="all written")[0] == {"/r/a": NEW}


def test_what_was_synced_is_there() -> None:
    done: list[Operation] = [Write("/r/a", 0, NEW), Sync("/r/a")]
    assert {image["/r/a"] for image in images(done)} == {NEW}
    later = images([*done, Write("/r/a", SECTOR, OLD[:SECTOR]), Resize("/r/a", SECTOR)])
    assert {image["/r/a"][:SECTOR] for image in later} == {NEW[:SECTOR]}
    assert {len(image["/r/a"]) for image in later} == {SECTOR, 3 * SECTOR}


def test_a_growing_file_has_the_length_of_any_version_and_no_foreign_bytes() -> None:
    found = {image["/r/a"] for image in images([Write("/r/a", len(OLD), NEW)])}
    assert {len(content) for content in found} == {len(OLD), len(OLD) + len(NEW)}
    assert all(content.startswith(OLD) and set(content[len(OLD) :]) <= {0, ord("n")} for content in found)


def test_a_renamed_file_may_have_its_name_without_its_content() -> None:
    found = images([MakeFile("/r/b"), Write("/r/b", 0, NEW), Rename("/r/b", "/r/a")])
    assert {image["/r/a"] for image in found} >= {OLD, b"", NEW}


def test_a_sync_of_another_file_takes_names_along_only_where_they_are_ordered() -> None:
    done: list[Operation] = [MakeFile("/r/b"), Sync("/r/b"), Unlink("/r/a"), MakeFile("/r/c"), Sync("/r/c")]
    assert {tuple(image) for image in images(done)} == {("/r/b", "/r/c")}
    strict = {tuple(image) for image in images(done, "strict")}
    assert ("/r/a",) in strict and ("/r/b", "/r/c") in strict and ("/r/a", "/r/c") in strict
    assert {tuple(image) for image in images([*done, Sync("/r")], "strict")} == {("/r/b", "/r/c")}


def test_a_file_in_a_folder_that_is_gone_is_gone() -> None:
    done: list[Operation] = [MakeFolder("/r/d"), MakeFile("/r/d/e"), Sync("/r/d/e"), Sync("/r/d")]
    assert {"/r/d/e" in image for image in images(done, "strict")} == {False, True}
    assert {"/r/d/e" in image for image in images([*done, Sync("/r")], "strict")} == {True}


_SCRIPT = """
import os, sys
os.write(1, b"begun\\n")
with open(sys.argv[1] + "/f", "wb") as file:
    file.write(b"12345"); file.flush(); file.seek(1); file.write(b"x"); file.flush(); os.fsync(file.fileno())
os.rename(sys.argv[1] + "/f", sys.argv[1] + "/g")
"""


def test_a_process_is_followed_call_by_call(tmp_path: Path) -> None:
    needs("strace")
    root = tmp_path / "r"
    root.mkdir()
    done = traced([sys.executable, "-c", _SCRIPT, str(root)], root, tmp_path / "trace")
    path = f"{root}/f"
    writes = [Write(path, 0, b"12345"), Write(path, 1, b"x")]
    assert done == [Said("begun"), MakeFile(path), *writes, Sync(path), Rename(path, f"{root}/g")]


@pytest.mark.parametrize(
    "call",
    [
        r'openat(AT_FDCWD</>, "\x2f\x72\x2f\x61", O_WRONLY|O_APPEND) = 3</r/a>',
        r"mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3<\x2f\x72\x2f\x61>, 0) = 0x7f00",
        r'write(3<\x2f\x72\x2f\x61>, "\x00", 1) = 1',
        r"fallocate(3<\x2f\x72\x2f\x61>, 0, 0, 4096) = 0",
        r'link("\x2f\x72\x2f\x61", "\x2f\x72\x2f\x62") = 0',
        r'pwrite64(3<\x2f\x72\x2f\x61>, "\x00", 1, 0 <unfinished ...>',
    ],
)
def test_what_cannot_be_followed_is_refused(call: str) -> None:
    with pytest.raises(CannotFollow):
        list(operations(f"12 {call}", "/r", {"/r", "/r/a"}))
