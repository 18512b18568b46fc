"""What a person does about settings that a centre may not propose, or that cannot be taken up. Part of `NEXT_STEPS`."""

from station.words.language import Words

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
    "open-too-long": (
        "ký lại với hạn trong vòng 90 ngày; kiểm tra đồng hồ hai bên",
        "sign it with an end within 90 days; check the clocks of both",
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
