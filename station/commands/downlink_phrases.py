"""What the commands about downlinks say, and their help: key -> (Vietnamese, English)."""

from station.words.language import Words

DOWNLINK_HELP: dict[str, Words] = {
    "lists": (
        "Danh sách và lệnh của trung tâm tại làn: nhập từ tệp, kiểm tra bản sao.",
        "What the centre sends, at the lane: import from a file, check a copy.",
    ),
    "lists-import": (
        "Nhập một tệp có chữ ký của trung tâm khi mất đường truyền. Công chức ký việc nhập. Mã 1 nếu có gì bị từ chối.",
        "Import what the centre signed, from a file, while the link is down. An officer signs for it. "
        "Exit 1 if anything in it is refused.",
    ),
    "lists-file": ("tệp do 'station centre export' viết", "a file that 'station centre export' wrote"),
    "lists-verify": (
        "Kiểm tra một bản sao có chữ ký của trạm: danh sách, lệnh tạm dừng, hồ sơ mở.",
        "Check a signed copy of a station: its list, suspensions and open cases.",
    ),
    "lists-copy": ("tệp bản sao", "the copy"),
    "lists-station-key": ("khóa công khai của trạm (64 chữ số hex)", "the station's public key (64 hex digits)"),
    "centre-publish-watchlist": (
        "Phát hành danh sách theo dõi: mỗi dòng một biển số hoặc số container; chỉ mã băm có khóa được lưu và gửi.",
        "Publish a watchlist: a plate or container number a line; only keyed hashes are kept and sent.",
    ),
    "centre-watchlist-file": ("tệp văn bản; tệp trống: không theo dõi gì", "a text file; an empty one: watch nothing"),
    "centre-watch-key": ("tệp khóa theo dõi", "the file of the watch key"),
    "centre-publish-rules": (
        "Phát hành các giới hạn chặt hơn cho một trạm; trị số nào chặt hơn thì có hiệu lực.",
        "Publish narrower limits for a station; of its own and these the stricter counts.",
    ),
    "centre-rules": (
        "TÊN=GIÁ TRỊ, ví dụ weight_refer=40; đủ cả bộ, thay bộ trước",
        "NAME=VALUE, for example weight_refer=40; the whole set, instead of the last one",
    ),
    "centre-make-watch-key": (
        "Tạo khóa theo dõi; chép sang các trạm bằng tay, không bao giờ gửi qua mạng.",
        "Make a watch key; it is carried to the stations by hand and never sent.",
    ),
    "centre-export": (
        "Ký danh sách và các lệnh của một trạm vào một tệp, để mang đi bằng USB.",
        "Sign a station's list and orders into a file, to be carried there.",
    ),
    "centre-export-file": ("tệp mới", "the new file"),
    "centre-valid-hours": ("còn hiệu lực bao nhiêu giờ", "for how many hours a lane accepts it"),
}

DOWNLINK_PHRASES: dict[str, Words] = {
    "watchlist-published": (
        "Danh sách theo dõi số {number} cho {station}.",
        "Watchlist {number} for {station}.",
    ),
    "rules-published": (
        "Quy tắc số {number} cho {station}: {count} giới hạn.",
        "Rules {number} for {station}: {count} limits.",
    ),
    "watch-key-written": ("{file}: khóa theo dõi {key_id}", "{file}: watch key {key_id}"),
    "exported": ("{file}: {count} mục có chữ ký, SHA-256 {sha256}", "{file}: {count} signed items, SHA-256 {sha256}"),
    "import-confirm": ("Ký việc nhập {file} (SHA-256 {sha256})?", "Sign the import of {file} (SHA-256 {sha256})?"),
    "copy-good": (
        "{station}/{lane}, lúc {made}: danh sách số {number} có {entries} tờ khai, {suspended} tạm dừng, {cases} hồ sơ"
        " mở; bản ghi {seq}",
        "{station}/{lane}, at {made}: list {number} with {entries} declarations, {suspended} suspended, {cases} open"
        " cases; record {seq}",
    ),
    "imported": ("Đã có hiệu lực: {said}", "In force: {said}"),
    "imported-nothing-new": ("Không có gì mới: đã nhận trước đó.", "Nothing new: all of it was taken before."),
}
