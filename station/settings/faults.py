"""What is wrong with a settings file, in both languages, each at its place."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Language = Literal["vi", "en"]

_MESSAGES: dict[str, tuple[str, str]] = {
    "unreadable": ("không đọc được tệp: {seen}", "the file cannot be read: {seen}"),
    "syntax": ("sai cú pháp TOML: {seen}", "not TOML: {seen}"),
    "missing": ("thiếu mục bắt buộc '{name}'{rest_vi}", "the required '{name}' is missing{rest_en}"),
    "unknown-key": ("không có mục '{name}' ở đây{rest_vi}", "there is no '{name}' here{rest_en}"),
    "unknown-kind": (
        "không có loại thiết bị '{seen}'; các loại có: {known}",
        "there is no device kind '{seen}'; known kinds: {known}",
    ),
    "missing-kind": (
        "thiếu 'kind' (loại thiết bị); các loại có: {known}",
        "'kind' is missing; known kinds: {known}",
    ),
    "wrong-type": ("phải là {wanted_vi}, nhưng là {seen}", "must be {wanted_en}, not {seen}"),
    "not-one-of": ("{seen} không hợp lệ; chọn một trong: {known}", "{seen} is not one of: {known}"),
    "out-of-range": ("{seen} nằm ngoài giới hạn; phải {limit}", "{seen} is out of range; must be {limit}"),
    "too-short": ("danh sách thiếu phần tử thứ {number}", "the list lacks its item number {number}"),
    "too-few": ("danh sách cần ít nhất {least} phần tử", "the list needs at least {least} items"),
    "too-long": ("danh sách có quá {most} phần tử", "the list has more than {most} items"),
    "wrong-form": ("'{seen}' sai dạng; dạng đúng: {wanted}", "'{seen}' has a wrong form; it must match {wanted}"),
    "refused": ("không chấp nhận được: {seen_vi}", "not acceptable: {seen_en}"),
    "no-such-device": (
        "không có thiết bị [device.{name}]; các thiết bị có: {known}",
        "there is no [device.{name}]; devices: {known}",
    ),
    "unfit-device": (
        "thiết bị '{name}' loại '{kind}' không làm được vai trò {part}; loại phù hợp: {known}",
        "device '{name}' of kind '{kind}' cannot play the {part}; kinds that can: {known}",
    ),
    "reader-mismatch": (
        "[vision] phục vụ '{seen}' nhưng lane.parts.reader là '{name}'",
        "[vision] serves '{seen}' but lane.parts.reader is '{name}'",
    ),
    "camera-twice": (
        "camera '{name}' đã có vai trò khác hoặc được ghi hai lần; mỗi góc chụp container cần một camera riêng",
        "camera '{name}' is the plate camera or stands twice; each view of a container needs a camera of its own",
    ),
    "camera-unnamed": (
        "tên camera trống; bỏ nó khỏi danh sách",
        "a camera without a name; take it out of the list",
    ),
    "rear-is-front": (
        "camera '{name}' là camera biển số phía trước; phía sau xe cần một camera khác",
        "camera '{name}' is the plate camera, which sees the front; the rear needs another",
    ),
    "no-trailer-reader": (
        "có camera rơ moóc nhưng không có lane.parts.reader để đọc ảnh",
        "there is a trailer camera, but no lane.parts.reader that reads its pictures",
    ),
    "no-container-reader": (
        "có camera container nhưng không có lane.parts.reader để đọc ảnh",
        "there are container cameras, but no lane.parts.reader that reads their pictures",
    ),
    "no-seal-reader": (
        "có camera niêm phong nhưng không có lane.parts.reader để xem ảnh",
        "there are seal cameras, but no lane.parts.reader that looks at their pictures",
    ),
    "seal-regions": (
        "có {number} camera niêm phong nhưng {seen} vùng; ghi lane.seal_regions, mỗi camera một vùng quanh khóa cửa",
        "{number} seal cameras but {seen} regions; give lane.seal_regions, one around the door lock for each camera",
    ),
    "no-seal-region": (
        "vùng khóa cửa cần x, y không âm và rộng, cao lớn hơn 0",
        "the region of a door lock needs x and y of 0 or more, and a width and height above 0",
    ),
    "no-xray": (
        "có tệp mẫu soi chiếu nhưng không có lane.parts.xray gửi ảnh soi",
        "there is a template for X-ray scans, but no lane.parts.xray that sends any",
    ),
    "no-vision": (
        "lane.parts.reader là '{name}' nhưng không có bảng [vision]",
        "lane.parts.reader is '{name}' but there is no table [vision]",
    ),
    "no-region": (
        "lane.plate_region phải là [x, y, rộng, cao] với rộng và cao lớn hơn 0",
        "lane.plate_region must be [x, y, width, height] with width and height above 0",
    ),
    "wire-twice": ("'{seen}' đã được dùng bởi [{name}]", "'{seen}' is used by [{name}] already"),
    "no-such-bus": ("không có [bus.{name}]; các bus có: {known}", "there is no [bus.{name}]; buses: {known}"),
    "no-host": (
        "'{seen}' không phải tên hay địa chỉ máy; ghi tên hoặc địa chỉ IP, không có http:// và cổng",
        "'{seen}' is no name or address of a machine; write a name or an IP address, without http:// and port",
    ),
    "no-port": (
        "'{seen}' không phải cổng nối tiếp của máy này; dùng tên trong /dev (`station devices scan`)",
        "'{seen}' is no serial port of this system; use a name under /dev (`station devices scan`)",
    ),
    "no-bus-kind": (
        "thiết bị loại '{kind}' không nối vào bus được; loại nối được: {known}",
        "a device of kind '{kind}' cannot be on a bus; kinds that can: {known}",
    ),
    "host-and-bus": (
        "chỉ ghi 'host' hoặc 'bus', không ghi cả hai",
        "give 'host' or 'bus', not both",
    ),
    "no-address": (
        "thiết bị Modbus cần 'host' (Modbus TCP) hoặc 'bus' (RTU)",
        "a Modbus device needs 'host' (Modbus TCP) or 'bus' (RTU)",
    ),
    "unit-twice": (
        "địa chỉ {seen} trên [bus.{bus}] đã được dùng bởi [device.{name}]",
        "unit {seen} of [bus.{bus}] is used by [device.{name}] already",
    ),
    "bus-crowded": (
        "[bus.{bus}] có {seen} thiết bị; tối đa {most}",
        "[bus.{bus}] has {seen} devices; at most {most}",
    ),
    "bus-unused": (
        "không thiết bị nào dùng bus này; cổng của nó sẽ không được mở",
        "no device is on this bus; its port will not be opened",
    ),
    "beam-not-wired": (
        "[device.{name}] chưa nêu ngõ vào của '{beam}'; thiếu nó thì cần chắn không bao giờ chuyển động",
        "[device.{name}] does not say on which input '{beam}' is; without it the boom never moves",
    ),
    "beam-not-used": (
        "cảnh báo: thiết bị '{name}' báo '{beam}' nhưng làn không dùng; thêm {beam} = \"{name}\" vào [lane.sensors]",
        "warning: device '{name}' reports '{beam}', which the lane ignores; add {beam} = \"{name}\" to [lane.sensors]",
    ),
    "no-boom-beam": (
        "cảnh báo: dưới cần chắn không có rào quang: trong 1.000 xe bám đuôi cách 1 m không xe nào bị phát hiện kịp,"
        " trong 1.000 xe máy sau xe tải có 559 chiếc không bao giờ bị phát hiện; lắp hai tia cao 0,7 m và 1,1 m, rồi"
        " khai boom_beam ở [lane.sensors]",
        "warning: no light barrier under the boom: of 1,000 followers at 1 m none was called out in time, and of 1,000"
        " motorcycles behind a truck 559 were never called out; fit two beams, 0.7 m and 1.1 m high, and name them as"
        " boom_beam in [lane.sensors]",
    ),
    "no-deck-beams": (
        "cảnh báo: hai đầu bàn cân không đủ rào quang: xe chưa lên hết bàn cân có thể bị cân; chỉ có rào quang dưới cần"
        " chắn thì 558 trong 1.000 xe máy bám đuôi lọt qua; lắp rồi khai deck_entry_beam và"
        " deck_exit_beam ở [lane.sensors]",
        "warning: the ends of the deck lack light barriers: a truck that is not wholly on it may be weighed, and of"
        " 1,000 motorcycles behind a truck 558 slip through a lane whose only beam is under the boom; fit both and name"
        " them as deck_entry_beam and deck_exit_beam in [lane.sensors]",
    ),
    "port-may-move": (
        "cảnh báo: '{seen}' có thể đổi sang thiết bị khác sau khi khởi động hoặc cắm lại; dùng tên trong /dev/serial"
        " (`station devices scan`)",
        "warning: '{seen}' may be another device after the next boot or replug; use its name under /dev/serial"
        " (`station devices scan`)",
    ),
    "port-absent": (
        "cảnh báo: hiện không có cổng '{seen}'; cắm thiết bị hoặc sửa tên (`station devices scan`)",
        "warning: the port '{seen}' is not there now; plug the adapter in or correct the name (`station devices scan`)",
    ),
    "port-closed": (
        "cảnh báo: tài khoản này không được dùng cổng '{seen}'; thêm tài khoản vào nhóm dialout",
        "warning: this account may not use the port '{seen}'; add it to the group dialout",
    ),
    "folder-absent": (
        "cảnh báo: không có thư mục '{seen}'; tạo thư mục hoặc sửa đường dẫn",
        "warning: there is no folder '{seen}'; make it or correct the path",
    ),
    "program-absent": (
        "cảnh báo: không có chương trình '{seen}'; cài đặt chương trình (aplay nằm trong gói alsa-utils)",
        "warning: there is no program '{seen}'; install it (aplay is in the package alsa-utils)",
    ),
    "no-password-file": (
        "không có tệp mật khẩu '{seen}'; tạo tệp một dòng, quyền 600",
        "there is no password file '{seen}'; make it with one line and mode 600",
    ),
    "open-password-file": (
        "người khác đọc được tệp mật khẩu '{seen}'; chmod 600, và đổi mật khẩu nếu đã lộ",
        "others can read the password file '{seen}'; chmod 600 it, and change the password if others had access",
    ),
    "secret": (
        "không ghi bí mật vào tệp cấu hình; ghi đường dẫn tới tệp chứa nó",
        "a secret does not belong into the settings; name a file that holds it",
    ),
    "half-a-key": (
        "'cert' và 'key' phải đi cùng nhau, và cần 'ca'",
        "'cert' and 'key' belong together, and need 'ca'",
    ),
}
_DID_YOU_MEAN: dict[Language, str] = {"vi": "; có phải là '{hint}'?", "en": "; did you mean '{hint}'?"}


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """One fault. `where` is the dotted path; `hint` a spelling that would be right, or ""."""

    file: str
    line: int
    column: int
    where: str
    message_code: str
    message_vi: str
    message_en: str
    hint: str = ""

    def text(self, language: Language) -> str:
        """One line, `file:line:column: where: message`."""
        message = self.message_vi if language == "vi" else self.message_en
        place = f"{self.file}:{self.line}:{self.column}: "
        thing = f"{self.where}: " if self.where else ""
        suggestion = _DID_YOU_MEAN[language].format(hint=self.hint) if self.hint else ""
        return f"{place}{thing}{message}{suggestion}"

    def __str__(self) -> str:
        return self.text("en")


class SettingsFaulty(Exception):
    """The settings cannot be used; `faults` holds every reason, in the order of the file."""

    def __init__(self, faults: tuple[SettingsFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


def messages(code: str, **details: object) -> tuple[str, str]:
    """The message of `code` in Vietnamese and in English."""
    vietnamese, english = _MESSAGES[code]
    return vietnamese.format(**details), english.format(**details)


def unreadable(file: Path, seen: str) -> SettingsFaulty:
    """The file as such cannot be read."""
    return SettingsFaulty((SettingsFault(str(file), 1, 1, "", "unreadable", *messages("unreadable", seen=seen)),))
