from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.orders import ReadContainer, ReadPlate
from drivers.contract.quantities import Tick
from station.vision.reading_queue import MOST_WAITING, ReadingQueue


def order(name: str, not_after: int) -> ReadPlate:
    return ReadPlate(name, Tick(not_after), "/x", "s", (0, 0, 0, 0))


def test_too_many_give_up_the_oldest() -> None:
    queue = ReadingQueue()
    for number in range(MOST_WAITING + 2):
        queue.put(order(str(number), 100 + number))
    newest, given_up = queue.take(Tick(0))
    assert newest is not None and newest.order_id == str(MOST_WAITING + 1)
    assert [(one.order.order_id, one.why) for one in given_up] == [("0", "overtaken"), ("1", "overtaken")]


def test_plates_go_before_containers_and_push_them_out() -> None:
    queue = ReadingQueue()
    for number in range(2):
        queue.put(ReadContainer(f"c{number}", Tick(900 + number), "/x", "s"))
    for number in range(MOST_WAITING - 1):
        queue.put(order(f"p{number}", 100 + number))
    served = [queue.take(Tick(0)) for _ in range(MOST_WAITING)]
    assert [one.order.order_id for one in served[0][1]] == ["c0"]
    assert [taken.order_id for taken, _ in served if taken is not None] == ["p2", "p1", "p0", "c1"]


def test_the_last_tick_of_its_patience_still_counts() -> None:
    queue = ReadingQueue()
    queue.put(order("a", 100))
    assert queue.take(Tick(100))[0] is not None
    queue.put(order("b", 100))
    newest, given_up = queue.take(Tick(101))
    assert newest is None
    assert [one.why for one in given_up] == ["expired"]


@given(st.lists(st.one_of(st.integers(0, 300), st.none()), max_size=40))
def test_every_order_is_answered_once_and_none_late(happenings: list[int | None]) -> None:
    """A number is an order with that much patience left, None a moment at which one may be read."""
    queue, now, given, ended = ReadingQueue(), 0, 0, list[str]()
    for what in [*happenings, *[None] * (MOST_WAITING + 1)]:
        now += 10
        if what is not None:
            queue.put(order(str(given), now + what))
            given += 1
            continue
        taken, given_up = queue.take(Tick(now))
        ended += [one.order.order_id for one in given_up]
        if taken is not None:
            assert now <= taken.not_after
            ended.append(taken.order_id)
    assert sorted(ended, key=int) == [str(number) for number in range(given)]
    assert not queue
