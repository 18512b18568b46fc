"""What a person does about a scan of a cargo X-ray that cannot be assessed: cause -> (Vietnamese, English)."""

from station.words.language import Words

SCAN_STEPS: dict[str, Words] = {
    "air-missing": (
        "cho máy soi ghi sớm hơn và lâu hơn, để có không khí ở hai đầu",
        "have the scanner begin earlier and end later, so that air stands at both ends",
    ),
    "air-clipped": ("giảm độ khuếch đại của đầu dò", "lower the detector's gain"),
    "scan-dark": ("xem chùm tia và độ khuếch đại của đầu dò", "check the beam and the detector's gain"),
    "container-not-whole": (
        "soi lại; ảnh phải có không khí quanh nóc và hai đầu",
        "scan again; the picture must show air above the roof and at both ends",
    ),
    "scan-noisy": ("soi lại chậm hơn", "scan again, slower"),
    "detector-stripes": ("hiệu chuẩn đầu dò", "have the detector calibrated"),
    "scan-stopped": ("soi lại, xe chạy đều", "scan again at an even speed"),
    "size-differs": (
        "dùng mẫu đúng chiều dài; nếu đúng rồi thì soi lại",
        "use the template of this length, or scan again",
    ),
    "unlike-template": (
        "xem loại công-te-nơ; học mẫu mới nếu máy soi đã đổi",
        "see what kind of container it is; learn anew if the scanner was changed",
    ),
    "little-passes": ("mở công-te-nơ hoặc dùng máy soi mạnh hơn", "open the container, or use a stronger scanner"),
    "bad-template": ("học lại bằng `station xray learn`", "learn it again with `station xray learn`"),
    "no-template": (
        "đặt [vision] xray_template, học tệp mẫu bằng `station xray learn`",
        "set [vision] xray_template, and learn the template with `station xray learn`",
    ),
    "scan-no-picture": (
        'cho máy soi xuất PNG 16 bit, thêm ".png" vào files của thiết bị soi',
        'have the scanner write PNG of 16 bits too, and add ".png" to files of its device',
    ),
    "scan-several-pictures": (
        "trong files của thiết bị soi chỉ ghi đuôi của ảnh nhìn ngang",
        "name in files of its device only the ending of the side view",
    ),
    "scan-too-many": ("xem các ảnh soi trong thư mục bằng chứng", "look at the scans in the evidence folder"),
    "assessment-late": ("xem ảnh soi bằng mắt; xem tải của máy", "look at the scan; see what else loads this machine"),
    "assessment-unanswered": (
        "xem ảnh soi bằng mắt và báo lỗi cùng với tệp",
        "look at the scan, and report the fault with its file",
    ),
    "truck-gone": ("xem ảnh soi bằng mắt", "look at the scan"),
    "template-missing": (
        "sửa [vision] xray_template, hoặc học tệp mẫu bằng `station xray learn`",
        "correct [vision] xray_template, or learn the template with `station xray learn`",
    ),
    "template-exists": ("chọn tên khác", "choose another name"),
    "too-few-scans": ("đưa ít nhất 5 ảnh soi khác nhau", "give 5 different scans or more"),
    "scan-unfit": ("bỏ ảnh này ra hoặc soi lại", "leave this scan out, or scan again"),
    "scan-unlike-others": (
        "bỏ ảnh này ra nếu công-te-nơ không rỗng hoặc khác loại; nếu không thì học từ nhiều ảnh hơn",
        "leave it out if that container was not empty or is of another kind; else learn from more scans",
    ),
}
