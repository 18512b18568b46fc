"""What the commands about proposed settings say, and their help: key -> (Vietnamese, English)."""

from station.words.language import Words

PROPOSAL_HELP: dict[str, Words] = {
    "settings-group": (
        "Cấu hình của làn: xem, chấp nhận hoặc từ chối những gì trung tâm đề nghị đổi.",
        "A lane's settings: see, take up or turn down what the centre proposes to change.",
    ),
    "settings-proposals": (
        "Các đề nghị của trung tâm: giá trị đang dùng, giá trị đề nghị, và 'station check' nói gì về kết quả.",
        "What the centre proposes: the value now, the value then, and what 'station check' says of the result.",
    ),
    "settings-accept": (
        "Chấp nhận một đề nghị: kiểm tra, ký, ghi vào nhật ký, rồi mới ghi tệp; bản cũ được giữ bên cạnh. "
        "Kỹ thuật viên hoặc lãnh đạo đơn vị.",
        "Take a proposal up: checked, signed for, recorded, and only then the file is written; the old one is kept "
        "beside it. By a technician or the head of unit.",
    ),
    "settings-reject": (
        "Từ chối một đề nghị. Kỹ thuật viên hoặc lãnh đạo đơn vị.",
        "Turn a proposal down. By a technician or the head of unit.",
    ),
    "settings-number": ("số của đề nghị", "the number of the proposal"),
    "centre-propose": (
        "Đề nghị người ở làn đổi cấu hình. Không có gì tự thay đổi: người ở trạm xem rồi quyết định.",
        "Ask the people at a lane to change its settings. Nothing changes by itself: a person there decides.",
    ),
    "propose-changes": (
        "MỤC=GIÁ TRỊ, ví dụ lane.limits.weight_refer=40; chỉ những mục có trong docs/downlinks.md",
        "KEY=VALUE, for example lane.limits.weight_refer=40; only keys that docs/downlinks.md lists",
    ),
    "propose-why": ("lý do, cho người đọc tại trạm", "why, for the person at the station"),
    "propose-days": ("đề nghị còn giá trị bao nhiêu ngày", "for how many days it may be taken up"),
    "propose-on": (
        "mã băm của cấu hình mà đề nghị dựa vào; bỏ trống: bản mà làn báo gần nhất",
        "the hash of the settings that it is meant for; left out: those that the lane told of last",
    ),
    "centre-export-lane": (
        "kèm các đề nghị cấu hình cho làn này",
        "with the settings that are proposed to this lane",
    ),
}

PROPOSAL_PHRASES: dict[str, Words] = {
    "propose-form": (
        "cần 1 đến {changes} mục khác nhau, mỗi mục MỤC=GIÁ TRỊ, và --why một dòng tối đa {reason} ký tự",
        "needs 1 to {changes} different KEY=VALUE, and --why on one line of {reason} characters at most",
    ),
    "proposal-published": (
        "Đề nghị số {number} cho {lane}: {count} mục, còn giá trị đến {until}. Trung tâm đang chạy sẽ gửi.",
        "Proposal {number} for {lane}: {count} settings, open until {until}. The running centre sends it.",
    ),
    "no-proposals": ("Trung tâm không đề nghị gì.", "The centre has proposed nothing."),
    "proposal": (
        "Đề nghị số {number}, nhận lúc {came}, còn giá trị đến {until}: {state}",
        "Proposal {number}, came {came}, open until {until}: {state}",
    ),
    "proposal-open": ("chờ trả lời", "waits for an answer"),
    "proposal-why": ("Lý do của trung tâm: {why}", "The centre's reason: {why}"),
    "proposal-sound": ("station check: không có lỗi", "station check: no fault"),
    "proposal-faulty": (
        "station check: có lỗi, không thể chấp nhận đề nghị này",
        "station check: faults, this proposal cannot be taken up",
    ),
    "reason-form": (
        "--reason là một mã (chữ, số, _ và -; tối đa 40)",
        "--reason is a code (letters, digits, _ and -; 40 at most)",
    ),
    "accept-confirm": (
        "Ký chấp nhận đề nghị số {number} và ghi {file}?",
        "Sign proposal {number} and write {file}?",
    ),
    "reject-confirm": ("Ký từ chối đề nghị số {number}?", "Sign that proposal {number} is turned down?"),
    "proposal-taken-up": (
        "Đề nghị số {number} đã ghi vào {file}; bản cũ: {old}. Có hiệu lực khi làn khởi động lại.",
        "Proposal {number} is written to {file}; the old one: {old}. It counts once the lane is started again.",
    ),
    "proposal-turned-down": ("Đã từ chối đề nghị số {number}.", "Proposal {number} is turned down."),
}
