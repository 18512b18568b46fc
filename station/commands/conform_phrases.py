"""What `station conform` says: key -> (Vietnamese, English). Findings are filled in with `str.format`."""

from station.words.language import Words

CLAUSES: dict[str, Words] = {
    "BGS-R-01": (
        "Làn vừa kết nối được biết, có chữ ký, trung tâm đã lưu đến đâu.",
        "A lane that comes up hears, signed, up to where it is stored; nothing yet is said too.",
    ),
    "BGS-R-02": (
        "Mỗi loại bản ghi đều được lưu và có biên nhận, qua hai kỷ nguyên.",
        "One of every record type is stored and receipted, over two epochs.",
    ),
    "BGS-R-03": (
        "Biên nhận chỉ gửi sau khi đã lưu bền: không gửi khi cơ sở dữ liệu không ghi được; bị giết cũng không mất.",
        "A receipt follows the commit: none while the database takes nothing, and a kill takes none back.",
    ),
    "BGS-R-04": (
        "Bản ghi gửi hai lần chỉ lưu một lần và không cản trở gì.",
        "A record that comes twice is stored once and holds nothing up.",
    ),
    "BGS-R-05": (
        "Không biên nhận vượt qua chỗ thiếu; làn được yêu cầu gửi lại; các gói sai thứ tự vẫn khớp.",
        "No receipt covers a gap; the lane is asked for what is missing; batches out of order come together.",
    ),
    "BGS-R-06": (
        "Bản ghi khác dưới cùng số thứ tự không được lưu, không có biên nhận.",
        "Another record under a stored number is not stored and not receipted.",
    ),
    "BGS-R-07": (
        "Bản ghi không nối vào chuỗi không có biên nhận và nhường chỗ cho bản đúng.",
        "A record that does not follow the chain is not receipted, and makes room for the true one.",
    ),
    "BGS-R-08": (
        "Bản ghi có nội dung không khớp mã băm không có biên nhận.",
        "A record whose columns do not give its hash is not receipted.",
    ),
    "BGS-R-09": (
        "Loại, phiên bản, trường chưa biết và nội dung bất kỳ được lưu từng byte và có biên nhận.",
        "Unknown types, versions and fields, and bodies of any bytes, are stored and receipted.",
    ),
    "BGS-R-10": (
        "Thông điệp sai dạng không làm thay đổi hay dừng gì.",
        "Malformed messages move nothing and stop nothing.",
    ),
    "BGS-R-11": (
        "Bản sao gửi ngay không thay cho chuỗi bản ghi và không có biên nhận.",
        "A notice is not receipted; the stream brings its record.",
    ),
    "BGS-R-12": (
        "Kỷ nguyên mới được nối tiếp, kể cả khi đánh số lại.",
        "A new epoch is followed, also one that numbers again what its lane had lost.",
    ),
    "BGS-R-13": (
        "Bị giết giữa chừng và chạy lại thì tiếp tục nhận đủ.",
        "Killed amid the stream and started again, it says where it stands and takes the rest.",
    ),
    "BGS-R-14": (
        "Sự kiện mang tên làn khác với chủ đề không được lưu cho làn nào.",
        "An event that names another lane than its topic is stored for neither.",
    ),
    "BGS-R-15": (
        "Bản ghi của trạm chưa đăng ký không có biên nhận.",
        "Records of a station that is not enrolled are not receipted.",
    ),
    "BGS-R-16": (
        "Trạng thái, báo cáo, thuộc tính, chủ đề của phiên bản mới hơn không cản trở gì.",
        "States, reports, attributes and topics of a newer release hold nothing up.",
    ),
}

