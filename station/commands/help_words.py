"""The help of commands and options: key -> (Vietnamese, English)."""

from station.commands.conform_phrases import CONFORM_HELP
from station.commands.downlink_phrases import DOWNLINK_HELP
from station.commands.migrate_phrases import MIGRATE_HELP
from station.commands.proposal_phrases import PROPOSAL_HELP
from station.commands.trust_phrases import TRUST_HELP
from station.words.language import Words

HELP: dict[str, Words] = {
    **CONFORM_HELP,
    **MIGRATE_HELP,
    **TRUST_HELP,
    **DOWNLINK_HELP,
    **PROPOSAL_HELP,
    "station": ("Trạm kiểm tra tại cửa khẩu.", "The inspection station of a border gate."),
    "exit-codes": (
        "Mã thoát: 0 xong; 1 xong nhưng kết quả là không; 2 sai dòng lệnh; 69 thiếu thứ cần có; 74 lỗi đọc ghi; "
        "75 thử lại sau; 77 không được phép; 78 cấu hình sai.",
        "Exit codes: 0 done; 1 done, and the answer is no; 2 wrong command line; 69 something needed is not there; "
        "74 reading or writing failed; 75 try again later; 77 not permitted; 78 wrong settings.",
    ),
    "lane": ("Chạy một làn, như systemd chạy. Dừng bằng SIGTERM.", "One lane, as systemd runs it. SIGTERM ends it."),
    "check": (
        "Mọi lỗi của tệp cấu hình cùng lúc, mỗi lỗi tại tệp:dòng:cột; và khóa, mô hình, cổng mà nó nêu.",
        "Every fault of a settings file at once, each at file:line:column; and the keys, models and ports it names.",
    ),
    "check-file": ("tệp cấu hình", "the settings file"),
    "events": ("Các bản ghi trong sổ, mỗi bản ghi một dòng.", "The records of the journal, one line each."),
    "explain": ("Kể lại một lượt xe cho người đọc.", "One crossing, told for a person."),
    "replay": (
        "Quyết định lại cả sổ và so sánh; kiểm tra hai chuỗi băm. Mã 1 nếu có khác biệt.",
        "Decide a whole journal again and compare; check both hash chains. Exit 1 on a difference.",
    ),
    "act": (
        "Hành vi có chữ ký của công chức: xem làn, ký, gửi, nghe kết quả. Mã 1 nếu bị từ chối.",
        "An officer's signed act: see the lane, sign, send, hear the outcome. Exit 1 if it is refused.",
    ),
    "status": ("Làn đang thế nào.", "The lane as it stands."),
    "drop-outputs": (
        "Tắt đầu ra chuyển động, bật đèn đỏ tại mọi rào chắn của làn. Không bao giờ hạ rào.",
        "Motion outputs off, red on, at every barrier of a lane. Never lowers a boom.",
    ),
    "simulate": (
        "Chỉ khu vực mô phỏng: thiết bị trên cổng nối tiếp và mạng.",
        "The yard alone: devices on real ports.",
    ),
    "demo": (
        "Cả làn trong khu vực mô phỏng, bảy câu chuyện. STAY=1: chạy tiếp.",
        "The whole lane in a simulated yard, seven stories. STAY=1 keeps it running.",
    ),
    "bench": (
        "Các thời gian và bộ nhớ đo trên máy này. Mã 1 nếu trung vị vượt mục tiêu.",
        "The times and sizes of this machine. Exit 1 if a median misses its aim.",
    ),
    "models": ("Các mô hình nhận dạng ảnh của làn.", "The models that a lane's vision runs."),
    "models-list": ("Các mô hình trong danh mục: loại, tệp, mã băm.", "What the manifest lists: kind, file, hash."),
    "models-verify": (
        "Kiểm tra mã băm, hình dạng, bảng chữ, opset và câu trả lời đã biết. Mã 1 nếu có lỗi.",
        "Check hash, shape, alphabet, opset and known answer of each. Exit 1 on a finding.",
    ),
    "models-install": (
        "Đưa mô hình mới vào, sau khi kiểm tra; lỗi thì mọi thứ giữ nguyên. --return: dùng lại bản trước.",
        "Enter new models after proving them; on a failure all stays as it was. --return puts the last ones back.",
    ),
    "models-bench": (
        "Thời gian và bộ nhớ của từng mô hình, một luồng.",
        "Time and memory of each model, on one thread.",
    ),
    "models-folder": ("thư mục mô hình, có manifest.toml", "the folder of models, with its manifest.toml"),
    "models-source": (
        "thư mục hoặc manifest của mô hình mới",
        "the folder of the new models, or their manifest",
    ),
    "models-return": ("dùng lại danh mục trước lần đổi cuối", "put the manifest before the last change back"),
    "models-runs": ("mỗi mô hình chạy bao nhiêu lần", "how often each model is run"),
    "learn": ("Bộ đọc học từ ảnh của chính cửa khẩu.", "The reader learns from the site's own crops."),
    "learn-collect": (
        "Thu thập ảnh biển số đã có người xác nhận, niêm phong, có hạn. --forget xóa tất cả.",
        "Keep crops of plates that a person vouched for, sealed and for a time. --forget deletes them all.",
    ),
    "learn-tune": (
        "Tinh chỉnh bộ đọc bằng ảnh đã thu thập; cần môi trường huấn luyện. Không đụng đến bộ đọc đang dùng.",
        "Tune the reader on what was collected; needs the training environment. The reader in force stays.",
    ),
    "learn-compare": (
        "So bộ đọc đang dùng với ứng viên trên các xe để riêng. Mã 1 nếu chưa chứng minh được là tốt hơn.",
        "The reader in force against a candidate, on vehicles kept apart. Exit 1 unless it is proved better.",
    ),
    "learn-settings": (
        "tệp cấu hình của làn (TOML); sổ và ảnh của nó chỉ được đọc",
        "the lane's settings file (TOML); its journal and pictures are only read",
    ),
    "learn-collection": ("thư mục của bộ sưu tập", "the folder of the collection"),
    "learn-key": (
        "tệp khóa của nó (0600), ngoài thư mục đó; mặc định nằm cạnh",
        "its key file (0600), outside that folder; by default beside it",
    ),
    "learn-labels": (
        "danh sách của công chức (CSV: picture,text); - là đầu vào chuẩn",
        "an officer's list (CSV: picture,text); - is the standard input",
    ),
    "learn-keep-days": ("xóa ảnh cũ hơn số ngày này", "delete crops older than so many days"),
    "learn-most": ("giữ nhiều nhất bấy nhiêu ảnh, mới nhất", "keep at most so many crops, the newest"),
    "learn-forget": ("xóa mọi ảnh và khóa của chúng", "delete every crop and their key"),
    "learn-steps": ("số bước; 160 mất khoảng hai phút bộ xử lý", "so many steps; 160 take about two CPU minutes"),
    "learn-target": ("thư mục mới cho ứng viên", "the new folder of the candidate"),
    "learn-python": ("Python của môi trường huấn luyện", "the Python of the training environment"),
    "learn-candidate": ("thư mục của ứng viên", "the folder of the candidate"),
    "learn-install": ("cài đặt, chỉ khi đã chứng minh là tốt hơn", "install it, only if it is proved better"),
    "evidence": (
        "Chứng cứ của một lượt xe: gói, kiểm tra, tra khối lượng.",
        "A crossing's evidence: bundle, verify, weight.",
    ),
    "evidence-bundle": (
        "Một lượt xe thành một tệp có chữ ký của trạm, ai cũng kiểm tra được.",
        "One crossing as one file, signed by the station, that anybody can check.",
    ),
    "evidence-verify": (
        "Kiểm tra một gói chứng cứ ở bất cứ đâu. Mã 1 nếu có điều gì không đúng.",
        "Check a bundle anywhere, without the station. Exit 1 if anything does not hold.",
    ),
    "evidence-weight": (
        "Tra lại một khối lượng theo số của nó, với các khung thô của cân. Mã 1 nếu không có hoặc bị thay đổi.",
        "Read a legal weight back by its number, with the scale's raw frames. Exit 1 if unknown or altered.",
    ),
    "evidence-journal": (
        "thư mục dữ liệu của làn, bản sao của nó, hoặc một tệp sổ đã để riêng",
        "a lane's data folder, a copy of one, or a journal file that was set aside",
    ),
    "evidence-pictures": ("thư mục ảnh; mặc định nằm cạnh sổ", "the folder of pictures; by default beside the journal"),
    "evidence-key": (
        "khóa riêng của trạm; mặc định theo cấu hình",
        "the station's private key; by default the settings'",
    ),
    "evidence-out": ("tệp mới (zip)", "the new file (a zip)"),
    "evidence-file": ("tệp gói chứng cứ", "the bundle"),
    "evidence-public": ("khóa công khai của trạm, 64 chữ số hex", "the station's public key, 64 hex digits"),
    "evidence-root": ("tệp khóa gốc (root.pub) mà bạn tin", "the root file (root.pub) that you believe"),
    "evidence-weight-id": ("số của khối lượng", "the weight's number"),
    "eval": (
        "Đo các kiểm tra hình ảnh trên một thư mục ảnh có nhãn. Mã 1 nếu có ảnh hoặc dòng không dùng được.",
        "Measure the picture checks on a folder of labelled pictures. Exit 1 if some picture or row is of no use.",
    ),
    "aim": (
        "Camera biển số đặt đúng chưa, phải sửa gì: đo trên mười lượt xe, ngày và đêm riêng. Mã 1 nếu phải sửa.",
        "Is a plate camera aimed well, and what to change: measured over passes, day and night apart. Exit 1 if so.",
    ),
    "aim-pictures": ("thư mục ảnh, mỗi lượt xe một ảnh (JPEG, PNG)", "folder of pictures, one per pass (JPEG, PNG)"),
    "aim-device": (
        "camera trong cấu hình (cần --settings, làn không chạy): chụp khi xe đi qua",
        "a camera of the settings (needs --settings, the lane not running): takes pictures as trucks pass",
    ),
    "aim-passes": ("đủ bấy nhiêu lượt thì dừng", "end after so many passes"),
    "aim-seconds": ("chờ lâu nhất, giây", "wait so long at most, seconds"),
    "aim-light": (
        "auto (theo độ sáng ảnh), day hoặc night",
        "auto (by the picture's brightness), day or night",
    ),
    "aim-speed": ("tốc độ xe khi chụp, km/h, để tính màn trập", "speed of the vehicles, km/h, for the shutter"),
    "aim-shutter": (
        "màn trập hiện tại 1/N giây; 0: không biết",
        "the camera's present shutter, 1/N s; 0: unknown",
    ),
    "settings": ("tệp cấu hình của làn (TOML)", "the lane's settings file (TOML)"),
    "json": ("trả lời bằng JSON cho chương trình", "answer as JSON, for programs"),
    "follow": ("chờ và in các bản ghi mới", "wait for new records and print them"),
    "since": ("chỉ các bản ghi sau số này", "only records behind this number"),
    "type": ("chỉ loại bản ghi này, ví dụ crossing.decided", "only this type, for example crossing.decided"),
    "explain-crossing": ("tên lượt, ví dụ VN-HN-I1-E1-000001", "the crossing, for example VN-HN-I1-E1-000001"),
    "hash-seed-check": (
        "làm lại dưới một PYTHONHASHSEED khác và so sánh",
        "do it again under another PYTHONHASHSEED and compare",
    ),
    # acts
    "act-action": ("việc cần làm", "what to do"),
    "officer-key": ("tệp khóa của công chức, có mật khẩu", "the officer's sealed key file"),
    "password-file": ("tệp chứa mật khẩu (0600); không có thì hỏi", "file with the password (0600); asked if absent"),
    "act-actor": ("tài khoản của công chức", "the officer's account"),
    "act-reason": ("mã lý do", "the reason's code"),
    "act-text": ("lời giải thích, không ghi dữ liệu cá nhân", "an explanation, without personal data"),
    "act-crossing": (
        "lượt xe; mặc định là lượt đang ở trong làn; khi phong tỏa cũng có thể là một đoạn hình",
        "the crossing; by default the one in the lane; for a legal hold also a clip",
    ),
    "act-mode": ("chế độ mới, chỉ với set-mode", "the new mode, only with set-mode"),
    "act-role": ("vai trò; mặc định theo danh sách công chức", "the role; by default as the officers file says"),
    "yes": ("không hỏi lại", "do not ask before signing"),
    # simulation
    "simulate-dir": ("thư mục cho cổng và nhật ký vật lý", "folder for the ports and the physical log"),
    "simulate-pictures": ("thư mục ảnh thật cho camera", "a folder of real photos for the camera"),
    "simulate-led": ("kết thúc cùng đầu vào chuẩn", "end with the standard input"),
    "stories": ("câu chuyện; lặp lại được", "a story; may be repeated"),
    "seed": ("hạt giống ngẫu nhiên", "seed of everything random"),
    "demo-out": ("thư mục kết quả", "the folder for results"),
    "alter": ("câu chuyện diễn ra khác đi; kiểm tra phải thất bại", "a story that goes otherwise; the check must fail"),
    "demo-broker": ("amqtt, mosquitto hoặc MÁY:CỔNG", "amqtt, mosquitto or HOST:PORT"),
    # centre
    "centre": ("Trung tâm nhận; không có lệnh con thì chạy.", "The receiving centre; runs if no command follows."),
    "centre-settings": ("tệp cấu hình trung tâm (TOML)", "the centre's settings file (TOML)"),
    "centre-database": ("địa chỉ cơ sở dữ liệu (SQLite hoặc PostgreSQL)", "URL of the database (SQLite or PostgreSQL)"),
    "centre-key": ("khóa riêng của trung tâm", "the centre's private key file"),
    "centre-stations": ("trạm đã đăng ký; lặp lại được", "an enrolled station; may be repeated"),
    "centre-station-keys": (
        "khóa công khai của một trạm, TRẠM:KHÓA; để chứng kiến mốc ký của trạm; lặp lại được",
        "a station's public key, STATION:KEY, to witness its checkpoints; may be repeated",
    ),
    "centre-station": ("trạm", "the station"),
    "centre-lane": ("làn", "the lane"),
    "centre-office": ("mã chi cục hải quan", "the customs office's code"),
    "centre-publish-list": ("Phát hành danh sách đủ điều kiện.", "Publish an eligible list."),
    "centre-list-files": ("tệp JSON hoặc CSV; nhiều tệp gộp thành một", "JSON or CSV files; several make one list"),
    "centre-suspend": ("Tạm dừng một tờ khai, hoặc bỏ tạm dừng.", "Suspend a declaration, or lift its suspension."),
    "centre-declaration": ("số tờ khai", "the declaration's number"),
    "centre-lift": ("bỏ tạm dừng", "lift the suspension"),
    "centre-decide": (
        "Quyết định từ xa về một lượt đang bị giữ; làn tự xét lại.",
        "Decide from afar about a held crossing; the lane judges it again itself.",
    ),
    "decide-crossing": ("lượt đang bị giữ", "the crossing that is held"),
    "decide-role": ("vai trò ghi trong tệp công chức của trạm", "the role that the station's officers file gives"),
    "centre-records": ("Các bản ghi trung tâm đã lưu của một làn.", "The stored records of a lane."),
    "centre-evidence": (
        "Tệp bằng chứng của một lượt: tệp nào đã ở trung tâm.",
        "The evidence files of a crossing, and which of them are at the centre.",
    ),
    "centre-evidence-folder": (
        "thư mục chứa tệp bằng chứng; không có thì không hỏi làn",
        "folder for evidence files; without it no lane is asked for them",
    ),
    "centre-crossing": ("chỉ lượt này", "only this crossing"),
    "centre-test": ("chỉ các lượt chạy thử, hoặc bỏ qua chúng", "only test crossings, or all but them"),
    "centre-alarms": ("Cảnh báo mà người ở trung tâm phải xem.", "Alarms that a person at the centre must look into."),
    "centre-lanes": (
        "Các làn: còn kết nối không, đã lưu đến đâu, đĩa còn đủ mấy ngày.",
        "The lanes: connected or not, stored up to where, for how many days their disks last.",
    ),
    "centre-reconcile": (
        "Đối chiếu một ngày: điều mỗi làn đã ký so với điều trung tâm lưu.",
        "Reconcile a day: what each lane has signed against what the centre has stored.",
    ),
    "centre-day": (
        "ngày, YYYY-MM-DD (giờ Việt Nam); mặc định hôm qua",
        "the day, YYYY-MM-DD (Vietnam); yesterday if unsaid",
    ),
    "centre-statements": (
        "bản kê ngày đã ký, mang đến bằng tệp; lặp lại được",
        "a signed statement of a day that came as a file; may be repeated",
    ),
    # day
    "day": (
        "Bản kê đã ký của làn về một ngày đã qua, để trung tâm đối chiếu.",
        "The lane's signed statement about a day that is over, for the centre to reconcile.",
    ),
    "day-day": (
        "ngày, YYYY-MM-DD (giờ Việt Nam); mặc định hôm qua",
        "the day, YYYY-MM-DD (Vietnam); yesterday if unsaid",
    ),
    "day-out": ("tệp mới cho bản kê", "a new file for the statement"),
    "day-send": ("gửi đến trung tâm qua máy chủ MQTT của làn", "send it to the centre through the lane's broker"),
    "broker-host": ("máy chủ MQTT", "the MQTT broker's host"),
    "broker-port": ("cổng MQTT", "the MQTT broker's port"),
    "broker-version": ("phiên bản MQTT thử trước", "the MQTT version tried first"),
    # audit
    "audit": (
        "Kiểm toán: dữ liệu có còn như đã ghi, như đã in không.",
        "Audit: is the record what was written, and what was printed?",
    ),
    "audit-verify": (
        "Kiểm tra cả hai chuỗi, mốc ký và chứng kiến; chỉ đọc. Mã 1 nếu có chỗ hỏng.",
        "Verify both chains, checkpoints and witnesses; read-only. Exit 1 if anything is broken.",
    ),
    "audit-export": (
        "Xuất một làn ra một tệp văn bản, kiểm tra được ở mọi nơi.",
        "Write a lane into one plain file that can be verified anywhere.",
    ),
    "audit-ticket": (
        "Cơ sở dữ liệu có đúng như phiếu đã in không? Mã 1 nếu không.",
        "Is the database what a ticket says? Exit 1 if not.",
    ),
    "audit-source": (
        "journal.db hoặc thư mục dữ liệu của làn, tệp xuất, hoặc địa chỉ cơ sở dữ liệu trung tâm",
        "a journal.db or a lane's data folder, an export, or the URL of a centre's database",
    ),
    "audit-file": ("tệp xuất mới", "the new export"),
    "audit-text": ("nội dung mã QR trên phiếu", "the text of the ticket's QR code"),
    "audit-from": ("bắt đầu sau mốc ký tại bản ghi này", "begin behind the checkpoint at this record"),
    "audit-against": (
        "nguồn khác: mọi mốc ký ở đó phải có ở đây (phát hiện phần cuối bị cắt)",
        "another source: what its checkpoints prove must be here (finds an end that was cut off)",
    ),
    "audit-station": ("trạm, khi nguồn có nhiều", "the station, where a source has several"),
    "audit-lane": ("làn, khi nguồn có nhiều", "the lane, where a source has several"),
    "audit-station-key": (
        "khóa công khai của trạm (hex); lặp lại được",
        "the station's public key (hex); may be repeated",
    ),
    "audit-centre-key": (
        "khóa công khai của trung tâm (hex); lặp lại được",
        "the centre's public key (hex); may be repeated",
    ),
    # keys
    "keys": ("Khóa của trạm và công chức.", "Keys of station and officers."),
    "keys-folder": ("thư mục khóa", "the folder of keys"),
    "keys-new-file": ("tệp khóa mới", "the new key file"),
    "keys-of-station": ("Tạo khóa riêng của trạm.", "Make a station's private key."),
    "keys-officer": ("Tạo khóa của một công chức, niêm bằng mật khẩu.", "Make an officer's key, sealed by a password."),
    "keys-officers": ("Ký danh sách công chức của một trạm.", "Sign the officers file of a station."),
    "keys-make-demo": ("Tạo cả bộ khóa thử.", "Make a whole set of demo keys."),
    "keys-centre-key": ("khóa riêng của trung tâm", "the centre's private key"),
    "keys-days": ("số ngày có hiệu lực", "days until it expires"),
    "keys-station": ("trạm", "the station"),
    "keys-officers-file": ("tệp danh sách công chức", "the officers file"),
    "keys-number": ("số của danh sách; phải lớn hơn bản cũ", "number of the file; higher than the one before"),
    "keys-entry": ("tài-khoản:vai-trò:khóa-công-khai; lặp lại được", "account:role:public-key; may be repeated"),
    "bench-trucks": ("bao nhiêu xe đi qua", "how many trucks go through"),
    "bench-samples": ("mỗi phép đo riêng lặp lại bao nhiêu lần", "how often each single measurement is repeated"),
    "bench-records": ("bao nhiêu bản ghi gửi về trung tâm", "how many records are delivered"),
    "bench-broker": (
        "amqtt, mosquitto hoặc MÁY:CỔNG; mặc định mosquitto nếu có",
        "amqtt, mosquitto or HOST:PORT; by default mosquitto if it is installed",
    ),
    "eval-data": (
        "thư mục có plates/index.csv (path, text, lines, set) và, nếu có, frames/index.csv (path, x1, y1, x2, y2)",
        "folder with plates/index.csv (path, text, lines, set) and perhaps frames/index.csv (path, x1, y1, x2, y2)",
    ),
    "eval-manifest": ("danh mục mô hình khác", "another manifest of models"),
    "eval-corrections": (
        "nhãn đã sửa của chính bạn (CSV: path,text); in cả hai kết quả",
        "your own corrected labels (CSV: path,text); both figures are given",
    ),
    "eval-beside": (
        "bộ đọc khác trên cùng ảnh: ocr (PP-OCRv6 gọi trực tiếp, và kết hợp) hoặc rapidocr (thêm gói nguyên bản, chậm)",
        "other readers on the same photos: ocr (PP-OCRv6 directly, fused), rapidocr (also as it comes; slow)",
    ),
    "eval-sample": ("nhiều nhất bấy nhiêu ảnh mỗi tập; 0: tất cả", "at most so many photos of each set; 0: all"),
    "eval-report": (
        "viết thêm báo cáo HTML; chỉ có số liệu, trừ khi --show-plates",
        "also write an HTML report; figures only, unless --show-plates",
    ),
    "eval-show-plates": (
        "đưa ảnh và biển số của các lỗi vào báo cáo: dữ liệu cá nhân, không gửi ra ngoài",
        "put pictures and plates of misses into the report: personal data, keep it where it is",
    ),
    # devices
    "devices": ("Thiết bị: loại, cổng, thử, xem, ghi, phát lại.", "Devices: kinds, ports, test, watch, record, play."),
    "devices-list": (
        "Các loại thiết bị trạm điều khiển được; có --settings thì thêm thiết bị của làn.",
        "The kinds that the station can drive; with --settings also the devices of a lane.",
    ),
    "devices-scan": (
        "Các cổng nối tiếp và tên bền của chúng; có CỔNG thì nghe (không bao giờ phát) ở các tốc độ thường gặp.",
        "The serial ports and their lasting names; with PORT listens there (never transmits) at the usual speeds.",
    ),
    "devices-test": (
        "Mở một thiết bị, cho xem nó là gì, đọc được gì và lỗi gì. Mã 1 nếu có lỗi.",
        "Open one device; show what it is, its readings and its faults. Exit 1 on a fault.",
    ),
    "devices-watch": (
        "Byte thô và giá trị của một thiết bị, liên tục; khi làn đang chạy thì xem qua bản ghi của làn.",
        "Raw bytes and readings of one device, live; while its lane runs, from the lane's flight recorder.",
    ),
    "devices-record": ("Ghi mọi byte của một thiết bị vào tệp mới.", "Keep every byte of one device in a new file."),
    "devices-play": (
        "Phát lại một bản ghi qua trình điều khiển và cho xem giá trị. Mã 1 nếu có lỗi.",
        "Play a recording through its driver and show the readings. Exit 1 on a fault.",
    ),
    "devices-settings": ("tệp cấu hình của làn (TOML)", "the lane's settings file (TOML)"),
    "devices-device": ("tên thiết bị trong cấu hình", "the device's id in the settings"),
    "devices-seconds": ("bao nhiêu giây; 0: đến khi Ctrl-C", "for how many seconds; 0: until Ctrl-C"),
    "devices-may-act": (
        "cho phép mở thiết bị có đầu ra: việc mở sẽ tắt đầu ra chuyển động; không được có xe dưới cần chắn",
        "open a device that acts: opening drops its motion outputs; no vehicle may stand under the boom",
    ),
    "devices-markdown": ("trang tài liệu docs/devices.md", "the page docs/devices.md"),
    "devices-port": ("cổng để nghe; không có thì liệt kê", "the port to listen on; without it they are listed"),
    "devices-bauds": ("chỉ tốc độ này; lặp lại được", "only this speed; may be repeated"),
    "devices-new-file": ("tệp bản ghi mới", "the new recording"),
    "devices-recording": ("tệp bản ghi, hoặc thư mục flight/<thiết bị>", "a recording, or a folder flight/<device>"),
    "devices-kind": ("loại thiết bị, thay cho loại trong bản ghi", "the kind, instead of the recorded one"),
    "devices-set": ("TÊN=GIÁ TRỊ của một cài đặt; lặp lại được", "NAME=VALUE of a setting; may be repeated"),
    "devices-at-pace": ("đúng nhịp thời gian đã ghi", "at the recorded pace"),
    "devices-bytes": ("cho xem cả byte thô", "show the raw bytes too"),
    "xray": (
        "Ảnh soi chiếu: công-te-nơ có rỗng không. Gợi ý cho công chức, không phải kết luận.",
        "X-ray scans: is a container empty? Advice for the officer, no verdict.",
    ),
    "xray-learn": (
        "Học mẫu từ ít nhất 5 ảnh soi công-te-nơ biết chắc là rỗng, cùng chiều dài, cùng máy soi.",
        "Learn a template from 5 scans or more of containers known to be empty, of one length, from one scanner.",
    ),
    "xray-check": (
        "So ảnh soi với mẫu. Mã 0 nếu tất cả có vẻ rỗng, nếu không thì 1.",
        "Compare scans with a template. Exit 0 if all are likely empty, else 1.",
    ),
    "xray-files": ("ảnh soi PNG hoặc JPEG, 8 hoặc 16 bit", "scans, PNG or JPEG, 8 or 16 bits"),
    "xray-length": ("chiều dài công-te-nơ theo foot: 20, 40, 45", "length of the containers in feet: 20, 40, 45"),
    "xray-out": ("tệp mẫu mới", "the new template"),
    "xray-template": ("tệp mẫu của `station xray learn`", "the template that `station xray learn` wrote"),
}
