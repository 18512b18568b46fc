"""Words about the settings that a centre proposes: code -> (Vietnamese, English)."""

from station.words.language import Words

PROPOSAL_CODES: dict[str, Words] = {
    "accept-settings": ("chấp nhận cấu hình được đề nghị", "take up proposed settings"),
    "reject-settings": ("từ chối cấu hình được đề nghị", "turn down proposed settings"),
    "TAKEN_UP": ("đã chấp nhận", "taken up"),
    "TURNED_DOWN": ("đã từ chối", "turned down"),
    "NO_SUCH_PROPOSAL": ("không có đề nghị này", "there is no such proposal"),
    "ANSWERED_BEFORE": ("đề nghị đã được trả lời khác", "the proposal was answered otherwise before"),
    "PROPOSAL_EXPIRED": ("đề nghị đã hết giá trị", "the proposal has lapsed"),
    "OTHER_SETTINGS": ("đề nghị dựa trên cấu hình khác", "the proposal is meant for other settings"),
}

PROPOSAL_RECORDS: dict[str, Words] = {
    "settings.proposed": ("trung tâm đề nghị đổi cấu hình", "settings proposed by the centre"),
    "settings.answered": ("đã trả lời đề nghị cấu hình", "proposed settings answered"),
}

PROPOSAL_CAUSES: dict[str, Words] = {
    "key-not-proposable": ("trung tâm không được đề nghị mục này", "a setting that a centre may not propose"),
    "value-not-proposable": ("giá trị không đúng dạng", "no value that may be proposed"),
    "other-settings": ("dành cho cấu hình khác với bản đang chạy", "meant for other settings than those that run"),
    "settings-unknown": ("chưa biết làn đang dùng cấu hình nào", "it is not known which settings the lane runs"),
    "change-impossible": ("cách viết của tệp không cho sửa tự động", "the file is written in a way that hinders it"),
    "changed-meanwhile": ("tệp đã bị người khác sửa", "somebody else has written the file meanwhile"),
}

_ANEW: Words = ("để trung tâm gửi đề nghị mới", "have the centre propose it anew")

PROPOSAL_STEPS: dict[str, Words] = {
    "key-not-proposable": (
        "bỏ mục này; muốn đổi thì để người ở trạm sửa bằng tay",
        "leave the setting out; whoever wants it otherwise has it changed at the station, by hand",
    ),
    "value-not-proposable": (
        "ghi số nguyên, true, false hoặc danh sách số nguyên",
        "write a whole number, true, false or a list of whole numbers",
    ),
    "other-settings": (
        "xem lại cấu hình của làn rồi đề nghị trên bản đang chạy",
        "look at the lane's settings again, and propose on those that it runs now",
    ),
    "settings-unknown": (
        "chờ làn báo về, hoặc ghi mã băm bằng --on",
        "wait until the lane has told of them, or give their hash with --on",
    ),
    "change-impossible": (
        "sửa tệp bằng tay, chạy 'station check', rồi từ chối đề nghị",
        "edit the file by hand, run 'station check', and turn the proposal down",
    ),
    "changed-meanwhile": (
        "xem lại tệp và đề nghị, rồi chấp nhận lần nữa",
        "look at the file and the proposal again, and take it up again",
    ),
    "NO_SUCH_PROPOSAL": (
        "xem 'station settings proposals'; chỉ giữ bốn đề nghị mới nhất",
        "see 'station settings proposals'; only the newest four are kept",
    ),
    "ANSWERED_BEFORE": _ANEW,
    "PROPOSAL_EXPIRED": _ANEW,
    "TURNED_DOWN": _ANEW,
    "TAKEN_UP": ("không cần làm gì", "nothing"),
    "OTHER_SETTINGS": (
        "khởi động lại làn nếu tệp đã được sửa; sau đó để trung tâm đề nghị trên bản đang chạy",
        "start the lane again if the file was changed; then have the centre propose on what runs",
    ),
}
