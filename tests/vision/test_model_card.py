import json
import tomllib

from tests.vision.models_folder import MODELS


def test_the_card_speaks_of_the_model_that_ships() -> None:
    manifest = tomllib.loads((MODELS / "manifest.toml").read_text(encoding="utf-8"))
    card = (MODELS / "cards" / "plate_reader.md").read_text(encoding="utf-8")
    assert manifest["model"]["plate-reader"]["sha256"] in card


def test_the_metrics_were_measured_on_the_model_that_ships() -> None:
    metrics = json.loads((MODELS / "plate_reader.metrics.json").read_text(encoding="utf-8"))
    assert metrics["bytes"] == (MODELS / "plate_reader.onnx").stat().st_size
