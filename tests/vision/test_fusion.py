import math

from station.vision.ctc import Candidate
from station.vision.fusion import fuse


def said(**shares: float) -> tuple[Candidate, ...]:
    return tuple(Candidate(text.removeprefix("_"), math.log(share)) for text, share in shares.items())


def test_what_both_say_is_surer_than_what_either_says() -> None:
    own = said(_12C04567=0.6, _12C04561=0.4)
    alone, both = fuse(own, ()), fuse(own, said(_12C04567=0.9, _12C04561=0.05))
    assert alone.text == both.text == "12C04567"
    assert both.confidence > alone.confidence
    assert both.confidence == 838  # sqrt(0.6 * 0.9) against sqrt(0.4 * 0.05)


def test_the_surer_reader_wins_where_they_differ() -> None:
    own = said(_12C04567=0.5, _12C04561=0.45)
    assert fuse(own, said(_12C04561=0.97)).text == "12C04561"
    assert fuse(own, said(_12C04561=0.1, _12C04567=0.095)).text == "12C04567"


def test_a_text_that_one_reader_did_not_name_is_doubted_and_not_barred() -> None:
    fused = fuse(said(_12C04567=0.999), said(_29H88001=0.01))
    assert fused.text == "12C04567" and fused.confidence < 999
