import json
import tomllib

import pytest

from tests.vision.models_folder import MODELS

NAMES = ("plate-finder", "plate-reader")


def test_every_model_that_ships_is_named_here() -> None:
    assert tuple(sorted(tomllib.loads((MODELS / "manifest.toml").read_text(encoding="utf-8"))["model"])) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_card_speaks_of_the_model_that_ships(name: str) -> None:
    manifest = tomllib.loads((MODELS / "manifest.toml").read_text(encoding="utf-8"))
    card = (MODELS / "cards" / f"{name.replace('-', '_')}.md").read_text(encoding="utf-8")
    assert manifest["model"][name]["sha256"] in card


@pytest.mark.parametrize("name", NAMES)
def test_the_metrics_were_measured_on_the_model_that_ships(name: str) -> None:
    file = MODELS / name.replace("-", "_")
    metrics = json.loads(file.with_suffix(".metrics.json").read_text(encoding="utf-8"))
    assert metrics["bytes"] == file.with_suffix(".onnx").stat().st_size
