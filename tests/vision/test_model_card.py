import json
import tomllib

import pytest

from tests.vision.models_folder import MODELS

MANIFEST = tomllib.loads((MODELS / "manifest.toml").read_text(encoding="utf-8"))["model"]


@pytest.mark.parametrize("name", MANIFEST)
def test_the_card_speaks_of_the_model_that_ships(name: str) -> None:
    card = (MODELS / "cards" / f"{name.replace('-', '_')}.md").read_text(encoding="utf-8")
    assert MANIFEST[name]["sha256"] in card


@pytest.mark.parametrize("name", MANIFEST)
def test_the_metrics_were_measured_on_the_model_that_ships(name: str) -> None:
    file = MODELS / name.replace("-", "_")
    metrics = json.loads(file.with_suffix(".metrics.json").read_text(encoding="utf-8"))
    assert metrics["bytes"] == file.with_suffix(".onnx").stat().st_size


def test_every_model_file_is_in_the_manifest() -> None:
    assert {path.name for path in MODELS.glob("*.onnx")} == {table["file"] for table in MANIFEST.values()}
