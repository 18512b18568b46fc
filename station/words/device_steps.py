"""What a driver tells a person to do about a fault, in Vietnamese. Drivers know one language; a test finds more."""

STEPS: dict[str, str] = {
    "check baud, parity and protocol": "kiểm tra tốc độ baud, parity và giao thức",
    "check cable, adapter and the port's name and rights": "kiểm tra cáp, bộ chuyển đổi, tên cổng và quyền dùng cổng",
    "check device and network": "kiểm tra thiết bị và mạng",
    "check device, wiring or network, and unit id": "kiểm tra thiết bị, dây hoặc mạng, và địa chỉ unit",
    "check its power, its cable and its number": "kiểm tra nguồn, cáp và số của thiết bị",
    "check power, cable and address of the reader": "kiểm tra nguồn, cáp và địa chỉ của đầu đọc",
    "check power, network cable and the address": "kiểm tra nguồn, cáp mạng và địa chỉ",
    "pip install --no-deps rapidocr==3.10.0, or set vision.second_reader = false": (
        "pip install --no-deps rapidocr==3.10.0, hoặc đặt vision.second_reader = false"
    ),
    "check the adapter's plug": "kiểm tra đầu cắm của bộ chuyển đổi",
    "check the antenna and its cable": "kiểm tra ăng-ten và cáp ăng-ten",
    "check the camera's power, cable, address and port": "kiểm tra nguồn, cáp, địa chỉ và cổng của camera",
    "check the camera's power, network, address and port": "kiểm tra nguồn, mạng, địa chỉ và cổng của camera",
    "check the camera's power, network and alarm host settings": (
        "kiểm tra nguồn, mạng và mục máy nhận cảnh báo (alarm host) của camera"
    ),
    "check the device and its network": "kiểm tra thiết bị và mạng của nó",
    "check the far end and flow control": "kiểm tra thiết bị ở đầu kia và điều khiển luồng",
    "check the host's load": "kiểm tra tải của máy này",
    "check the network": "kiểm tra mạng",
    "check the path, and how many may watch the camera at once": (
        "kiểm tra đường dẫn, và số người được xem camera cùng lúc"
    ),
    "check the portal's power and its cable": "kiểm tra nguồn và cáp của cổng phóng xạ",
    "check the printer's power, cable and baud": "kiểm tra nguồn, cáp và tốc độ baud của máy in",
    "check user and password_file": "kiểm tra user và password_file",
    "install models that read containers, or take container_cameras out of the settings": (
        "cài mô hình đọc container, hoặc bỏ container_cameras khỏi cấu hình"
    ),
    "compare baud rate and model with the reader": "so tốc độ baud và model với đầu đọc",
    "compare the model: it must speak BB..7E frames": "so model: đầu đọc phải dùng khung BB..7E",
    "compare baud rate, parity, checksum, brand and output mode with the indicator": (
        "so tốc độ baud, parity, checksum, brand và chế độ phát với đầu cân"
    ),
    "compare baud rate, parity, checksum and output mode with the indicator": (
        "so tốc độ baud, parity, checksum và chế độ phát với đầu cân"
    ),
    "compare baud rate, parity and protocol with the indicator": "so tốc độ baud, parity và giao thức với đầu cân",
    "compare profile, unit id, baud rate and parity with the indicator": (
        "so profile, địa chỉ unit, tốc độ baud và parity với đầu cân"
    ),
    "compare baud rate, parity and command set with the indicator": "so tốc độ baud, parity và tập lệnh với đầu cân",
    "compare baud rate and form of the continuous output with the indicator": (
        "so tốc độ baud và dạng phát liên tục với đầu cân"
    ),
    "compare baud rate, address and checksum with the indicator": "so tốc độ baud, địa chỉ và checksum với đầu cân",
    "compare baud rate, address and mode with the indicator": "so tốc độ baud, địa chỉ và chế độ với đầu cân",
    "compare baud rate, parity and form of the lines with the indicator": (
        "so tốc độ baud, parity và dạng dòng với đầu cân"
    ),
    "clear its tare and set its unit to kg": "xóa bì và đặt đơn vị là kg",
    "set it to kilograms and compare `decimals` with its display": "đặt đơn vị kg và so `decimals` với màn hình",
    "leave its menu and set its unit to kg": "thoát menu của đầu cân và đặt đơn vị là kg",
    "leave its menu, read its display and set its unit to kg": "thoát menu, đọc màn hình và đặt đơn vị là kg",
    "set it to command mode (tF = 1), its unit to kg and its decimals to 0": (
        "đặt chế độ lệnh (tF = 1), đơn vị kg và số lẻ 0"
    ),
    "look at the indicator's display and load cells": "xem màn hình đầu cân và các loadcell",
    "switch the indicator off and on; check its load cells": "tắt rồi bật đầu cân; kiểm tra các loadcell",
    "correct `folder` or create it": "sửa `folder` hoặc tạo thư mục",
    "correct `folder`, mount it or create it": "sửa `folder`, gắn ổ đĩa hoặc tạo thư mục",
    "correct the path in url": "sửa đường dẫn trong url",
    "create it, or correct password_file": "tạo tệp, hoặc sửa password_file",
    "find who else writes the module": "tìm xem ai khác đang ghi vào mô-đun",
    "replace the module, or check who else writes it": "thay mô-đun, hoặc tìm xem ai khác đang ghi vào đó",
    "set every output to its normal mode": "đặt mọi ngõ ra về chế độ thường",
    "free space on the disk with the evidence": "giải phóng đĩa chứa chứng cứ",
    "have the scanner's archive moved elsewhere": "chuyển kho ảnh của máy soi đi nơi khác",
    "install it or correct `player`": "cài chương trình hoặc sửa `player`",
    "play the recording by hand; check the sound card and `player`": (
        "phát thử bản ghi bằng tay; kiểm tra card âm thanh và `player`"
    ),
    "look the status up in the reader's manual": "tra mã trạng thái trong tài liệu của đầu đọc",
    "open it first": "mở thiết bị trước",
    "open the device again": "mở lại thiết bị",
    "open the device first": "mở thiết bị trước",
    "play it with the settings it was made with": "phát lại với đúng cấu hình khi ghi",
    "plug it in and open the device again": "cắm lại rồi mở lại thiết bị",
    "put JPEG or PNG pictures into it": "đặt ảnh JPEG hoặc PNG vào thư mục",
    "restart the camera": "khởi động lại camera",
    "restart the camera; if it is slow, raise `timeout`": "khởi động lại camera; nếu camera chậm, tăng `timeout`",
    "restart the camera; if the scene is still by nature, raise `frozen`": (
        "khởi động lại camera; nếu cảnh vốn đứng yên, tăng `frozen`"
    ),
    "run `station check` on the settings": "chạy `station check` với tệp cấu hình",
    "set the camera back, or correct plate_region": "đặt lại camera, hoặc sửa plate_region",
    "set user and password_file": "đặt user và password_file",
    "switch off the adapter's local echo": "tắt chế độ vọng (local echo) của bộ chuyển đổi",
    "write that address as url": "ghi địa chỉ đó vào url",
    "write the camera's IP address as host": "ghi địa chỉ IP của camera vào host",
    "write the password as its first line": "ghi mật khẩu ở dòng đầu của tệp",
    "write the password as one line of text": "ghi mật khẩu thành một dòng văn bản",
    "write the picture's own address as url": "ghi địa chỉ của chính tấm ảnh vào url",
    "check model and settings against the register map": "so model và cấu hình với bảng thanh ghi",
    "check power and cable of the indicator and leave its menu; continuous output must be on": (
        "kiểm tra nguồn và cáp của đầu cân, thoát menu; chế độ phát liên tục phải bật"
    ),
    "check power and cable of the indicator, its unit id, baud rate and parity": (
        "kiểm tra nguồn và cáp của đầu cân, địa chỉ unit, tốc độ baud và parity"
    ),
    "check power and cable of the scale; MT-SICS must be on and its continuous output off": (
        "kiểm tra nguồn và cáp của cân; MT-SICS phải bật và chế độ phát liên tục phải tắt"
    ),
    "check power and cable of the scale; the SMA protocol must be on": (
        "kiểm tra nguồn và cáp của cân; giao thức SMA phải bật"
    ),
    "check power, cable and address of the indicator; it must be in command mode (tF = 1)": (
        "kiểm tra nguồn, cáp và địa chỉ của đầu cân; đầu cân phải ở chế độ lệnh (tF = 1)"
    ),
    "check power, cable and address of the indicator; its network protocol must be on": (
        "kiểm tra nguồn, cáp và địa chỉ của đầu cân; giao thức mạng của đầu cân phải bật"
    ),
    "check the camera's power and network, and that it sends a key frame at least each second": (
        "kiểm tra nguồn và mạng của camera, và camera phải gửi khung chính (key frame) ít nhất mỗi giây"
    ),
    "check user, password_file and auth against the camera's accounts": (
        "so user, password_file và auth với tài khoản trên camera"
    ),
    "clear its tare, set its unit to kg and its decimals to 0": "xóa bì, đặt đơn vị kg và số lẻ 0",
    "correct `host`, or bring that network up": "sửa `host`, hoặc bật mạng đó",
    "free the port or choose another": "giải phóng cổng hoặc chọn cổng khác",
    "open the url in a browser: it must show a JPEG and nothing else": (
        "mở url trong trình duyệt: chỉ được thấy một ảnh JPEG"
    ),
    "set its unit to kg": "đặt đơn vị là kg",
    "set its unit to kg; leave its menu": "đặt đơn vị là kg; thoát menu",
}
BEGINNINGS: dict[str, str] = {
    "chmod 600 ": "chmod 600 ",
    "check model, unit id and that it speaks ": "kiểm tra model, địa chỉ unit và giao thức phải là ",
    "find who holds the port: fuser ": "tìm xem ai giữ cổng: fuser ",
}


def step_in_vietnamese(step: str) -> str:
    """`step`, which a driver said, in Vietnamese; as it is if it is a new one."""
    for beginning, translated in BEGINNINGS.items():
        if step.startswith(beginning):
            return translated + step.removeprefix(beginning)
    return STEPS.get(step, step)
