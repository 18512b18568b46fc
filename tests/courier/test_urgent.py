"""What goes before the stream."""

import pytest

from station.courier.urgent import Message, Urgent


def test_the_newest_state_goes_first_and_is_never_crowded_out() -> None:
    urgent = Urgent()
    urgent.put_state("state", b"old")
    for number in range(100):
        urgent.add("notice", b"%d" % number)
    urgent.put_state("state", b"new")
    urgent.extend([Message("notice", b"last")])
    assert urgent.take() == Message("state", b"new", retain=True)
    others = []
    while urgent:
        others.append(urgent.take().payload)
    assert others == [*(b"%d" % number for number in range(37, 100)), b"last"]
    with pytest.raises(IndexError):
        urgent.take()


def test_what_is_old_is_cleared() -> None:
    urgent = Urgent()
    urgent.put_state("state", b"1")
    urgent.add("notice", b"2")
    urgent.clear()
    assert not urgent
