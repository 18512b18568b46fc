"""The sign's driver against its peer, on a loopback whose time moves when somebody reads."""

from pathlib import Path

import pytest

from drivers.contract.clock import now
from drivers.contract.faults import DeviceFault
from drivers.contract.link import Link
from drivers.contract.orders import PlayPrompt, ShowText
from drivers.contract.quantities import Millis, Tick
from drivers.contract.tools import Tools
from drivers.links.loopback_link import LoopbackLink
from drivers.sign.sign_codec import Profile
from drivers.sign.sign_driver import LedSignDriver, LedSignSettings
from drivers.sign.sign_peer import LedSignPeer
from tests.drivers.harnesses.sign import LedSignHarness

PATIENCE = Millis(300)


class Bench:
    """A sign, its driver and a clock that moves on by 10 ms whenever somebody asks for the time."""

    def __init__(self, profile: Profile = "am03127", address: int = 1, number: int = 1) -> None:
        self.tick = Tick(5_000)
        self.peer = LedSignPeer(profile, number)
        link: Link = LoopbackLink(self.peer, self.now)
        settings = LedSignSettings("led-sign", "loopback", profile, address=address)
        self.driver = LedSignDriver("sign", settings, Tools(self.now, Path(), link))

    def now(self) -> Tick:
        self.tick = Tick(self.tick + 10)
        return self.tick

    def refresh(self) -> None:
        self.tick = Tick(self.tick + 30_000)
        self.driver.poll(Millis(50))

    def show(self, *lines: str) -> str:
        return self.driver.obey(ShowText("t", Tick(self.tick + 1_000), lines), PATIENCE).code


@pytest.mark.parametrize("profile", ["ledmsg", "alpha", "am03127"])
def test_both_languages_are_shown_without_marks(profile: Profile) -> None:
    bench = Bench(profile)
    bench.driver.open()
    assert bench.show("ĐỨNG YÊN", "STAY") == "accepted"
    assert bench.peer.shown == "DUNG YEN STAY"


def test_what_an_earlier_run_left_is_blanked_and_what_this_one_leaves_too() -> None:
    bench = Bench()
    bench.peer.texts.append("GO")
    bench.driver.open()
    assert bench.peer.shown == ""
    bench.show("GO")
    bench.driver.close()
    assert bench.peer.shown == ""


def test_a_refused_text_is_told_and_so_is_one_without_an_answer() -> None:
    bench = Bench()
    bench.driver.open()
    bench.peer.refuses = True
    assert bench.show("GO") == "refused"
    bench.peer.refuses, bench.peer.mute = False, True
    assert bench.show("GO") == "unknown"


@pytest.mark.parametrize(("address", "number"), [(1, 2), (2, 1)])
def test_a_sign_with_another_number_is_a_named_fault(address: int, number: int) -> None:
    bench = Bench(address=address, number=number)
    with pytest.raises(DeviceFault) as caught:
        bench.driver.open()
    assert caught.value.fault.code == "silent"


def test_any_sign_shows_what_is_sent_to_all_and_owes_no_answer() -> None:
    bench = Bench(address=0, number=7)
    bench.driver.open()
    assert bench.show("GO") == "accepted"
    assert bench.peer.shown == "GO"


def test_what_it_shows_is_repeated_and_a_sign_that_went_away_is_noticed() -> None:
    bench = Bench()
    bench.driver.open()
    bench.show("STAY")
    count = len(bench.peer.texts)
    for _ in range(3):
        bench.refresh()
    assert bench.peer.texts[count:] == ["STAY"] * 3
    bench.peer.mute = True
    bench.refresh()
    with pytest.raises(DeviceFault):
        bench.refresh()


def test_other_orders_are_refused_and_late_ones_not_sent() -> None:
    bench = Bench()
    bench.driver.open()
    heard = bytes(bench.peer.heard)
    assert bench.driver.obey(PlayPrompt("p", Tick(99_999_999), "go", ("vi",)), PATIENCE).code == "refused"
    assert bench.driver.obey(ShowText("t", Tick(1), ("GO",)), PATIENCE).code == "expired"
    assert bench.peer.heard == heard


def test_letters_beyond_ascii_need_eight_bits() -> None:
    with pytest.raises(ValueError, match="7 bits"):
        LedSignSettings("led-sign", "p", "alpha", letters="utf-8")
    with pytest.raises(ValueError, match="7 bits"):
        LedSignSettings("led-sign", "p", "ledmsg", data_bits=7, letters="utf-8")


def test_on_a_real_pty_a_sign_acknowledges(tmp_path: Path) -> None:
    with LedSignHarness(tmp_path) as sign:
        driver = sign.opened()
        end = now() + 10_000
        code = ""
        while code != "accepted":
            assert now() < end, code
            code = driver.obey(ShowText("t", Tick(now() + 1_000), ("ĐỨNG YÊN", "STAY")), PATIENCE).code
        assert sign.peer.shown == "DUNG YEN STAY"
        driver.close()
