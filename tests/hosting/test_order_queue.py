from drivers.contract.orders import DropMotion, Order, RaiseBoom, ReadContainer, ReadPlate, TakePicture
from drivers.contract.quantities import Tick
from station.hosting.order_queue import OrderQueue

_LATER = Tick(9_000)


def served(*orders: Order) -> list[str]:
    queue = OrderQueue()
    for order in orders:
        queue.put(order)
    return [queue.take().order_id for _ in orders if queue]


def read(name: str) -> ReadPlate:
    return ReadPlate(name, _LATER, "/x", "s", (0, 0, 0, 0))


def test_of_pictures_to_be_read_the_newest_goes_first_and_nothing_else_moves() -> None:
    picture = TakePicture("picture", _LATER, "plate")
    assert served(read("one"), picture, read("two"), read("three")) == ["three", "two", "one", "picture"]
    assert served(TakePicture("a", _LATER, "plate"), TakePicture("b", _LATER, "plate")) == ["a", "b"]


def test_plates_are_read_before_containers() -> None:
    box, later = ReadContainer("box", _LATER, "/x", "s"), ReadContainer("later", _LATER, "/x", "s")
    assert served(box, read("one"), later, read("two")) == ["two", "one", "later", "box"]


def test_a_protective_order_goes_before_any_picture() -> None:
    assert served(read("one"), DropMotion("drop", _LATER), read("two")) == ["drop", "two", "one"]


def test_what_a_protective_order_voids_is_gone() -> None:
    queue = OrderQueue()
    queue.put(RaiseBoom("raise", _LATER))
    assert [gone.order_id for gone in queue.put(DropMotion("drop", _LATER))] == ["raise"]
