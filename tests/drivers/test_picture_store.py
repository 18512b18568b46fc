import hashlib
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.camera.picture_store import NotStored, PictureStore
from tests.support import needs

JPEG = b"\xff\xd8" + bytes(range(256)) * 400 + b"\xff\xd9"
DIGEST = hashlib.sha256(JPEG).hexdigest()


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    """A real refusal by the kernel in the middle of a write, without a small disk: no file may grow beyond `size`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files_under(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_picture_lies_under_its_digest(tmp_path: Path) -> None:
    stored = PictureStore(tmp_path).keep(JPEG)
    assert stored.sha256 == DIGEST
    assert stored.path == tmp_path / DIGEST[:2] / f"{DIGEST}.jpg"
    assert stored.path.read_bytes() == JPEG


def test_the_same_picture_twice_is_one_file_written_once(tmp_path: Path) -> None:
    first = PictureStore(tmp_path).keep(JPEG)
    inode = first.path.stat().st_ino
    assert PictureStore(tmp_path).keep(JPEG) == first
    assert files_under(tmp_path) == [first.path]
    assert first.path.stat().st_ino == inode


def test_a_file_that_rotted_is_written_again(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    path = store.keep(JPEG).path
    path.write_bytes(JPEG[:100])
    assert store.keep(JPEG).path.read_bytes() == JPEG


def test_a_missing_evidence_folder_is_made(tmp_path: Path) -> None:
    assert PictureStore(tmp_path / "a" / "b").keep(JPEG).path.read_bytes() == JPEG


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    with disk_full_after(10_000), pytest.raises(NotStored, match=DIGEST):
        store.keep(JPEG)
    assert files_under(tmp_path) == []
    assert store.keep(JPEG).path.read_bytes() == JPEG


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.write_text("a file where the folder should be")
    with pytest.raises(NotStored, match=str(evidence)):
        PictureStore(evidence).keep(JPEG)


def test_the_bytes_reach_the_disk_before_the_name_and_the_name_before_the_answer(tmp_path: Path) -> None:
    """The order of system calls, as a power cut would see it."""
    strace = needs("strace")
    log = tmp_path / "calls"
    script = (
        "import sys; from pathlib import Path; from drivers.camera.picture_store import PictureStore;"
        "PictureStore(Path(sys.argv[1])).keep(b'jpeg' * 1000)"
    )
    command = [str(strace), "-o", str(log), "-e", "trace=openat,write,fsync,rename,mkdir"]
    command += [sys.executable, "-c", script, str(tmp_path / "evidence")]
    subprocess.run(command, check=True, timeout=30, cwd=Path(__file__).parents[2])
    calls = log.read_text().splitlines()
    start = next(n for n, call in enumerate(calls) if "evidence" in call and call.startswith("mkdir"))
    names = [call.split("(", maxsplit=1)[0] for call in calls[start:]]
    kinds = [name for name in names if name in {"write", "fsync", "rename"}]
    assert kinds[kinds.index("write") :] == ["write", "fsync", "rename", "fsync"]
    assert "fsync" in kinds[: kinds.index("write")]  # the new folder's own name
