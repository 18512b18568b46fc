"""What a driver's settings refuse, in Vietnamese. Drivers know one language; a test finds what is new."""

import re
from functools import cache

SENTENCES: dict[str, str] = {
    "proof_output: there is nothing to see where we end the pulse ourselves; leave it out": (
        "proof_output: xung do trạm tự kết thúc nên không có gì để thử; bỏ mục này"
    ),
    "{one}_output and {other}_output must be neighbours; rewire or renumber them": (
        "{one}_output và {other}_output phải liền số nhau; đấu lại dây hoặc đánh số lại"
    ),
    "{name} = {number}: this module has {what}s 0 to {last}": "{name} = {number}: mô-đun này có {what} từ 0 đến {last}",
    "two {what}s share a number: {one} and {name} = {number}; give each its own": (
        "hai {what} trùng số: {one} và {name} = {number}; cho mỗi cái một số riêng"
    ),
    "{setting} names {strangers}, which is none of {fitted}: {why}": (
        "{setting} ghi {strangers}, không thuộc {fitted}: {why}"
    ),
    "a WAGO 750 Ethernet coupler has no serial bus: give its host instead of {bus}": (
        "bộ ghép WAGO 750 Ethernet không có bus nối tiếp: ghi host thay cho {bus}"
    ),
    "an ADAM-60xx has no serial bus: give its host instead of bus = {bus}": (
        "ADAM-60xx không có bus nối tiếp: ghi host thay cho bus = {bus}"
    ),
    "watchdog = {value}: the coupler counts it in steps of {step} ms": (
        "watchdog = {value}: bộ ghép đếm theo bước {step} ms"
    ),
    "pulse = {value}: the module counts it in steps of {step} ms": "pulse = {value}: mô-đun đếm theo bước {step} ms",
    "pulses_at belongs to pulse_by = timed-coil": 'pulses_at chỉ đi với pulse_by = "timed-coil"',
    "pulse_by = timed-coil needs pulses_at": 'pulse_by = "timed-coil" cần có pulses_at',
    "url: no name or password may stand in it; use user and password_file": (
        "url: không ghi tên hay mật khẩu trong đó; dùng user và password_file"
    ),
    "url: https is not supported yet; use http on a closed network, with digest": (
        "url: chưa hỗ trợ https; dùng http trong mạng khép kín, với digest"
    ),
    "url: rtsps is not supported (the decoder's OpenSSL is old); use rtsp on a closed network": (
        "url: không hỗ trợ rtsps (OpenSSL của bộ giải mã đã cũ); dùng rtsp trong mạng khép kín"
    ),
    "url: this is no camera address; write rtsp://HOST:PORT/PATH": (
        "url: không phải địa chỉ camera; viết rtsp://HOST:PORT/PATH"
    ),
    "url: this is no camera address; write http://HOST:PORT/PATH": (
        "url: không phải địa chỉ camera; viết http://HOST:PORT/PATH"
    ),
    "allowed: name the cameras' addresses; nobody else is heard": (
        "allowed: ghi địa chỉ các camera; ngoài ra không nghe ai"
    ),
    'auth: "basic" and "digest" need user and password_file, "none" takes neither': (
        'auth: "basic" và "digest" cần user và password_file, "none" thì không có hai mục đó'
    ),
    "{field}: {value} is no IP address": "{field}: {value} không phải địa chỉ IP",
    "user, password_file: give both or neither": "user, password_file: ghi cả hai hoặc bỏ cả hai",
    "password_file: write the whole path, from / on": "password_file: ghi đường dẫn đầy đủ, bắt đầu bằng /",
    "path: begins with / and has no query": "path: bắt đầu bằng / và không có phần sau dấu ?",
    'player must name a program, such as ["aplay", "-q"]': 'player phải ghi một chương trình, ví dụ ["aplay", "-q"]',
    "pass_to_port is the scale's own port": "pass_to_port trùng với cổng của chính cân; ghi một cổng thứ hai",
    "{value} is not of the form ADDRESS:PORT, for example 127.0.0.1:4001": (
        "{value} sai dạng ĐỊA CHỈ:CỔNG, ví dụ 127.0.0.1:4001"
    ),
    "a Modbus device has a host or a bus: {given}": "thiết bị Modbus có host hoặc bus: {given}",
    "{value} is no address; a reader in the network is written tcp://192.0.2.7:6000": (
        "{value} không phải địa chỉ; đầu đọc trong mạng viết tcp://192.0.2.7:6000"
    ),
    'letters must be "ascii" where only 7 bits reach the sign': (
        'letters phải là "ascii" khi chỉ có 7 bit tới bảng (data_bits = 7)'
    ),
    "ask_every is {given} ms, but at {baud} baud question and answer take {needed} ms": (
        "ask_every là {given} ms, nhưng ở {baud} baud hỏi và trả lời mất {needed} ms"
    ),
    'files must be 1 to 16 different endings such as [".tif", ".xml"], none of them ".done"': (
        'files phải là 1 đến 16 phần đuôi khác nhau như [".tif", ".xml"], không có ".done"'
    ),
    "{value} is no prefix or suffix: one of {names}, or 1 to {most} bytes in hex (0D03)": (
        "{value} không phải tiền tố hay hậu tố: chọn {names}, hoặc 1 đến {most} byte dạng hex (0D03)"
    ),
}
_WORDS = {
    "input": "ngõ vào",
    "output": "ngõ ra",
    "the fitted": "những ngõ đã lắp",
    "a beam's contact opens anyway": "tiếp điểm của rào quang vốn đã mở khi bị che",
    "it is for beams only": "mục này chỉ dành cho rào quang",
    "neither is given": "chưa ghi cái nào",
    "both are given": "đang ghi cả hai",
}


def in_vietnamese(sentence: str) -> str:
    """`sentence`, which a settings dataclass raised, in Vietnamese; as it is if it is a new one."""
    for form, translated in _forms():
        if found := form.fullmatch(sentence):
            return translated.format(**{name: _WORDS.get(said, said) for name, said in found.groupdict().items()})
    return sentence


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_form(sentence), translated) for sentence, translated in SENTENCES.items())


def _form(sentence: str) -> re.Pattern[str]:
    """What matches `sentence` with anything in place of its names."""
    parts = re.split(r"\{(\w+)\}", sentence)
    return re.compile("".join(f"(?P<{part}>.+?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)))
