"""What a camera suffers is told by its name after three of five trucks, and is never learned."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from drivers.contract.plain import decode, encode
from drivers.contract.readings import ViewMeasured
from station.core import camera_view
from station.core.camera_view import LEARNED_FROM, RAISE_AT, WINDOW, CameraView, look, suspect
from tests.core.views import learned_by_day, measured

Spoilt = Callable[[int], ViewMeasured]

FAULTS: dict[str, Spoilt] = {
    "DARK": lambda truck: measured(truck, mean=9, contrast=9, dark=950, sharpness=0),
    "BURNT_OUT": lambda truck: measured(truck, mean=220, burnt=500),
    "BLURRED": lambda truck: measured(truck, sharpness=600),
    "OBSTRUCTED": lambda truck: measured(truck, covered=0.5),
    "MOVED": lambda truck: measured(truck, right=5),
    "FROZEN": lambda _: measured(3),
}


def after(view: CameraView, pictures: Iterable[ViewMeasured], *, surely_read: bool = False) -> CameraView:
    for picture in pictures:
        view, _ = look(view, picture, surely_read=surely_read)
    return view


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(fault: str) -> None:
    view = replace(learned_by_day(), last=measured(3).edges)
    told = after(view, (FAULTS[fault](truck) for truck in range(100, 105)))
    assert told.cause == fault
    assert set(told.votes) == {fault}


def test_other_trucks_are_no_fault() -> None:
    view = after(learned_by_day(), (measured(truck) for truck in range(100, 200)))
    assert set(view.votes) == {""}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_suspicion_says_by_how_much(fault: str) -> None:
    found = suspect(replace(learned_by_day(), last=measured(3).edges), FAULTS[fault](100))
    assert found is not None
    assert found.cause == fault
    assert found.measured != found.limit


def hysteresis(see: Callable[..., tuple[CameraView, object]]) -> None:
    """Two of five raise nothing; three do; it stands until a whole window is clean."""
    view = learned_by_day()
    pattern = [FAULTS["BLURRED"], measured, FAULTS["BLURRED"], measured, measured, measured]
    for at, picture in enumerate(pattern):
        view, _ = see(view, picture(100 + at), surely_read=False)
        assert view.cause == "", "raised too early"
    for at in range(RAISE_AT):
        view, _ = see(view, FAULTS["BLURRED"](110 + at), surely_read=False)
    assert view.cause == "BLURRED"
    for at in range(WINDOW):
        assert view.cause == "BLURRED", "cleared too early"
        view, _ = see(view, measured(120 + at), surely_read=False)
    assert view.cause == ""


def test_an_alarm_needs_three_of_five_and_a_clean_window_ends_it() -> None:
    hysteresis(look)


def test_mutant_without_hysteresis_is_caught() -> None:
    def hasty(view: CameraView, seen: ViewMeasured, *, surely_read: bool) -> tuple[CameraView, object]:
        view, found = look(view, seen, surely_read=surely_read)
        return replace(view, cause=found.cause if found is not None else ""), found

    with pytest.raises(AssertionError, match="raised too early"):
        hysteresis(hasty)


def test_another_cause_takes_over() -> None:
    view = after(learned_by_day(), (FAULTS["BLURRED"](truck) for truck in range(100, 103)))
    view = after(view, (FAULTS["DARK"](truck) for truck in range(103, 105)))
    assert view.cause == "BLURRED"
    assert after(view, [FAULTS["DARK"](105)]).cause == "DARK"


def creeping_blur() -> Iterable[ViewMeasured]:
    """Dust takes a permille of the sharpness every ninth truck, and every plate is still read."""
    return (measured(1_000 + truck, sharpness=1000 - truck // 9) for truck in range(0, 3_600, 2))


def creeping_cover() -> Iterable[ViewMeasured]:
    """A web that grows over half of the view within 2,000 trucks."""
    return (measured(1_000 + truck, covered=truck / 4_000) for truck in range(0, 2_000, 2))


@pytest.mark.parametrize("creep", [creeping_blur, creeping_cover])
def test_a_fault_that_grows_slowly_is_raised_all_the_same(creep: Callable[[], Iterable[ViewMeasured]]) -> None:
    grows_slowly(creep)


def grows_slowly(creep: Callable[[], Iterable[ViewMeasured]]) -> None:
    view = learned_by_day()
    for picture in creep():
        view, _ = look(view, picture, surely_read=True)
        if view.cause:
            return
    raise AssertionError("the fault was learned")


def test_mutant_that_learns_whatever_comes_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = camera_view._followed

    def greedy(old: camera_view.Reference, seen: ViewMeasured, edges: int) -> camera_view.Reference:
        new = honest(replace(old, first_sharpness=seen.sharpness), seen, edges)
        return replace(new, sharpness=(7 * old.sharpness + seen.sharpness) // 8)  # type: ignore[arg-type]

    monkeypatch.setattr(camera_view, "_followed", greedy)
    with pytest.raises(AssertionError, match="was learned"):
        grows_slowly(creeping_blur)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_learned_reference_takes_in_no_fault(fault: str) -> None:
    """Not even while plates are read: neither what is suspected nor what comes beside it."""
    view = before = replace(learned_by_day(), last=measured(3).edges)
    for truck in range(200):
        picture = measured(100 + truck) if truck % 4 == 3 else FAULTS[fault](100 + truck)
        view, _ = look(view, picture, surely_read=fault != "DARK" or truck % 4 == 3)
    assert (view.day, view.night) == (before.day, before.night)


def test_only_surely_read_pictures_are_learned_from() -> None:
    view = after(CameraView("camera"), (measured(truck) for truck in range(50)))
    assert view.day.pictures == 0
    assert after(view, (measured(truck) for truck in range(50)), surely_read=True).day.pictures >= LEARNED_FROM


def test_an_unlearned_camera_is_judged_by_what_no_camera_survives() -> None:
    view = CameraView("camera")
    assert suspect(view, measured(1, sharpness=300)) is None
    assert suspect(view, measured(1, mean=0, contrast=1, dark=1000)) is not None
    assert suspect(view, measured(1, mean=254, burnt=950)) is not None


def test_the_first_night_is_learned_and_its_faults_are_still_found() -> None:
    """By night half of the background is unlit. Plates are read, so this is the night and no cover."""

    def night(truck: int) -> ViewMeasured:
        return measured(truck, mean=25, contrast=40, dark=300, covered=0.3)

    view = after(learned_by_day(), (night(truck) for truck in range(100, 100 + LEARNED_FROM)), surely_read=True)
    assert view.night.is_learned
    assert view.cause == ""
    view = after(view, (night(truck) for truck in range(150, 160)))
    assert set(view.votes) == {""}
    covered = (measured(truck, mean=25, contrast=40, dark=300, covered=0.85) for truck in range(170, 173))
    assert after(view, covered).cause == "OBSTRUCTED"


def test_a_camera_that_is_dark_by_nature_is_not_called_dark() -> None:
    flash = [measured(truck, mean=12, contrast=12, dark=940) for truck in range(60)]
    view = after(CameraView("camera"), flash, surely_read=True)
    assert set(view.votes) == {""}
    assert after(view, (measured(truck, mean=0, contrast=2, dark=1000) for truck in range(3))).cause == "DARK"


def test_a_view_without_lasting_edges_tells_nothing_of_cover_and_place() -> None:
    view = CameraView("camera")
    bare = [replace(measured(truck), edges="0" * 576) for truck in range(40)]
    view = after(view, bare, surely_read=True)
    assert suspect(view, measured(100, covered=0.9)) is None
    assert suspect(view, measured(100, sharpness=500)) is not None


def test_it_survives_as_text() -> None:
    view = after(learned_by_day(), [measured(100), FAULTS["BLURRED"](101)])
    assert decode(CameraView, encode(view)) == view
    assert len(encode(replace(view, night=view.day))) < 8_000
