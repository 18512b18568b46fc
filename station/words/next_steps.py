"""What a person does about each cause of a refusal: cause -> (Vietnamese, English)."""

from station.words.language import Words
from station.words.proposal_steps import PROPOSAL_STEPS
from station.words.scan_steps import SCAN_STEPS

NEXT_STEPS: dict[str, Words] = {
    "DISK_LOW": (
        "xóa tệp lạ trên đĩa hoặc lắp đĩa lớn hơn; xem số ngày còn lại bằng station status",
        "free the disk of what is not the lane's, or fit a larger one; station status shows the days left",
    ),
    "DISK_CRITICAL": (
        "giải phóng đĩa ngay, kiểm tra đường truyền về trung tâm",
        "free the disk now, and look why the centre does not take what waits",
    ),
    "DISK_READ_ONLY": (
        "giải phóng đĩa; làn tự mở lại khi có chỗ",
        "free the disk; the lane opens by itself as soon as there is room",
    ),
    "not-json": ("gửi lại bằng phần mềm của trung tâm hoặc của trạm", "send it again from our own software"),
    "unsigned": ("yêu cầu bên gửi ký", "have the sender sign it"),
    "wrong-purpose": ("gửi theo đúng kênh đã ký", "send it on the channel it was signed for"),
    "unknown-key": (
        "đăng ký khóa: khóa trung tâm bằng văn bản của khóa gốc, khóa công chức bằng danh sách công chức",
        "enrol the key: a statement of the root for a centre key, the officers file for an officer",
    ),
    "out-of-scope": ("ký bằng khóa được phép cho việc này", "sign with a key that the root has given this scope"),
    "key-expired": ("gia hạn khóa", "have the key renewed"),
    "key-revoked": (
        "ký bằng khóa còn hiệu lực và tìm xem ai còn dùng khóa này",
        "sign with a key that is in force, and find out who still uses this one",
    ),
    "bad-signature": (
        "coi bên gửi hoặc đường truyền là đáng ngờ; ký và gửi lại",
        "treat the sender or the way between as suspect; have it signed and sent again",
    ),
    "malformed": ("so phiên bản phần mềm của bên gửi và trạm", "compare the software versions of sender and station"),
    "wrong-station": ("gửi đến đúng trạm ghi trong đó", "send it to the station it names"),
    "outdated": ("gửi bản mới nhất", "send the newest one"),
    "serial-twice": (
        "để khóa gốc ký văn bản mới với số cao hơn và tìm xem ai đã ký hai lần",
        "have the root sign a new statement with a higher serial, and find out who signed twice",
    ),
    "revocation-missing": (
        "đặt lại tệp văn bản khóa mới nhất và tìm xem ai đã thay tệp",
        "put back the newest statements file, and find out who replaced it",
    ),
    "not-erased": (
        "đóng các chương trình đang đọc personal.db, sửa đĩa nếu hỏng, rồi ra lệnh xóa lại",
        "close what else reads personal.db, mend the disk if it failed, then order the erasure again",
    ),
    "oversize": (
        "gửi bản nhỏ hơn; danh sách lớn như vậy thuộc về nhiều trạm",
        "send a smaller one; a list of that size belongs on several stations",
    ),
    "retained": (
        "gửi lại không kèm cờ retain, và xóa thông điệp bị giữ ở broker",
        "have it published without the retain flag, and clear the retained message at the broker",
    ),
    "unknown-type": (
        "so phiên bản phần mềm của trung tâm và trạm",
        "compare the software versions of centre and station",
    ),
    "expired": (
        "để trung tâm ký và gửi lại; kiểm tra đồng hồ hai bên",
        "have the centre sign and send it again; check the clocks of both",
    ),
    "file-missing": (
        "nhập lại tệp bằng lệnh 'station lists import'",
        "import the file again with 'station lists import'",
    ),
    "file-changed": (
        "nhập lại; so USB với tệp đã được ký",
        "import the file again; compare the stick with the one that was signed for",
    ),
    "file-in-hand": (
        "chờ tệp trước xong rồi nhập lại tệp này",
        "wait until the last file has been taken in, then import this one again",
    ),
    "no-courier": (
        "chờ mười giây rồi thử lại; làn cần có [link] trong cấu hình",
        "wait ten seconds and try again; the lane needs a [link] in its settings",
    ),
    "no-folder": ("cắm hoặc gắn lại nơi lưu bản sao", "plug in or mount the place for copies"),
    "no-space": ("dọn chỗ hoặc thay USB", "free space there, or take another stick"),
    "not-readable": ("xem trạng thái đĩa và sổ của làn", "look at the lane's disk and journal"),
    "no-key": ("cấp tệp khóa của trạm", "provision the station's key file"),
    "timed-out": ("kiểm tra hoặc thay nơi lưu bản sao", "check the place for copies, or take another"),
    "other-base": ("không cần làm gì; làn xin lại cả danh sách", "nothing; the lane asks for the whole list"),
    "other-result": (
        "làn xin lại cả danh sách; ở trung tâm, so danh sách với phần thay đổi",
        "the lane asks for the whole list; compare the centre's list with its own delta",
    ),
    "other-watch-key": (
        "cấp cho trạm đúng khóa của trung tâm, hoặc ngược lại",
        "provision the station with the key of the centre, or the other way round",
    ),
    "limit-not-listed": (
        "bỏ giới hạn này; trung tâm chỉ được thu hẹp những giới hạn đã liệt kê",
        "leave the limit out; a centre may narrow only those that are listed",
    ),
    "out-of-bounds": ("sửa giá trị và đơn vị", "correct the value and its unit"),
    "repeated": ("không cần làm gì", "nothing"),
    "fork": (
        "giữ nguyên nhật ký, so với bản ghi của trung tâm; đến lúc đó không gửi và không xóa gì",
        "keep the journal, compare it with the centre's records; nothing is delivered or deleted until then",
    ),
    "not-kept": ("giải phóng đĩa chứa tệp", "free space on the disk that holds it"),
    "link-refused": (
        "kiểm tra máy chủ, chứng chỉ và ngày của chúng ở hai bên, và quyền của làn tại broker",
        "check host, certificates and their dates on both sides, and this lane's rights at the broker",
    ),
    "too-many": (
        "tìm xem ai gửi tràn các chủ đề của làn; các lần từ chối khác trong phút này không được liệt kê",
        "find out who floods the lane's topics; further refusals of this minute are not listed",
    ),
    "ROLE": ("để người có đúng chức danh thực hiện", "have it done by a person whose role it is"),
    "stale": ("xem lại lượt xe rồi thực hiện lại", "look at the crossing again and act again"),
    "wrong-actor": ("dùng tài khoản của chính mình", "act under your own account"),
    "wrong-role": (
        "để người có đúng vai trò thực hiện, hoặc cập nhật danh sách công chức",
        "have somebody with the needed role act, or have the officers file renewed",
    ),
    "same-person": (
        "để công chức thứ hai xác nhận bằng khóa của chính mình",
        "have a second officer confirm with a key of their own",
    ),
    "wrong-fingerprint": (
        "dừng lại: so thư in với tệp lần nữa và hỏi bên gửi đó là khóa nào",
        "stop: compare letter and file again, and ask the sender which key it is",
    ),
    "root-not-accepted": (
        "để hai công chức đối chiếu với thư in: station trust accept",
        "have two officers compare it with the printed letter: station trust accept",
    ),
    "key-file-missing": ("cấp tệp khóa", "provision the key file"),
    "key-file-exposed": (
        "chmod 600 tệp này, và thay khóa nếu người khác đã đọc được",
        "chmod 600 the file, and replace the key if others had access",
    ),
    "key-file-malformed": (
        "khôi phục tệp khóa hoặc tạo và đăng ký khóa mới",
        "restore the key file or enrol a new key",
    ),
    "wrong-password": ("nhập lại mật khẩu", "enter the password again"),
    "disk-full": ("giải phóng đĩa chứa tệp", "free space on the disk that holds it"),
    "locked": ("kết thúc chương trình đang giữ tệp, hoặc thử lại", "end the program that holds it, or try again"),
    "not-writable": (
        "kiểm tra quyền của thư mục và tệp, và đĩa không ở chế độ chỉ đọc",
        "check that folder and file belong to the lane's account and that the disk is not read-only",
    ),
    "io-error": ("kiểm tra đĩa và cáp, rồi khởi động lại làn", "check the disk and its cable, then restart the lane"),
    "corrupt": (
        "khởi động lại làn: tệp hỏng được cất riêng và bắt đầu kỷ nguyên mới",
        "restart the lane: it sets the damaged file aside and begins a new epoch",
    ),
    "missing": ("khởi động làn một lần: làn sẽ tạo tệp", "start the lane once: it creates it"),
    "second-writer": (
        "dừng tiến trình làn kia, hoặc cho làn này thư mục riêng",
        "stop the other lane process, or give this lane a data folder of its own",
    ),
    "schema-unknown": (
        "kiểm tra đường dẫn; nếu đúng tệp, lấy lại bản sao lưu hoặc để làn bắt đầu tệp mới",
        "check the path; if it is the right file, put back its copy or let the lane begin a new one",
    ),
    "schema-contradicts": (
        "cài lại bản phát hành đã dùng tệp này, hoặc bản mới hơn",
        "install the release again that used it, or a newer one",
    ),
    "migration-failed": (
        "không có gì thay đổi: làn chạy tiếp như trước; báo cho nhà cung cấp phần mềm",
        "nothing was changed, the lane runs as before: tell who supplies the software",
    ),
    "other-account": (
        "chạy lại bằng tài khoản của làn: sudo -u border-gate station migrate ...",
        "run it again as the lane's account: sudo -u border-gate station migrate ...",
    ),
    "centre-database": (
        "kiểm tra địa chỉ, máy chủ và tài khoản; tạo bảng cần tài khoản chủ sở hữu",
        "check address, server and account; making tables takes the owner's account",
    ),
    "database-weak": (
        "PostgreSQL: đặt synchronous_commit và fsync là on (docs/scale-out.md); SQLite: đặt tệp trên đĩa trong máy",
        "PostgreSQL: set synchronous_commit and fsync to on (docs/scale-out.md); SQLite: put the file on a local disk",
    ),
    "centre-busy": (
        "chờ các truy vấn dài (kiểm toán, sao lưu) xong rồi chạy lại; không có gì thay đổi",
        "let long queries end (an audit, a backup), then run it again; nothing was changed",
    ),
    "sqlite-too-old": ("cài đúng các gói đã khóa phiên bản", "install the locked requirements"),
    "unsafe-settings": ("chuyển thư mục sang đĩa trong máy", "move the folder to a local disk"),
    "database-error": (
        "của trung tâm: kiểm tra địa chỉ và máy chủ; của làn: xem nhật ký của làn rồi khởi động lại làn",
        "the centre's: check address and server; a lane's: see the lane's log, then restart the lane",
    ),
    "bad-model": (
        "đặt lại thư mục mô hình đã phát hành",
        "put back the released models folder, or enter the model anew with its own hash and known answer",
    ),
    "no-container-models": (
        "cài mô hình đọc container (`station models install`), hoặc bỏ container_cameras khỏi cấu hình",
        "install models that read containers, or take container_cameras out of the settings",
    ),
    "DARK": (
        "kiểm tra đèn chiếu, nắp ống kính và độ phơi sáng của camera",
        "see to the lamp, the lens cap and the camera's exposure",
    ),
    "BURNT_OUT": (
        "che nắng hoặc chỉnh đèn; đặt lại độ phơi sáng của camera",
        "shade the camera or turn the lamp; set its exposure back",
    ),
    "BLURRED": ("lau ống kính, rồi chỉnh lại tiêu cự", "wipe the lens, then focus it again"),
    "OBSTRUCTED": (
        "bỏ vật che, mạng nhện hoặc bụi bẩn trước ống kính",
        "take away what hangs or sticks before the lens",
    ),
    "MOVED": (
        "xoay camera về chỗ cũ; nếu chủ ý dời, sửa plate_region và tăng vision.view_epoch",
        "turn the camera back; if it was moved on purpose, correct plate_region and count vision.view_epoch up",
    ),
    "FROZEN": (
        "khởi động lại camera; không tin biển số nào đến khi hình đổi",
        "restart the camera; believe no plate until its picture changes",
    ),
    "READS_FALLING": (
        "xem ảnh các xe gần đây; lau ống kính, kiểm tra plate_region và đèn",
        "look at the pictures of the last trucks; wipe the lens, check plate_region and the lamp",
    ),
    # pictures that cannot be judged, as `station.vision.unfit` says it
    "picture-missing": (
        "xem thư mục bằng chứng đã được gắn và tiến trình camera ghi được vào đó",
        "see whether the evidence folder is mounted and the camera worker writes to it",
    ),
    "picture-empty": ("xem đĩa có đầy không", "see whether the disk is full"),
    "picture-too-large": (
        "giảm độ phân giải hoặc chất lượng JPEG của camera",
        "lower the camera's resolution or JPEG quality",
    ),
    "picture-altered": (
        "chụp ảnh mới; tìm chương trình khác ghi vào thư mục bằng chứng",
        "take a new picture; look for a second writer in the evidence folder",
    ),
    "not-a-picture": ("đặt nguồn ảnh thành JPEG hoặc PNG", "set the source to JPEG or PNG"),
    "too-many-pixels": ("giảm độ phân giải của camera", "lower the camera's resolution"),
    "too-many-scans": ("đặt nguồn ảnh thành JPEG thường (baseline)", "set the source to baseline JPEG"),
    "picture-coding": (
        "đặt nguồn ảnh thành JPEG thường (baseline), xám hoặc YCbCr, 8 bit",
        "set the source to baseline JPEG in gray or YCbCr, 8 bits",
    ),
    "picture-broken-off": (
        "chụp ảnh mới; xem đĩa có đầy và mạng của camera có mất dữ liệu không",
        "take a new picture; see whether the disk is full and the camera's network loses data",
    ),
    "picture-damaged": (
        "chụp ảnh mới; xem đĩa hoặc mạng của camera có làm hỏng dữ liệu không",
        "take a new picture; see whether the disk or the camera's network damages data",
    ),
    "undecodable": ("chụp ảnh mới", "take a new picture"),
    "region-outside": (
        "đặt plate_region, hoặc vùng niêm phong của camera, nằm trong ảnh",
        "set plate_region, or the camera's seal region, to lie within its picture",
    ),
    "clock-assumed": ('đặt lane.clock = "kernel"', 'set lane.clock = "kernel"'),
    "never-changed": ("cho nguồn mô hình mới", "give the folder of the new models"),
    "no-lane": (
        "khởi động làn (systemctl start station-lane@...)",
        "start the lane (systemctl start station-lane@...)",
    ),
    "no-answer": ("xem `station status` rồi thử lại", "look at `station status`, then try again"),
    "not-understood": ("dùng lệnh cùng phiên bản với làn", "use the command of the same release as the lane"),
    "audit-unreadable": (
        "chỉ ra journal.db, tệp xuất hoặc địa chỉ cơ sở dữ liệu; nếu đúng, giữ nguyên tệp để điều tra",
        "name a journal.db, an export or a database's URL; if it is one, keep it as it is for the investigation",
    ),
    "audit-one-lane": ("chọn một làn bằng --station và --lane", "choose one with --station and --lane"),
    "audit-no-lane": ("xem `station centre records`", "look at `station centre records`"),
    "no-such-checkpoint": (
        "chọn bản ghi có mốc ký, hoặc kiểm tra từ đầu",
        "choose a record with a checkpoint, or verify from the beginning",
    ),
    "ticket-malformed": ("quét lại mã QR trên phiếu, chép đủ", "scan the ticket's QR code again, all of it"),
    "no-such-crossing": ("chọn một lượt trong `station events`", "choose one from `station events`"),
    "aim-no-camera": ("chọn một camera trong `station devices list`", "choose a camera from `station devices list`"),
    "aim-no-pictures": ("cho thư mục có ảnh JPEG hoặc PNG", "give a folder that holds JPEG or PNG pictures"),
    "aim-nothing-seen": (
        "hướng camera vào chỗ biển số khi xe dừng, cho xe đi qua và đo lại",
        "point the camera at where the plates are when trucks stand, let some pass, and measure again",
    ),
    "aim-too-few": ("cho thêm xe đi qua, hoặc thêm ảnh", "let more trucks pass, or add pictures"),
    "no-such-device": ("chọn một thiết bị trong `station devices list`", "choose one from `station devices list`"),
    "no-such-kind": ("chọn một loại trong `station devices list`", "choose one from `station devices list`"),
    "held": ("dừng chương trình đó, hoặc đợi", "end that program, or wait for it"),
    "lane-runs": (
        "xem qua làn: `station devices watch`; hoặc dừng làn trước",
        "see it through the lane: `station devices watch`; or stop the lane first",
    ),
    "acts-when-opened": (
        "khi không có xe dưới cần chắn, thêm --may-act",
        "when no vehicle stands under the boom, add --may-act",
    ),
    "not-recorded": (
        "bật lane.flight_recorder hoặc dừng làn; bộ đọc giấy tờ không bao giờ được ghi",
        "switch lane.flight_recorder on or stop the lane; readers of documents are never recorded",
    ),
    "never-recorded": ("dùng `station devices watch`", "use `station devices watch`"),
    "no-recording": ("chọn tệp do trạm ghi", "choose a file that the station has recorded"),
    "recording-exists": ("chọn tên khác", "choose another name"),
    "broker-lost": (
        "kiểm tra địa chỉ, chứng thư và quyền của trạm này tại broker",
        "check the address, the certificate and the station's rights at the broker",
    ),
    "not-held-here": (
        "xem station centre records; làn phải báo lượt bị giữ trước",
        "look at station centre records; the lane must have told of the hold first",
    ),
    "list-faulty": ("sửa tệp rồi gửi lại", "correct the file and publish it again"),
    "file-exists": ("chọn chỗ khác; khóa không bao giờ bị ghi đè", "choose another place; a key is never replaced"),
    "not-there": ("xem `--help` về những gì cần có", "see `--help` for what it needs"),
    "no-data-folder": ("chỉ đúng thư mục bằng --data", "name the folder with --data"),
    "no-index": (
        "tạo plates/index.csv với các cột path, text, lines, set",
        "make plates/index.csv with the columns path, text, lines, set",
    ),
    "bad-index": (
        "sửa tệp: UTF-8, dấu phẩy, đủ các cột (plates: path, text; frames: path, x1, y1, x2, y2)",
        "mend it: UTF-8, commas, all columns (plates: path, text; frames: path, x1, y1, x2, y2)",
    ),
    "no-corrections": ("chỉ đúng tệp CSV với các cột path, text", "name a CSV file with the columns path, text"),
    "no-picture-read": ("chép lại các ảnh JPEG hoặc PNG", "copy the pictures again, as JPEG or PNG"),
    "second-reader-missing": (
        "pip install --no-deps rapidocr==3.10.0, hoặc đặt vision.second_reader = false",
        "pip install --no-deps rapidocr==3.10.0, or set vision.second_reader = false",
    ),
    "second-reader-altered": (
        "cài lại: pip install --no-deps rapidocr==3.10.0 --force-reinstall",
        "install it anew: pip install --no-deps rapidocr==3.10.0 --force-reinstall",
    ),
    "no-consent": (
        "lãnh đạo đơn vị ký station act allow-learning ở làn này; nếu bị cấm: station learn collect --forget",
        "a head of unit signs station act allow-learning at this lane; where it is forbidden: station learn collect"
        " --forget",
    ),
    "no-collection": ("chỉ đúng --collection, hoặc thu thập trước", "name it with --collection, or collect first"),
    "collection-other-key": ("chỉ đúng khóa bằng --key", "name its own key with --key"),
    "collection-not-ours": ("chỉ đúng --collection", "name the right folder with --collection"),
    "crop-damaged": (
        "chạy lại `station learn collect`: tệp hỏng được nêu tên và xóa",
        "run `station learn collect`: it names damaged files and deletes them",
    ),
    "key-in-collection": ("đặt --key ở thư mục khác", "put --key into another folder"),
    "bad-labels": (
        "sửa dòng đó: picture là SHA-256 của ảnh, text là biển số",
        "mend the line: picture is the picture's SHA-256, text its plate",
    ),
    "too-few-crops": ("thu thập thêm, vài tuần xe qua làn", "collect more: some weeks of trucks"),
    "held-out-small": ("thu thập thêm xe khác nhau", "collect more different vehicles"),
    "no-training": (
        "trong mã nguồn chạy `scripts/train_models --environment`, rồi chỉ Python đó bằng --python",
        "run `scripts/train_models --environment` in the source tree, and name its Python with --python",
    ),
    "reader-not-ours": ("đặt lại bộ đọc đã phát hành", "put the released reader back"),
    "training-failed": ("xem các dòng phía trên, rồi chạy lại", "see the lines above, then run it again"),
    "no-candidate": ("chạy `station learn tune` trước", "run `station learn tune` first"),
    "candidate-elsewhere": ("huấn luyện lại từ bộ sưu tập này", "tune again from this collection"),
    "ocr-missing": (
        "pip install rapidocr==3.10.0; riêng --beside ocr chỉ cần thêm --no-deps",
        "pip install rapidocr==3.10.0; for --beside ocr alone, --no-deps is enough",
    ),
    **SCAN_STEPS,
    **PROPOSAL_STEPS,
    "no-such-weight": ("xem số trên phiếu cân", "look at the number on the ticket"),
    "crossing-too-long": ("sao cả thư mục dữ liệu", "copy the whole data folder instead"),
    "personal-in-fact": ("không giao sổ này; báo nhà cung cấp", "hand out nothing of this journal; tell the supplier"),
    "weight-frames-elsewhere": (
        "dùng --journal với tệp journal.db.quarantined-N",
        "name the file journal.db.quarantined-N with --journal",
    ),
}
