"""Train models again from their recipes: `python -m models.train [NAME ...] [--steps N] [--build DIR]`.

Without a name all of them. Needs the `train` extra (torch, onnx) and the fonts of `models/train/fonts.py`; about an
hour on two cores for each. Writes the model, its known picture, `*.metrics.json` and its table of `manifest.toml` into
`models/`. An interrupted run is taken up at its last checkpoint. The same recipe, fonts and library versions give the
same pictures; sums of floats may differ between processors, so the last digits of the weights are not promised. What is
promised are the shares of `*.metrics.json`, within `TOLERANCE_PERMILLE`: a worse model is named and not taken up.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2

from models.train import province_recipe, reader_recipe
from models.train.again import Build, train_again
from models.train.container import finder_recipe as code_finder_recipe
from models.train.container import reader_recipe as code_reader_recipe
from models.train.finder import recipe as finder_recipe
from models.train.fonts import PINNED_FONTS, PINNED_HAN_FONTS, MissingFontError, font_paths

_MODELS = Path(__file__).resolve().parent.parent
_EX_UNAVAILABLE = 69

RECIPES: dict[str, Build] = {
    "plate-reader": reader_recipe.build_vietnamese,
    "plate-reader-cn": reader_recipe.build_chinese,
    "province-reader-cn": province_recipe.build,
    "plate-finder": finder_recipe.build,
    "code-finder": code_finder_recipe.build,
    "code-reader": code_reader_recipe.build,
}
"""By the name in the manifest."""


def main(arguments: Sequence[str]) -> int:
    """Exit codes: 0 done, 1 a model became worse (named), 69 a font is missing (named, with its package)."""
    parser = argparse.ArgumentParser(prog="python -m models.train", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(RECIPES)}; all if none is given")
    parser.add_argument("--steps", type=int, default=None, help="other than the recipe's own")
    parser.add_argument("--build", type=Path, default=_MODELS / "build", help="folder of the checkpoints")
    parser.add_argument("--target", type=Path, default=_MODELS, help="folder of the files that ship")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in RECIPES]
    if unknown:
        parser.error(f"no recipe is named {unknown[0]}; there are: {', '.join(RECIPES)}")
    try:
        font_paths(fonts=PINNED_FONTS + PINNED_HAN_FONTS)
    except MissingFontError as error:
        print(error, file=sys.stderr)
        return _EX_UNAVAILABLE
    cv2.setNumThreads(1)
    options.build.mkdir(parents=True, exist_ok=True)
    worse: list[str] = []
    for name in options.names or RECIPES:
        staged = options.build / f"{name}.again"
        found = train_again(RECIPES[name], options.steps, options.build, staged, options.target)
        if found:
            print(*found, f"{name} was not taken up; it lies in {staged}", sep="\n", file=sys.stderr)
        worse += found
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
