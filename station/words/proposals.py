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
    "open-too-long": ("còn giá trị quá lâu", "open for too long"),
    "other-settings": ("dành cho cấu hình khác với bản đang chạy", "meant for other settings than those that run"),
    "settings-unknown": ("chưa biết làn đang dùng cấu hình nào", "it is not known which settings the lane runs"),
    "change-impossible": ("cách viết của tệp không cho sửa tự động", "the file is written in a way that hinders it"),
    "changed-meanwhile": ("tệp đã bị người khác sửa", "somebody else has written the file meanwhile"),
}
