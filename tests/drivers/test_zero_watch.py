"""The zero before entry: what the empty deck showed, told with the weight that was taken from it."""

from drivers.contract.plain import decode, encode
from drivers.contract.quantities import Grams, Tick, kilograms
from drivers.contract.readings import Reading, WeighingWindow
from drivers.weighbridge.deck_model import DeckModel
from drivers.weighbridge.toledo_driver import ToledoDriver, ToledoSettings
from drivers.weighbridge.toledo_peer import ToledoPeer
from drivers.weighbridge.window import WeighedFrame
from drivers.weighbridge.zero_watch import ZeroWatch
from tests.drivers.scale_bench import ScaleBench, readings_of


def _bench() -> ScaleBench:
    deck = DeckModel(seed=1)
    settings = ToledoSettings("toledo-continuous", "loopback")
    return ScaleBench(deck, ToledoPeer(deck), lambda tools: ToledoDriver("scale", settings, tools))


def _weighed(bench: ScaleBench) -> WeighingWindow:
    bench.deck.set_load(kilograms(20_000))
    bench.weigh()
    (window,) = readings_of(bench.run(12_000), WeighingWindow)
    return window


def test_a_deck_that_was_seen_empty_gives_its_zero_with_the_weight() -> None:
    bench = _bench()
    bench.run(2000)
    assert _weighed(bench).zero == 0


def test_mud_on_the_deck_shows_in_the_zero_and_in_the_weight() -> None:
    bench = _bench()
    bench.deck.set_zero_error(kilograms(60))
    bench.run(3000)
    window = _weighed(bench)
    assert (window.mass, window.zero) == (kilograms(20_060), kilograms(60))


def test_a_deck_that_was_never_seen_empty_has_no_zero_and_a_new_opening_forgets_it() -> None:
    bench = _bench()
    bench.run(2000)
    assert _weighed(bench).zero == 0
    bench.driver.close()
    bench.driver.open()
    assert _weighed(bench).zero is None


def test_a_single_still_frame_while_a_truck_rolls_on_is_no_zero() -> None:
    watch = ZeroWatch()
    for at in range(0, 1500, 100):
        watch.see(WeighedFrame(Grams(0), False, "", b""), Tick(at))
    watch.see(WeighedFrame(kilograms(300), False, "", b""), Tick(1500))
    watch.see(WeighedFrame(kilograms(9_000), True, "", b""), Tick(1600))
    assert watch.zero == 0


def test_whatever_is_in_doubt_or_moves_is_no_zero() -> None:
    watch = ZeroWatch()
    for at in range(0, 3000, 100):
        watch.see(WeighedFrame(Grams(0), at % 500 == 0, "", b""), Tick(at))
        watch.see(WeighedFrame(Grams(0), False, "not-zeroed", b""), Tick(at))
    assert watch.zero is None


def test_a_window_of_before_this_field_is_still_read() -> None:
    window = WeighingWindow("w1", kilograms(1), Grams(0), 5, Tick(0), Tick(1000), ("02",))
    assert decode(Reading, encode(window)) == window
    assert decode(Reading, encode(window).replace(b',"zero":null', b"")) == window
