"""`python -m tests.fuzz CODEC SECONDS [FOLDER]`: coverage-guided fuzzing of one codec of the table.

Exit 0 if nothing was found; libFuzzer's own status, and the input in FOLDER, if the codec raised or did not hear the
good frames that followed. The first byte of an input says how it is cut; the rest is what the line brings.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["drivers"]):
    from tests.codecs.table import CODECS, Codec

_GOOD_AFTER = 6
_LOST_AT_MOST = 2
_LONGEST = 400


def _target(codec: Codec) -> "atheris._TestOneInput":
    frame = codec.frames[0]
    after = codec.spoken([frame] * _GOOD_AFTER)

    def test_one_input(data: bytes) -> None:
        ear = codec.ear()
        step = 1 + (data[0] % 32 if data else 0)
        for at in range(1, len(data), step):
            ear(data[at : at + step])
        good = sum(codec.is_good(found) for piece in after for found in ear(piece))
        if good < _GOOD_AFTER - _LOST_AT_MOST:
            raise AssertionError(f"{codec.name} is deaf after {data.hex(' ')}: {good} of {_GOOD_AFTER}")

    return test_one_input


def main() -> None:
    name, seconds = sys.argv[1], sys.argv[2]
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path.cwd()
    (codec,) = (codec for codec in CODECS if codec.name == name)
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(codec.frames):
        (corpus / f"frame{number}").write_bytes(b"\x07" + frame * 2)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], _target(codec))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
