"""The likely mistakes of a person who commissions a gate: each is told at its key, in words of both languages."""

import ast
import re
from pathlib import Path

import pytest

from station.settings.driver_words import SENTENCES, in_vietnamese
from station.settings.host_check import is_host
from tests.settings.test_load import faults_of, only_fault

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "config" / "devices.example.toml").read_text()
BENCH = {"boom_model.py", "gs1.py"}  # what no settings raise


def changed(device: str, old: str, new: str) -> str:
    """The file of all kinds with one change in a device's table; a change of "kind" adds a line."""
    before, table, after = TEXT.partition(f"[device.{device}]")
    assert table and old in after.partition("\n[")[0]
    return before + table + after.replace(old, new, 1)


def adding(device: str, line: str) -> str:
    return changed(device, "\nkind", f"\n{line}\nkind")


@pytest.mark.parametrize(
    ("text", "where", "english", "vietnamese"),
    [
        (
            changed("yaohua", 'profile = "xor"', ""),
            "yaohua.profile",
            "missing; choose one of: 'xor', 'equals', 'equals-reversed', 'a12'",
            "thiếu mục bắt buộc 'profile'; chọn một trong: 'xor',",
        ),
        (changed("yaohua", '"xor"', '"XOR"'), "yaohua.profile", "did you mean 'xor'?", "có phải là 'xor'?"),
        (adding("yaohua", "baud = 19200"), "yaohua.baud", "600, 1200, 2400, 4800, 9600", "chọn một trong: 600,"),
        (adding("yaohua", "silence = 2"), "yaohua.silence", "must be >= 500 ms", "phải >= 500 ms"),
        (changed("yaohua", "still_band = 20_000", "still_band = 20"), "yaohua.still_band", ">= 1000 g", ">= 1000 g"),
        (changed("yaohua", "still_band = 20_000", "still_band = 20.0"), "yaohua.still_band", "whole", "số nguyên"),
        (
            adding("yaohua", "data_bits = 7"),
            "yaohua.data_bits",
            "there are: kind, port, prof",
            "các mục có: kind, port",
        ),
        (changed("toledo", '"127.0.0.1:4010"', '"4010"'), "toledo.pass_to_tcp", "ADDRESS:PORT", "ĐỊA CHỈ:CỔNG"),
        (
            changed("toledo", "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0", "COM3"),
            "toledo.port",
            "'COM3' is no serial port of this system; use a name under /dev (`station devices scan`)",
            "'COM3' không phải cổng nối tiếp",
        ),
        (
            changed("tags-18", "tcp://", ""),
            "tags-18.port",
            "did you mean 'tcp://192.168.1.65:6000'?",
            "có phải là 'tcp://192.168.1.65:6000'?",
        ),
        (changed("tags-18", "[1]", "[5]"), "tags-18.antennas.0", "must be <= 4", "phải <= 4"),
        (changed("tags-18", "[1]", "[]"), "tags-18.antennas", "needs at least 1 items", "cần ít nhất 1 phần tử"),
        (
            changed("adam-6060", "192.168.1.60", "192.168.1.600"),
            "adam-6060.host",
            "without http:// and port",
            "không có http:// và cổng",
        ),
        (
            changed("adam-6060", "boom_beam = 5", "boom_beam = 6"),
            "adam-6060.boom_beam",
            "this module has inputs 0 to 5",
            "boom_beam = 6: mô-đun này có ngõ vào từ 0 đến 5",
        ),
        (
            changed("adam-6060", "boom_beam = 5", "boom_beam = 2"),
            "adam-6060.boom_beam",
            "two inputs share a number",
            "hai ngõ vào trùng số: exit_loop và boom_beam = 2",
        ),
        (adding("sics", "baud = 1200"), "sics.baud", "question and answer take", "hỏi và trả lời mất"),
        (
            changed("camera", "rtsp://", "http://"),
            "camera.url",
            "write rtsp://HOST:PORT/PATH",
            "url: không phải địa chỉ camera; viết rtsp://HOST:PORT/PATH",
        ),
        (changed("camera", "rtsp://", "rtsp://gate:secret@"), "camera.url", "a secret", "không ghi bí mật"),
        (
            changed("camera", 'user = "gate"', ""),
            "camera.password_file",
            "both or neither",
            "ghi cả hai hoặc bỏ cả hai",
        ),
        (changed("hikvision", '"192.168.1.67"', '"cam"'), "hikvision.allowed", "no IP", "không phải địa chỉ IP"),
        (changed("scanner", '"cr"', '"CRLF;"'), "scanner.suffix", "no prefix or suffix", "không phải tiền tố"),
    ],
)
def test_a_mistake_is_told_at_its_key_in_both_languages(
    text: str, where: str, english: str, vietnamese: str, tmp_path: Path
) -> None:
    fault = only_fault(text, tmp_path)
    line = text.splitlines()[fault.line - 1]
    device, key = where.split(".")[:2]
    assert fault.where == f"device.{where}"
    assert english in fault.text("en") and vietnamese in fault.text("vi")
    assert line.startswith((key, "kind", f"[device.{device}]")) and fault.column > 0
    assert "secret@" not in fault.text("en")


def test_a_module_that_has_no_serial_line_is_told_so_and_takes_nobodys_unit(tmp_path: Path) -> None:
    faults = faults_of(changed("adam-6060", 'host = "192.168.1.60"', 'bus = "yard"'), tmp_path)
    assert [(fault.where, fault.message_code) for fault in faults] == [
        ("device.adam-6060.host", "missing"),
        ("device.adam-6060.bus", "no-bus-kind"),
    ]
    assert faults[1].message_en.endswith("kinds that can: modbus-indicator, modbus-io, waveshare-relay-8ch")


@pytest.mark.parametrize("text", ["192.168.1.60", "fe80::1", "camera-1", "gate.example", "localhost", "h"])
def test_what_may_be_a_machine(text: str) -> None:
    assert is_host(text)


@pytest.mark.parametrize("text", ["", "http://h", "h:502", "192.168.1.600", "192.168.1", "a b", "-a", "h/"])
def test_what_is_no_machine(text: str) -> None:
    assert not is_host(text)


def test_whatever_settings_of_a_driver_refuse_has_vietnamese_words() -> None:
    """Every sentence in a `raise ValueError` of a driver, with its values left out."""
    missing = {sentence for sentence in raised() if sentence not in {_bare(known) for known in SENTENCES}}
    assert missing == set()
    assert len(raised()) > 20


def test_a_sentence_that_is_new_stays_as_it_is() -> None:
    assert in_vietnamese("nobody has said this yet") == "nobody has said this yet"


def raised() -> set[str]:
    found: set[str] = set()
    for path in sorted((ROOT / "drivers").glob("*/*.py")):
        is_ours = not path.stem.endswith(("_peer", "_codec")) and path.parent.name != "contract"
        if is_ours and path.name not in BENCH:
            found |= set(_sentences(path))
    return found


def _sentences(path: Path) -> list[str]:
    return [
        _bare(_spelled(call.args[0]))
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "ValueError"
        and call.args
        and not isinstance(call.args[0], ast.Name)
    ]


def _spelled(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_spelled(part) for part in parts)
        case _:
            return "{}"


def _bare(sentence: str) -> str:
    return re.sub(r"\{\w*\}", "{}", sentence)
