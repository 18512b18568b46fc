"""`python -m tests.fuzz CODEC SECONDS FOLDER`: coverage-guided fuzzing of one codec of the table.

Exit 0 if nothing was found; libFuzzer's own status, and the input in FOLDER, if the codec raised or did not hear the
good frames that followed.
"""

import sys
from pathlib import Path

from tests.fuzz.target import fuzz


def main() -> None:
    from tests.codecs.table import CODECS

    name, seconds, folder = sys.argv[1:]
    (codec,) = (codec for codec in CODECS if codec.name == name)
    fuzz(codec, seconds, Path(folder))


if __name__ == "__main__":
    main()
