"""What is fuzzed: a codec hears any bytes in any pieces, then good frames, of which it may lose two."""

from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["drivers", "tests.fuzz"]):
    from tests.codecs.table import Codec

_GOOD_AFTER = 6
_LOST_AT_MOST = 2
_LONGEST = 400


def fuzz(codec: Codec, seconds: str, folder: Path) -> None:
    """Never returns: the process ends with libFuzzer's status. The first byte of an input says how it is cut."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(codec.frames):
        (corpus / f"frame{number}").write_bytes(b"\x07" + frame * 2)
    options = [f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-artifact_prefix={folder}/"]
    atheris.Setup(["fuzz", *options, "-print_final_stats=1", str(corpus)], _target(codec))
    atheris.Fuzz()


def _target(codec: Codec) -> Callable[[bytes], None]:
    after = codec.spoken([codec.frames[0]] * _GOOD_AFTER)

    def test_one_input(data: bytes) -> None:
        ear = codec.ear()
        step = 1 + (data[0] % 32 if data else 0)
        for at in range(1, len(data), step):
            ear(data[at : at + step])
        good = sum(codec.is_good(found) for piece in after for found in ear(piece))
        if good < _GOOD_AFTER - _LOST_AT_MOST:
            raise AssertionError(f"{codec.name} is deaf after {data.hex(' ')}: {good} of {_GOOD_AFTER}")

    return test_one_input
