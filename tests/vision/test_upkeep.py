import gc
import weakref

import pytest

from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Tick
from station.vision.upkeep import LOOK_EVERY, QUIET, Upkeep, own_pss_kib
from tests.support import fresh_pages

CEILING_MIB = 100


def upkeep(mib: float, pictures: int = LOOK_EVERY) -> Upkeep:
    kept = Upkeep("reader", CEILING_MIB, lambda: int(mib * 1024))
    for _ in range(pictures):
        kept.read_one(Tick(1_000))
    return kept


def test_below_the_ceiling_nothing_happens() -> None:
    upkeep(CEILING_MIB).look(Tick(1_000_000))


def test_memory_is_looked_at_now_and_then_only() -> None:
    upkeep(900, LOOK_EVERY - 1).look(Tick(1_000_000))


def test_above_it_the_process_ends_in_a_quiet_moment() -> None:
    kept = upkeep(CEILING_MIB + 1)
    kept.look(Tick(1_000 + QUIET - 1))
    with pytest.raises(DeviceFault) as ended:
        kept.look(Tick(1_000 + QUIET))
    fault = ended.value.fault
    assert (fault.code, fault.thing) == ("renewal", "reader")
    assert "101 MiB after 50 pictures, at most 100" in fault.seen
    assert fault.next_step


def test_far_above_it_it_waits_for_no_quiet_moment() -> None:
    with pytest.raises(DeviceFault):
        upkeep(CEILING_MIB * 1.5 + 1).look(Tick(1_001))


def test_the_memory_of_this_process_is_told() -> None:
    before = own_pss_kib()
    with fresh_pages(32 << 20):
        assert own_pss_kib() - before > 24 << 10


class _Ring:
    def __init__(self) -> None:
        self.itself = self


def test_what_a_reading_leaves_in_a_circle_is_swept_and_what_lives_for_good_is_passed_over() -> None:
    kept = Upkeep("reader", 100, lambda: 0)
    good = _Ring()
    kept.settle()
    try:
        assert gc.get_freeze_count() > 0
        left = weakref.ref(_Ring())
        for _ in range(LOOK_EVERY):
            kept.read_one(Tick(0))
        kept.look(Tick(0))
        assert left() is None
        assert good.itself is good
    finally:
        kept.let_go()
    assert gc.get_freeze_count() == 0
