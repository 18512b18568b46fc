"""The folder of models: a new one is entered whole or not at all, and the manifest before it can be put back.

A file in the folder is never written over: one of the same name and other content gets its hash into its name. The
manifest is replaced last, by a rename, after every model that it would list was proved where it lies; whatever fails
before, and a power cut at any time, leaves the manifest that was there and all its files. Only files that no manifest
names may be left behind.
"""

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import tomlkit

from drivers.contract.faults import DeviceFault
from station.vision.manifest import load_model_entry, model_hashes, refusal
from station.vision.plate_readers import open_plate_readers
from station.vision.proving import prove

MANIFEST: Final = "manifest.toml"
PREVIOUS: Final = "manifest.toml.previous"
"""The manifest before the last change, beside the one in force."""
_STAGED: Final = "manifest.toml.staged"
_CARDS: Final = "cards"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,40}")
_NEXT_STEP: Final = "mend the named thing; the models in force are unchanged"


class StoreBusy(Exception):
    """Another program changes this folder."""


class NoPrevious(Exception):
    """Nothing was changed here, so there is nothing to put back."""


def install(source: Path, models: Path) -> tuple[str, ...]:
    """Enter the models of `source` (a folder with a manifest, or the manifest) into the folder `models`.

    Returns their names. Raises DeviceFault("bad-model"), StoreBusy, OSError; then everything is as it was.
    """
    offered = source / MANIFEST if source.is_dir() else source
    names = tuple(name for name, _ in model_hashes(offered))
    if not names:
        raise refusal("list", f"{offered} lists no model")
    for name in names:
        if not _NAME.fullmatch(name):
            raise refusal(name, "a name has small letters, digits and hyphens")
        prove(offered, name)
    with _alone(models), _only_if_all_went_well() as written:
        document: dict[str, Any] = tomlkit.parse((models / MANIFEST).read_text(encoding="utf-8"))
        new: dict[str, Any] = tomlkit.parse(offered.read_text(encoding="utf-8"))
        for name in names:
            _enter(name, offered, models, new["model"][name], written)
            document["model"][name] = new["model"][name]
        _put_in_force(tomlkit.dumps(document).encode(), models, written)
    return names


def put_back(models: Path) -> tuple[str, ...]:
    """Put the manifest before the last change in force again; once more undoes that. Returns the names it lists.

    Raises NoPrevious, DeviceFault("bad-model"), StoreBusy, OSError; then everything is as it was.
    """
    previous = models / PREVIOUS
    with _alone(models), _only_if_all_went_well() as written:
        if not previous.exists():
            raise NoPrevious(str(previous))
        _put_in_force(previous.read_bytes(), models, written)
    return tuple(name for name, _ in model_hashes(models / MANIFEST))


def _prove_all(manifest: Path) -> None:
    """Every model must be proved, and the lane must not be left without a reader of plates."""
    open_plate_readers(manifest)
    for name, _ in model_hashes(manifest):
        prove(manifest, name)


def _put_in_force(manifest: bytes, models: Path, written: list[Path]) -> None:
    """Prove what `manifest` lists, then let it take the place of the one in force, which is kept."""
    staged, in_force, previous = models / _STAGED, models / MANIFEST, models / PREVIOUS
    written.append(staged)
    _write(staged, manifest)
    _prove_all(staged)
    kept = previous.read_bytes() if previous.exists() else None
    try:
        _write(previous, in_force.read_bytes())
        staged.replace(in_force)
    except BaseException:
        if kept is None:
            previous.unlink(missing_ok=True)
        else:
            _write(previous, kept)
        raise
    written.clear()  # from here on they are in force
    _sync(models)


def _enter(name: str, offered: Path, models: Path, table: dict[str, Any], written: list[Path]) -> None:
    """Copy the model's files; `table`, its lines of the manifest, then names them as they are called here."""
    entry = load_model_entry(offered, name)
    table["file"] = _copy(entry.file, models, Path(entry.file.name), written)
    table["known_picture"] = _copy(entry.known.picture, models, Path("known") / entry.known.picture.name, written)
    card = offered.parent / _CARDS / f"{entry.file.stem}.md"
    if card.is_file():
        _copy(card, models, Path(_CARDS) / f"{Path(table['file']).stem}.md", written)


def _copy(source: Path, models: Path, wanted: Path, written: list[Path]) -> str:
    """Where the file lies now, relative to `models`; under another name if its own is taken by other content."""
    data = source.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    for place in (wanted, wanted.with_name(f"{wanted.stem}-{digest[:12]}{wanted.suffix}")):
        target = models / place
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            written.append(target)
            _write(target, data)
            return place.as_posix()
        if target.read_bytes() == data:
            return place.as_posix()
    raise DeviceFault("bad-model", str(models / wanted), "both of its names are taken by other files", _NEXT_STEP)


def _write(target: Path, data: bytes) -> None:
    """Whole and durable, or not there under this name."""
    half = target.with_name(target.name + ".half")
    try:
        with half.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.chmod(0o644)
        half.replace(target)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    _sync(target.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    descriptor = os.open(models, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusy(str(models)) from error
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _only_if_all_went_well() -> Iterator[list[Path]]:
    """What was written since is taken away again if anything fails."""
    written: list[Path] = []
    try:
        yield written
    except BaseException:
        for path in written:
            with contextlib.suppress(OSError):  # the first failure is the one to tell
                path.unlink(missing_ok=True)
        raise