FINDINGS: dict[str, Words] = {
    "NO_RECEIPT": ("không có biên nhận cho bản ghi {seq} trong {seconds} s", "no receipt for {seq} in {seconds} s"),
    "NO_ANSWER": (
        "làn kết nối mà không được trả lời trong {seconds} s",
        "a lane came up and heard nothing in {seconds} s",
    ),
    "NOT_SIGNED": ("biên nhận không được tin: {cause}", "a receipt that cannot be trusted: {cause}"),
    "RETAINED": ("biên nhận bị broker giữ lại (retain)", "a receipt was retained at the broker"),
    "OVER_A_GAP": ("biên nhận đến {seq} dù {missing} chưa đến", "a receipt up to {seq} although {missing} never came"),
    "NOT_SENT": (
        "biên nhận cho {seq}, bản ghi chưa gửi hoặc sai",
        "a receipt for {seq}, which was not sent or is false",
    ),
    "OTHER_HASH": ("biên nhận cho {seq} với mã băm khác", "a receipt for {seq} with another hash"),
    "NO_REPLAY": ("chỗ thiếu không được hỏi lại trong {seconds} s", "nobody asked for what is missing in {seconds} s"),
    "WRONG_REPLAY": (
        "yêu cầu gửi lại sau {seq}, còn chỗ thiếu ở sau {missing}",
        "asked for what follows {seq}; missing is what follows {missing}",
    ),
    "WHILE_HELD": (
        "biên nhận cho {seq} khi cơ sở dữ liệu không ghi được",
        "a receipt for {seq} while the database took nothing",
    ),
    "TAKEN_BACK": (
        "sau khi chạy lại chỉ còn đến {seq}, đã biên nhận đến {claimed}",
        "after the restart it stands at {seq}, though {claimed} had been receipted",
    ),
    "STRANGER": ("biên nhận {seq} cho trạm chưa đăng ký", "a receipt for {seq} of a station that is not enrolled"),
    "COMMAND_FAILED": ("lệnh {command} không làm được: {seen}", "the command of {command} failed: {seen}"),
}

CONFORM: dict[str, Words] = {
    "conform-pass": ("đạt", "pass"),
    "conform-fail": ("KHÔNG ĐẠT", "FAIL"),
    "conform-not-tried": ("chưa thử", "not tried"),
    "conform-needs": ("cần {needs}", "needs {needs}"),
    "conform-partly": ("chưa thử hết, cần {needs}", "not tried whole, needs {needs}"),
    "conform-total": (
        "{passed} đạt, {failed} không đạt, {untried} chưa thử hoặc chưa thử hết",
        "{passed} passed, {failed} failed, {untried} not tried or not tried whole",
    ),
    "conform-url": (
        "--broker cần dạng mqtt://[TÀI_KHOẢN@]MÁY[:CỔNG], hoặc mqtts:// cùng với --ca",
        "--broker is of the form mqtt://[USER@]HOST[:PORT], or mqtts:// and then with --ca",
    ),
    "conform-names": (
        "tên trạm và làn: chữ, số, '-', '_', '.'; tên làn ngắn",
        "names of stations and lanes have letters, digits, '-', '_', '.'",
    ),
}

CONFORM_HELP: dict[str, Words] = {
    "conform": (
        "Chứng nhận một trung tâm nhận từ bên ngoài: đóng vai làn, thử từng điều khoản. Mã 1 nếu có điều không đạt.",
        "Certify a receiver from outside: play a lane, try each clause. Exit 1 if one is not kept.",
    ),
    "conform-broker": (
        "broker, ví dụ mqtts://broker.example:8883",
        "the broker, for example mqtts://broker.example:8883",
    ),
    "conform-key": ("khóa công khai của trung tâm (64 chữ số hex)", "the receiver's public key (64 hex digits)"),
    "conform-station": ("trạm mà trung tâm đã đăng ký", "a station that the receiver has enrolled"),
    "conform-stranger": ("trạm mà trung tâm chưa đăng ký", "a station that it has not enrolled"),
    "conform-lane": ("phần đầu tên các làn thử, mỗi lần một tên mới", "begins the lanes' names; new for each run"),
    "conform-restart": (
        "lệnh giết trung tâm (SIGKILL) và chạy lại",
        "command that kills the receiver (SIGKILL) and starts it again",
    ),
    "conform-hold": (
        "lệnh khóa ghi cơ sở dữ liệu của trung tâm: in một dòng khi đã khóa, mở khi bị dừng",
        "command that keeps its database from being written: prints a line when it does, until it is ended",
    ),
    "conform-patience": ("chờ một biên nhận bấy nhiêu giây", "seconds to wait for a receipt"),
    "conform-long-patience": (
        "chờ trung tâm khởi động, và chờ yêu cầu gửi lại, bấy nhiêu giây",
        "seconds to wait for a receiver that begins, and to be asked for a gap",
    ),
    "conform-ca": ("chứng thư CA của broker", "CA certificate of the broker"),
    "conform-cert": ("chứng thư của người thử", "the tester's certificate"),
    "conform-tls-key": ("khóa của chứng thư đó", "the key of that certificate"),
}
