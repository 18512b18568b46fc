"""What the container cameras are shown: who stands there, read by the models that ship."""

from functools import partial

from station.simulate.container_view import CONTAINER_VIEWS, SIZE_TYPE, ContainerView
from station.simulate.stories import CONTAINER, OTHER_CONTAINER
from station.vision.container_reader import open_container_reader
from tests.vision.models_folder import MODELS


def test_each_side_shows_the_number_that_stands_there_and_nothing_without_one() -> None:
    reader = open_container_reader(MODELS / "manifest.toml")
    assert reader is not None
    for view in CONTAINER_VIEWS.values():
        for number in (CONTAINER, OTHER_CONTAINER, ""):
            seen = reader.read_picture(ContainerView(partial(str, number), view, seed=1).picture(0))
            assert (seen.text, seen.size_type) == (number, SIZE_TYPE if number else "")


def test_a_camera_is_never_frozen_and_knows_what_it_has_drawn() -> None:
    view = ContainerView(lambda: CONTAINER, "rear", 1, {CONTAINER})
    first, second, third = (view.picture(now_ms) for now_ms in (0, 0, 0))
    assert first != second and first is third
