"""Readers side by side, with readings made up here."""

from drivers.contract.quantities import Permille
from station.evaluation.beside import FUSED, OWN, SECOND, Beside, beside_figures
from station.evaluation.evaluate import sampled
from station.evaluation.folder import Photo
from station.evaluation.trials import Trial
from station.vision.plate_reader import PlateText


def photo(number: int, label: str = "12C04567", group: str = "road") -> Photo:
    return Photo(f"{number}.jpg", label, label, "1", group)


def beside(number: int, own: str, second: str, fused: str) -> Beside:
    def trial(text: str) -> Trial:
        return Trial(photo(number), PlateText(text, text, Permille(900), ()), 2.0, 1.0)

    return Beside({OWN: trial(own), SECOND: trial(second), FUSED: trial(fused)})


def test_each_reader_and_where_both_agree() -> None:
    good, bad = "12C04567", "12C04561"
    read = [
        beside(0, good, good, good),
        beside(1, good, bad, good),
        beside(2, bad, bad, bad),
        beside(3, bad, good, bad),
    ]
    lines = list(beside_figures(read, has_corrections=False))
    exact = {line.what: (line.value, line.n) for line in lines if line.section == "eval-beside"}
    assert exact == {OWN: (50.0, 4), SECOND: (50.0, 4), FUSED: (50.0, 4), "eval-agreed": (50.0, 2)}
    assert [line.of for line in lines if line.what == "eval-agreed"] == ["road (50.0 %)"]
    assert {line.what for line in lines if line.section == "eval-beside-times"} == {OWN, SECOND, FUSED}


def test_nothing_read_gives_no_line() -> None:
    assert list(beside_figures([], has_corrections=False)) == []


def test_a_sample_is_spread_evenly_over_each_set() -> None:
    photos = [photo(number) for number in range(10)] + [photo(99, group="few")]
    assert [one.path for one in sampled(photos, 5)] == ["0.jpg", "2.jpg", "4.jpg", "6.jpg", "8.jpg", "99.jpg"]
    assert sampled(photos, 0) == photos
