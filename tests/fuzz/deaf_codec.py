"""A codec broken on purpose: it understands lines, but an octet that stands in no good frame makes it deaf for ever."""

from tests.codecs.table import CODECS, Codec, Ear

_ESCAPE = 0x1B


def _ear() -> Ear:
    whole = _LINES.ear()
    is_deaf = False

    def hear(data: bytes) -> list[object]:
        nonlocal is_deaf
        for octet in data:
            if octet == _ESCAPE:
                is_deaf = True
        return [] if is_deaf else whole(data)

    return hear


_LINES = next(codec for codec in CODECS if codec.name == "ascii st-gs")
DEAF = Codec("deaf", _ear, _LINES.frames, _LINES.is_good)
