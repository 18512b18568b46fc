"""Devices that send what they should not, on a running lane: named in the journal, and the next truck passes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.rig import Mark
from tests.system.bad_gate import SLOW_S, Gate, open_gate

pytestmark = pytest.mark.slow

CARD = "001090123456|012345678|NGUYỄN VĂN A|01011990|Nam|Phường Một|15042021"
"""The seven fields of an identity card's code, as a driver may hold it before the reader by mistake."""


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> None:
    """Here the gate lives as long as the module and may replace its workers; `Gate.close` ends them all."""


@pytest.fixture(scope="module")
def shared_gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with open_gate(tmp_path_factory.mktemp("devices") / "gate") as gate:
        yield gate


@pytest.fixture
def gate(shared_gate: Gate) -> Iterator[Gate]:
    """The shared gate, which must be unharmed after each test."""
    mark = shared_gate.mark()
    yield shared_gate
    shared_gate.assert_unharmed(mark)


def _await_loss(gate: Gate, mark: Mark, device: str, code: str) -> None:
    """The device is unfit, with cause and next step, and the alarm stands."""
    fault = gate.await_row(mark, "device.state", device=device, fit=False).body["fault"]
    assert fault["code"] == code and fault["seen"] and fault["next_step"], fault
    gate.await_row(mark, "alarm.raised", code="DEVICE_DEGRADED", thing=device)
    assert device in gate.view().unfit


def _await_return(gate: Gate, mark: Mark, device: str) -> None:
    gate.await_row(mark, "device.state", device=device, fit=True)
    gate.await_row(mark, "alarm.cleared", code="DEVICE_DEGRADED", thing=device)


@pytest.mark.parametrize("fault", ["torn", "wrong-checksum"])
def test_frames_that_are_none_make_the_scale_unfit_by_name(gate: Gate, fault: str) -> None:
    mark = gate.mark()
    gate.spoil("scale", fault=fault)
    _await_loss(gate, mark, "scale", "garbled")
    gate.spoil("scale", fault=None)
    _await_return(gate, mark, "scale")


def test_a_scale_silent_under_a_truck_and_a_module_that_restarts_while_the_boom_rises(gate: Gate) -> None:
    mark = gate.mark()
    gate.spoil("scale", fault="silent")
    gate.send_van()
    _await_loss(gate, mark, "scale", "silent")
    assert not gate.rows(mark, "crossing.weighed") and not gate.rows(mark, "crossing.released")
    gate.spoil("scale", fault=None)
    gate.await_row(mark, "crossing.released")
    gate.wait(
        lambda: any(e.what == "boom" and e.seen["phase"] == "rising" for e in gate.entries()[mark.entries :]),
        SLOW_S,
        "the boom rises",
    )
    gate.spoil("reboot", off_ms=1_500)
    gate.await_row(mark, "device.state", device="barrier", fit=False)
    _await_return(gate, mark, "barrier")
    gate.wait(lambda: gate.held_reason(mark) or gate.rows(mark, "crossing.completed"), SLOW_S, "what became of it")
    if gate.held_reason(mark):
        gate.wave_back()
    gate.wait(gate.is_settled, SLOW_S, "the gate is closed again")


def test_an_exception_code_nobody_knows_refuses_the_order_and_the_boom_stays(gate: Gate) -> None:
    mark = gate.mark()
    gate.spoil("module", exceptions={"16": 0x55})
    gate.send_van()
    ended = gate.await_row(mark, "order.ended", outcome="refused")
    assert "85" in ended.body["detail"] or "0x55" in ended.body["detail"], ended.body
    assert not [e for e in gate.entries()[mark.entries :] if e.what == "boom" and e.seen["phase"] == "rising"]
    gate.spoil("module", exceptions={})
    gate.wave_back()
    gate.wait(lambda: gate.rows(mark, "crossing.completed"), SLOW_S, "the van has left")


def test_answers_that_come_too_late_lose_the_barrier_and_never_move_it_twice(gate: Gate) -> None:
    mark = gate.mark()
    gate.spoil("module", late_ms=400)
    _await_loss(gate, mark, "barrier", "silent")
    gate.spoil("module", late_ms=0)
    _await_return(gate, mark, "barrier")


def test_a_folder_of_broken_pictures_holds_the_truck_and_names_the_file(gate: Gate) -> None:
    mark = gate.mark()
    pictures, aside = gate.premises.pictures, gate.folder / "aside"
    pictures.rename(aside)
    pictures.mkdir()
    (pictures / "torn.jpg").write_bytes(_torn(aside))
    gate.send_van()
    told = gate.await_refusal(mark, "device", "torn.jpg")
    assert told["thing"] == "camera" and "cut off" in told["reason"] and "picture" in told["next_step"], told
    gate.wait(lambda: gate.held_reason(mark), SLOW_S, "the truck is held")
    assert not gate.rows(mark, "crossing.released")
    (pictures / "torn.jpg").unlink()
    pictures.rmdir()
    aside.rename(pictures)
    gate.wave_back()
    gate.wait(lambda: gate.rows(mark, "crossing.completed"), SLOW_S, "the van has left")


def test_a_truck_passes_while_every_device_also_sends_rubbish(gate: Gate) -> None:
    """Bytes before each frame, noise and an identity card before the reader, files that are no pictures."""
    mark = gate.mark()
    pictures = gate.premises.pictures
    rubbish = {"0.empty.jpg": b"", "2.text.jpg": b"no picture", "4.torn.jpg": _torn(pictures)}
    for name, content in rubbish.items():
        (pictures / name).write_bytes(content)
    gate.spoil("scale", fault="garbage-prefix")
    gate.send_van()
    gate.await_row(mark, "crossing.opened")
    for coded in (CARD.encode() + b"\r", CARD.encode("utf-16-le") + b"\r", CARD.encode(), bytes(range(200, 256))):
        gate.spoil("bytes", hex=coded.hex())  # read well, in a foreign code page, torn, and noise
    gate.await_departure(mark)
    gate.spoil("scale", fault=None)
    for name in rubbish:
        (pictures / name).unlink()
    assert gate.await_refusal(mark, "device", "no declaration number")["next_step"] == "show the declaration's code"
    assert "wrong-code-page?" in gate.await_refusal(mark, "device", "scanner garbled")["reason"]
    assert "garbled" in gate.await_refusal(mark, "device", "scale")["reason"]
    for device in ("scale", "scanner"):
        assert len(gate.rows(mark, "input.refused", thing=device)) <= 2, "a flood becomes a few rows"
    gate.wait(gate.is_settled, SLOW_S, "everything is delivered")
    _assert_only_sealed(gate)


def _assert_only_sealed(gate: Gate) -> None:
    """No field of the card, nor its bytes in hex, stands in any file of station or centre but the sealed one."""
    fields = [part.encode() for part in CARD.split("|") if len(part) > 3]
    telling = [*fields, *(part.hex().encode() for part in fields), CARD[:8].encode("utf-16-le").hex().encode()]
    files = [gate.lane.log, *gate.folder.glob("centre.*"), *gate.premises.data.rglob("*")]
    for file in files:
        if file.is_file() and not file.name.startswith("personal.db"):
            assert not [part for part in telling if part in file.read_bytes()], file
    assert CARD.encode() in b"".join(file.read_bytes() for file in gate.premises.data.glob("personal.db*"))


def _torn(pictures: Path) -> bytes:
    whole = next(iter(sorted(pictures.glob("*.jpg")))).read_bytes()
    return whole[: len(whole) // 2]
