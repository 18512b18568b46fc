"""What `station migrate` says, and its help."""

from station.words.language import Words

MIGRATE: dict[str, Words] = {
    "migrate-needs": (
        "cho biết --settings của làn, --centre hoặc --database của trung tâm",
        "name the lane's --settings, or the centre's --centre or --database",
    ),
    "migrate-absent": ("chưa có tệp; chương trình dùng nó sẽ tạo", "no file yet; the process that uses it makes it"),
    "migrate-empty": ("chưa có bảng nào", "no tables yet"),
    "migrate-behind": ("cũ hơn bản phát hành này; vẫn chạy được", "older than this release, which runs all the same"),
    "migrate-unmarked": ("đủ bảng, chưa ghi số phiên bản", "has all tables, not marked with its revision"),
    "migrate-current": ("đúng bản phát hành này", "as this release has it"),
    "migrate-newer": (
        "do bản phát hành mới hơn để lại; bản này vẫn đọc và ghi được",
        "left by a newer release; this one reads and writes it all the same",
    ),
    "migrate-done": ("đã theo bản phát hành này", "brought to this release"),
    "migrate-table": ("bảng", "table"),
    "migrate-column": ("cột", "column"),
    "migrate-index": ("chỉ mục", "index"),
}

MIGRATE_HELP: dict[str, Words] = {
    "migrate": (
        "Cơ sở dữ liệu của làn hoặc trung tâm so với bản phát hành này. Chỉ thêm, không bao giờ sửa hay xóa.",
        "The databases of a lane or a centre beside this release. Only ever adds; alters and deletes nothing.",
    ),
    "migrate-check": (
        "Chúng có đủ bảng của bản phát hành này không; mã 1 nếu còn việc phải làm. Không đổi gì.",
        "Whether they have this release's tables; exit 1 if there is something to do. Changes nothing.",
    ),
    "migrate-plan": ("Như check, và từng thứ sẽ được thêm.", "As check, and each thing that will be added."),
    "migrate-up": (
        "Thêm những gì còn thiếu, mỗi cơ sở dữ liệu một giao dịch. Làn phải đang dừng.",
        "Add what is missing, one transaction for each database. The lane must be stopped.",
    ),
    "migrate-settings": ("tệp cấu hình của làn", "the lane's settings file"),
    "migrate-centre": ("tệp cấu hình của trung tâm", "the centre's settings file"),
    "migrate-database": ("địa chỉ cơ sở dữ liệu của trung tâm", "address of the centre's database"),
}
