"""What `station learn` says: key -> (Vietnamese, English). Filled in with `str.format`."""

from station.words.language import Words

LEARN: dict[str, Words] = {
    "learn-needs-settings": ("cho biết --settings của làn", "name the lane's --settings"),
    "learn-collected": (
        "{new} ảnh mới ({basis}), {known} đã có, {expired} đã hết hạn và bị xóa; nay có {crops} ảnh của {vehicles} xe",
        "{new} new crops ({basis}), {known} known, {expired} expired and deleted; now {crops} of {vehicles} vehicles",
    ),
    "learn-passed-over": ("không dùng được: {count} ảnh, {reason}", "passed over: {count} pictures, {reason}"),
    "learn-damaged": ("tệp hỏng, đã xóa: {file}", "damaged, deleted: {file}"),
    "learn-labels-clear": (
        "Danh sách {file} ghi biển số ở dạng đọc được: xóa nó khi không cần nữa.",
        "The list {file} holds plates in clear: delete it when it is of no more use.",
    ),
    "learn-forgotten": (
        "{crops} ảnh và khóa của chúng đã bị xóa. Bộ đọc đã học từ chúng vẫn còn: `station models install --return`.",
        "{crops} crops and their key are deleted. A reader they taught stays: `station models install --return`.",
    ),
    "learn-tuned": (
        "Ứng viên: {target}; {teaching} ảnh để học, {held_out} để riêng, {cpu} phút bộ xử lý. Tiếp: so sánh.",
        "Candidate: {target}; {teaching} crops taught, {held_out} kept apart, {cpu} CPU minutes. Next: compare.",
    ),
    "learn-site": ("Xe để riêng ({vehicles} xe)", "Vehicles kept apart ({vehicles})"),
    "learn-synthetic": ("Biển số vẽ", "Rendered plates"),
    "learn-shares": (
        "  đang dùng {shipped}, ứng viên {candidate}, n = {n}",
        "  in force {shipped}, candidate {candidate}, n = {n}",
    ),
    "learn-paired": (
        "  xe đọc tốt hơn {gained}, kém hơn {lost}; McNemar chính xác p = {p}",
        "  vehicles read better {gained}, worse {lost}; McNemar, exact, p = {p}",
    ),
    "learn-better": ("BETTER: đã chứng minh là tốt hơn.", "BETTER: proved."),
    "learn-not-shown": (
        "NOT_SHOWN: chưa chứng minh được là tốt hơn; giữ bộ đọc đang dùng.",
        "NOT_SHOWN: no gain is proved; keep the reader in force.",
    ),
    "learn-forgot": (
        "FORGOT: ứng viên quên các biển số khác; giữ bộ đọc đang dùng.",
        "FORGOT: the candidate forgets other plates; keep the reader in force.",
    ),
    "learn-not-installed": ("Không cài đặt.", "Not installed."),
    "learn-compared-before": (
        "Đã so {count} ứng viên trên các xe này; càng nhiều lần thử, p càng ít ý nghĩa.",
        "{count} candidates were compared on these vehicles; the more are tried, the less p says.",
    ),
}
