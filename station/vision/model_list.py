"""What the manifest lists, as far as it can be told without running anything."""

from dataclasses import asdict, dataclass
from pathlib import Path

from station.vision.manifest import load_model_entry, model_hashes
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
    """Every model, by name. Raises DeviceFault("bad-model") for the first whose files do not fit."""
    return tuple(_listed(manifest, name) for name, _ in model_hashes(manifest))


def _listed(manifest: Path, name: str) -> Listed:
    entry = load_model_entry(manifest, name)
    data = entry.file.read_bytes()
    card = manifest.parent / "cards" / f"{entry.file.stem}.md"
    found = str(card) if card.is_file() else ""
    return Listed(name, entry.kind, str(entry.file), entry.sha256, len(data), opset_of(data), found)
