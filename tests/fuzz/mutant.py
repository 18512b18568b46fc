"""`python -m tests.fuzz.mutant deaf SECONDS FOLDER`: the broken codec, which the fuzzing must find."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["drivers", "tests.fuzz"]):
    from tests.fuzz.deaf_codec import DEAF
    from tests.fuzz.target import fuzz

if __name__ == "__main__":
    fuzz(DEAF, sys.argv[2], Path(sys.argv[3]))
