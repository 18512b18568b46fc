"""What the manifest lists, and the second reader if installed, as far as it can be told without running anything."""

from dataclasses import asdict, dataclass
from pathlib import Path

from station.vision import second_file
from station.vision.manifest import ModelEntry, load_model_entry, model_hashes
from station.vision.onnx_opset import opset_of


@dataclass(frozen=True, slots=True)
class Listed:
    """One model; `size` in bytes, `card` is the path of its card or ""."""

    name: str
    kind: str
    file: str
    sha256: str
    size: int
    opset: int | None
    card: str

    def as_plain(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def list_models(manifest: Path) -> tuple[Listed, ...]:
    """Every model, by name; last the second reader. Raises DeviceFault("bad-model") for the first that does not fit."""
    entries = [load_model_entry(manifest, name) for name, _ in model_hashes(manifest)]
    cards = manifest.parent / "cards"
    return (*(_listed(entry, cards / f"{entry.file.stem}.md") for entry in entries), *_second())


def _second() -> tuple[Listed, ...]:
    try:
        entry = second_file.installed_entry()
    except second_file.NotInstalled:
        return ()
    return (_listed(entry, None),)


def _listed(entry: ModelEntry, card: Path | None) -> Listed:
    data = entry.file.read_bytes()
    found = str(card) if card is not None and card.is_file() else ""
    return Listed(entry.name, entry.kind, str(entry.file), entry.sha256, len(data), opset_of(data), found)
