"""The maps of the I/O modules: the frames that makers print, as our side says them and as the far end hears them."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.barrier.adam60xx import ADAM_6050, ADAM_6060, Adam6050Settings, Adam6060Settings
from drivers.barrier.boom_model import BoomModel
from drivers.barrier.io_barrier import BarrierDriver
from drivers.barrier.io_module import IoModule, IoProfile
from drivers.barrier.io_module_model import IoModuleModel, open_contact
from drivers.barrier.io_settings import BarrierSettings
from drivers.barrier.io_signals import Signals, boom_position
from drivers.barrier.modbus_io import ModbusIoSettings
from drivers.barrier.modbus_io_peer import ModbusIoPeer
from drivers.barrier.motion import OVERDUE, Motion
from drivers.barrier.pulses import CountedPulse
from drivers.barrier.wago_750 import Wago750Settings
from drivers.barrier.waveshare_relay import WaveshareRelaySettings
from drivers.barrier.waveshare_relay_peer import WaveshareRelayModel, WaveshareRelayPeer
from drivers.contract import plain
from drivers.contract.faults import DeviceFault
from drivers.contract.quantities import Millis, Tick
from drivers.contract.readings import BeamEdge, BoomMoved, LoopEdge
from drivers.contract.tools import Tools
from drivers.links.modbus_link import ModbusLink
from tests.drivers.rtu_wire import VirtualWire

WAVESHARE = WaveshareRelaySettings("waveshare-relay-8ch", bus="yard", pulse=Millis(700))
LONG = Tick(100_000)


def waveshare() -> WaveshareRelayPeer:
    """A module whose relays obey the host alone."""
    model = WaveshareRelayModel(BoomModel(), [open_contact] * 8)
    model.modes = [0] * 8
    return WaveshareRelayPeer(model)


def said(profile: IoProfile, act: Callable[[ModbusLink, IoModule], object]) -> list[str]:
    """The RTU frames that `act` sends to unit 1, of a device that never answers."""
    wire = VirtualWire()
    link = ModbusLink(wire, 1, Millis(100), wire.clock, "rtu")
    link.open()
    with pytest.raises(DeviceFault, match="no answer"):
        act(link, IoModule(link, profile, wire.clock))
    return [frame.hex(" ") for _, frame in wire.written]


# Frames: the Waveshare wiki's own, and one built from the ADAM-6000 manual's table, appendix B.
@pytest.mark.parametrize(
    ("frame", "profile", "act"),
    [
        ("01 05 00 10 ff 00 8d ff", ADAM_6060, lambda _, module: module.switch({0: True}, LONG)),
        ("01 05 00 00 ff 00 8c 3a", WAVESHARE.profile(), lambda _, module: module.switch({0: True}, LONG)),
        (
            "01 05 02 00 00 07 8d b0",
            WAVESHARE.profile(),
            lambda link, _: WAVESHARE.profile().pulse.begin(link, 0, Millis(700), Millis(50)),
        ),
        ("01 02 00 00 00 08 79 cc", WAVESHARE.profile(), lambda _, module: module.inputs(Millis(50))),
        ("01 01 00 00 00 08 3d cc", WAVESHARE.profile(), lambda _, module: module.outputs(Millis(50))),
    ],
    ids=["ADAM relay 0 on", "relay 0 on", "pulse of 700 ms", "read inputs", "read relays"],
)
def test_we_say_the_printed_frame(
    frame: str, profile: IoProfile, act: Callable[[ModbusLink, IoModule], object]
) -> None:
    assert said(profile, act) == [frame]


@pytest.mark.parametrize(
    ("request_", "answer", "outputs"),
    [
        ("01 05 00 00 ff 00 8c 3a", "01 05 00 00 ff 00 8c 3a", 0b1),
        ("01 05 02 00 00 07 8d b0", "01 05 02 00 00 07 8d b0", 0b1),
        ("01 05 00 ff ff 00 bc 0a", "01 05 00 ff ff 00 bc 0a", 0xFF),
        ("01 02 00 00 00 08 79 cc", "01 02 01 00 a1 88", 0),
        ("01 01 00 00 00 08 3d cc", "01 01 01 00 51 88", 0),
    ],
    ids=["relay 0 on", "pulse of 700 ms", "all on", "read inputs", "read relays"],
)
def test_the_far_end_hears_the_printed_frame(request_: str, answer: str, outputs: int) -> None:
    peer = waveshare()
    assert peer.feed(bytes.fromhex(request_)).hex(" ") == answer
    assert sum(on << n for n, on in enumerate(peer.model.outputs)) == outputs


def test_a_printed_pulse_lasts_as_long_as_printed() -> None:
    peer = waveshare()
    peer.feed(bytes.fromhex("01 05 02 00 00 07 8d b0"))
    peer.advance(Millis(699))
    assert peer.model.outputs[0]
    peer.advance(Millis(1))
    assert not peer.model.outputs[0]


def test_the_pulse_registers_follow_the_counters() -> None:
    """ADAM-6052, 8 inputs: counters 0-15, low widths 16, high widths 32, counts 48; ours have 6 and 12 inputs."""
    assert ADAM_6060.pulse == CountedPulse(low_widths_at=12, high_widths_at=24, counts_at=36)
    assert ADAM_6050.pulse == CountedPulse(low_widths_at=24, high_widths_at=36, counts_at=48)
    assert (ADAM_6050.inputs, ADAM_6050.inputs_at, ADAM_6050.outputs, ADAM_6050.outputs_at) == (12, 0, 6, 16)


# ---------------------------------------------------------------------- the far end under any bytes

GOOD = bytes.fromhex("01 02 00 00 00 08 79 cc")
ANSWER = bytes.fromhex("01 02 01 00 a1 88")


@given(noise=st.binary(max_size=80), cuts=st.lists(st.integers(0, 200), max_size=6))
def test_a_serial_far_end_finds_a_request_behind_any_noise_in_any_pieces(noise: bytes, cuts: list[int]) -> None:
    peer = waveshare()
    stream = noise + GOOD + GOOD
    at = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    heard = b"".join(peer.feed(stream[start:end]) for start, end in pairwise(at))
    assert heard.endswith(ANSWER)


def test_a_serial_far_end_takes_no_frame_with_a_flipped_bit() -> None:
    for request in (GOOD, bytes.fromhex("01 05 02 00 00 07 8d b0"), bytes.fromhex("01 0f 00 00 00 02 01 03 9e 96")):
        for bit in range(8 * len(request)):
            peer = waveshare()
            flipped = (int.from_bytes(request, "big") ^ 1 << bit).to_bytes(len(request), "big")
            assert peer.feed(flipped) == b""
            assert (peer.requests, peer.model.outputs) == (0, (False,) * 8)


def test_a_module_without_block_writes_refuses_them() -> None:
    model = IoModuleModel(BoomModel(), [open_contact] * 8, 8)
    peer = ModbusIoPeer(model, is_rtu=True, has_block_writes=False)
    assert peer.feed(bytes.fromhex("01 0f 00 00 00 02 01 03 9e 96")).hex(" ") == "01 8f 01 85 f0"


# ---------------------------------------------------------------------- what the inputs say

WIRED = Adam6050Settings(
    "adam-6050",
    "192.0.2.50",
    boom_beam=5,
    deck_entry_beam=6,
    deck_exit_beam=7,
    help_button=8,
    ticket_button=9,
    cabinet_door_open=10,
    on_battery=11,
    normally_closed=(1, 3, 11),
    normally_open=(6,),
)

levels = st.tuples(*[st.booleans()] * 12)


@given(st.lists(levels, min_size=1, max_size=30))
def test_any_levels_are_told_truly_and_a_guard_that_sees_is_never_clear(rows: list[tuple[bool, ...]]) -> None:
    signals = Signals(WIRED)
    told: dict[str, bool] = {}
    position = ""
    for n, row in enumerate(rows):
        for tick in (2000 * n, 2000 * n + 20, 2000 * n + 1000):  # again after a bounce, and after what a contact takes
            for reading in signals.look(row, Tick(tick)):
                if isinstance(reading, LoopEdge):
                    told[reading.point] = reading.occupied
                elif isinstance(reading, BeamEdge):
                    told[reading.beam] = reading.broken
                elif isinstance(reading, BoomMoved):
                    position = reading.position
        assert signals.look_again_at is None
        assert told["entry-loop"] == row[0]
        assert told["under-boom-loop"] == (not row[1])
        assert told["boom-beam"] == (not row[5])
        assert told["deck-entry-beam"] == row[6]
        assert position == boom_position(up=not row[3], down=row[4])
        assert signals.is_clear_below(row) == (row[1] and row[5])


def test_a_dead_module_s_zeroes_read_as_a_broken_beam() -> None:
    told = Signals(WIRED).look((False,) * 12, Tick(0))
    assert BeamEdge("boom-beam", broken=True) in told
    assert BeamEdge("deck-exit-beam", broken=True) in told


# ---------------------------------------------------------------------- motion


def test_a_pulse_that_may_have_begun_counts_from_the_last_moment_it_could() -> None:
    motion = Motion(Millis(500))
    motion.may_begin(0, until=Tick(1300))
    assert motion.may_be_on(0, Tick(1799))
    motion.has_begun(0, Tick(1050))
    assert [motion.may_be_on(0, Tick(tick)) for tick in (1549, 1550)] == [True, False]
    assert not motion.may_be_on(1, Tick(1100))
    assert (motion.next_end, motion.is_over([0], Tick(1550)), motion.is_over([1], Tick(1550))) == (1550, True, False)
    assert [motion.is_overdue([0], Tick(1550 + OVERDUE - late)) for late in (1, 0)] == [False, True]
    motion.forget_what_is_over(Tick(1550), but=[0])
    assert motion.next_end == 1550
    motion.forget_what_is_over(Tick(1550), but=[])
    assert motion.next_end is None


# ---------------------------------------------------------------------- settings

ONE_OF_EACH: tuple[BarrierSettings, ...] = (
    Adam6060Settings("adam-6060", "192.0.2.60", boom_beam=5),
    WIRED,
    WAVESHARE,
    ModbusIoSettings("modbus-io", bus="yard", pulse_by="timed-coil", pulses_at=512, proof_output=7),
    Wago750Settings("wago-750", "192.0.2.75"),
)


@pytest.mark.parametrize("settings", ONE_OF_EACH, ids=lambda settings: settings.kind)
def test_settings_travel_to_a_worker_as_plain_json(settings: BarrierSettings) -> None:
    assert plain.decode(type(settings), plain.encode(settings)) == settings


@pytest.mark.parametrize(
    ("settings", "changed", "message"),
    [
        (WIRED, {"help_button": 12}, "help_button = 12: this module has inputs 0 to 11"),
        (WIRED, {"bus": "yard", "host": ""}, "an ADAM-60xx has no serial bus"),
        (WIRED, {"bus": "yard"}, "a host or a bus: both are given"),
        (WIRED, {"siren_output": 6}, "siren_output = 6: this module has outputs 0 to 5"),
        (WIRED, {"normally_closed": (7,)}, "normally_closed names \\[7\\].* a beam's contact opens anyway"),
        (WAVESHARE, {"help_button": 0}, "two inputs share a number: entry_loop and help_button = 0"),
        (WAVESHARE, {"bus": ""}, "neither is given"),
        (WAVESHARE, {"siren_output": 7}, "two outputs share a number: siren_output and proof_output = 7"),
        (WAVESHARE, {"pulse": Millis(250)}, "pulse = 250: the module counts it in steps of 100 ms"),
        (ONE_OF_EACH[3], {"pulses_at": None}, "needs pulses_at"),
        (ONE_OF_EACH[3], {"pulse_by": "host"}, "pulses_at belongs to pulse_by = timed-coil"),
        (ONE_OF_EACH[3], {"inputs": 5, "boom_beam": 5}, "this module has inputs 0 to 4"),
        (ONE_OF_EACH[4], {"proof_output": 7}, "nothing to see where we end the pulse ourselves"),
        (ONE_OF_EACH[4], {"watchdog": Millis(650)}, "the coupler counts it in steps of 100 ms"),
        (ONE_OF_EACH[4], {"red_output": 7}, "red_output and green_output must be neighbours"),
    ],
)
def test_wiring_that_cannot_be_is_refused(settings: BarrierSettings, changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(settings, **changed)  # type: ignore[arg-type]


def test_a_module_that_writes_one_by_one_may_have_its_lamps_anywhere() -> None:
    made = ModbusIoSettings("modbus-io", "192.0.2.1", red_output=2, green_output=5, writes_blocks=False)
    assert made.numbers(("red_output", "green_output")) == {"red_output": 2, "green_output": 5}


def test_a_module_on_a_bus_that_nobody_serves_cannot_be_made() -> None:
    with pytest.raises(DeviceFault, match="nobody serves it"):
        BarrierDriver("gate", WAVESHARE, Tools(lambda: Tick(0), Path("/nonexistent")))
