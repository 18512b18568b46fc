"""Words for what is kept: levels of the disk, classes of evidence, holds. Part of `codes.CODES`."""

from station.words.language import Words

KEEPING: dict[str, Words] = {
    # the disk
    "OK": ("đủ chỗ", "room enough"),
    "LOW": ("sắp đầy", "filling up"),
    "CRITICAL": ("gần đầy", "nearly full"),
    "READ_ONLY": ("đầy, làn đóng", "full, the lane is closed"),
    "DISK_LOW": ("đĩa sắp đầy", "the disk fills up"),
    "DISK_CRITICAL": (
        "đĩa gần đầy, hình ảnh xe đã qua bị xóa trước hạn",
        "the disk is nearly full, pictures of cleared trucks go before their term",
    ),
    "DISK_READ_ONLY": ("đĩa đầy, không cho xe nào qua", "the disk is full, no truck is let go"),
    "DISK_RECOVERED": ("đĩa lại có chỗ", "the disk has room again"),
    # classes of evidence, and why some goes
    "customs_record": ("hồ sơ hải quan", "customs records"),
    "video": ("hình ảnh", "pictures"),
    "personal": ("dữ liệu cá nhân", "personal data"),
    "diagnostic": ("dữ liệu chẩn đoán", "diagnostics"),
    "PRESSURE": ("vì đĩa gần đầy", "because the disk is nearly full"),
    # legal hold
    "hold-evidence": ("phong tỏa chứng cứ", "put evidence under legal hold"),
    "free-evidence": ("hết phong tỏa chứng cứ", "end a legal hold"),
    "UNDER_HOLD": ("chứng cứ đang bị phong tỏa", "its evidence is under legal hold"),
    "NOT_UNDER_HOLD": ("chứng cứ không bị phong tỏa", "its evidence is not under legal hold"),
    "UNKNOWN_CROSSING": ("làn này không có lượt hay đoạn hình đó", "this lane has had no such crossing or clip"),
    "TOO_MANY_HOLDS": ("quá nhiều lượt bị phong tỏa", "too many crossings are under legal hold"),
}
