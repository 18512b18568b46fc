"""`python -m tests.proof PART [--short]`: measure what a part promises. Exit 0 all passed, 1 not, 2 no such part."""

import importlib
import sys
from pathlib import Path

from tests.proof.frame import Extent, run

_NOT_PARTS = {"__main__", "frame"}


def main(arguments: list[str]) -> int:
    parts = {path.stem for path in Path(__file__).parent.glob("*.py")} - _NOT_PARTS
    parts = {part for part in parts if not part.startswith("test_")}
    extent: Extent = "short" if "--short" in arguments else "full"
    names = [argument for argument in arguments if argument != "--short"]
    if len(names) != 1 or names[0] not in parts:
        print(f"proof: say one part of: {', '.join(sorted(parts)) or '(none yet)'}; optional: --short", file=sys.stderr)
        return 2
    part = importlib.import_module(f"tests.proof.{names[0]}")
    return 0 if run(part.PROMISES, extent, lambda line: print(line, flush=True)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
