"""The demo's sentences in Vietnamese and English. What a code means is the station's to say."""

from station.simulate.stories import NoSuchStory
from station.words.codes import CODES
from station.words.language import Language

# key: Vietnamese, English
SENTENCES: dict[str, tuple[str, str]] = {
    "preparing": (
        "Chuẩn bị bãi mô phỏng, khoá và cấu hình trong {folder}",
        "Preparing yard, keys and settings in {folder}",
    ),
    "starting": (
        "Khởi động: bãi mô phỏng, máy chủ MQTT ({broker}), trung tâm, làn",
        "Starting: yard, MQTT broker ({broker}), centre, lane",
    ),
    "ready": (
        "Làn sẵn sàng: thiết bị đã mở, danh sách của trung tâm có hiệu lực",
        "The lane is ready: devices open, the centre's list in force",
    ),
    "no-link-story": (
        "Máy chủ MQTT không do demo khởi động: bỏ qua câu chuyện link-down",
        "The broker is not the demo's own: the story link-down is left out",
    ),
    "story": ("── {number}/{count} · {title}", "── {number}/{count} · {title}"),
    "broker-off": ("máy chủ MQTT bị dừng", "the broker is stopped"),
    "broker-on": ("máy chủ MQTT chạy lại", "the broker runs again"),
    "act": ("lệnh `station act release` của {actor}: {outcome}", "command `station act release` by {actor}: {outcome}"),
    "delivering": ("Chờ trung tâm xác nhận đã lưu mọi bản ghi", "Waiting until the centre has signed for every record"),
    "judging": (
        "Bộ kiểm tra độc lập đọc nhật ký vật lý và cơ sở dữ liệu của trung tâm",
        "The independent checker reads the physical log and the centre's database",
    ),
    "agrees": (
        "KẾT QUẢ: khớp ({records} bản ghi, {seconds} giây)",
        "RESULT: all agrees ({records} records, {seconds} s)",
    ),
    "disagrees": ("KẾT QUẢ: KHÔNG khớp ({seconds} giây)", "RESULT: it does NOT agree ({seconds} s)"),
    "unjudged": ("Bộ kiểm tra không đọc được kết quả: {error}", "The checker could not judge: {error}"),
    "evidence": ("Chứng cứ:", "Evidence:"),
    "evidence-physical": ("nhật ký vật lý của bãi", "the yard's physical log"),
    "evidence-centre": ("cơ sở dữ liệu của trung tâm", "the centre's database"),
    "evidence-journal": ("nhật ký của làn và ảnh", "the lane's journal and pictures"),
    "evidence-report": ("báo cáo của bộ kiểm tra", "the checker's report"),
    "evidence-logs": ("đầu ra của các tiến trình", "what the processes said"),
    "stays": (
        "Tiếp tục chạy (STAY=1). Thử: station status --settings {settings}. Ctrl-C để dừng.",
        "It stays up (STAY=1). Try: station status --settings {settings}. Ctrl-C ends it.",
    ),
    "stopped": ("Đã dừng theo yêu cầu.", "Stopped as asked."),
    "failed": ("Demo không chạy được: {error}", "The demo could not run: {error}"),
    "late": ("chờ {seconds} giây mà không có: {what}", "waited {seconds} s in vain: {what}"),
    "wait-ports": ("bãi mô phỏng mở cổng", "the yard opens its ports"),
    "wait-broker": ("máy chủ MQTT nhận kết nối", "the broker takes connections"),
    "wait-ready": ("làn sẵn sàng", "the lane is ready"),
    "wait-story": ("xe {title} rời làn và lượt qua kết thúc", "the truck of {title} leaves and its crossing ends"),
    "wait-receipt": ("trung tâm xác nhận mọi bản ghi", "the centre signs for every record"),
    "wait-command": ("lệnh {title} kết thúc", "the command {title} ends"),
    "not-installed": ("không có {name}: apt-get install {name}", "{name} is not here: apt-get install {name}"),
    "bad-broker": (
        "--broker {broker}: dùng amqtt, mosquitto hoặc HOST:PORT",
        "--broker {broker}: use amqtt, mosquitto or HOST:PORT",
    ),
    "no-checker": ("thiếu {path}: chạy demo từ mã nguồn", "{path} is missing: run the demo from the source tree"),
    "no-story": ("không có câu chuyện {name}; có: {known}", "there is no story {name}; there are {known}"),
    "foreign-folder": (
        "{path} không phải của demo; chọn thư mục khác bằng --out",
        "{path} is not from a demo; choose another folder with --out",
    ),
    "busy-folder": (
        "một demo khác đang dùng {path}; dừng nó hoặc chọn thư mục khác bằng --out",
        "another demo uses {path}; end it or choose another folder with --out",
    ),
    "long-folder": (
        "{path}: đường dẫn quá dài cho socket; chọn thư mục ngắn hơn bằng --out",
        "{path}: the path is too long for a socket; choose a shorter one with --out",
    ),
    "child-died": (
        "tiến trình {name} đã kết thúc với mã {status}; xem {log}\n{last}",
        "the process {name} ended with {status}; see {log}\n{last}",
    ),
    "command-failed": ("lệnh {command} trả mã {status}: {said}", "command {command} ended with {status}: {said}"),
    "no-yard": ("không dựng được bãi mô phỏng: {error}", "the yard cannot be set up: {error}"),
    "not-understood": (
        "không hiểu: {text}; hãy viết `send STORY` hoặc `wave`",
        "not understood: {text}; say `send STORY` or `wave`",
    ),
    # stories
    "green": ("xe hợp lệ", "a truck in order"),
    "second-picture": (
        "nắng chói: ảnh đầu hỏng, ảnh sau đọc được",
        "low sun: the first picture fails, a later one is read",
    ),
    "overweight": ("quá khối lượng khai báo, sang bãi soi chiếu", "heavier than declared, to the X-ray bay"),
    "reverse": ("xe lùi ra", "a truck that reverses out"),
    "held": ("không có trong danh sách, hai công chức cho qua", "not on the list, released by two officers"),
    "other-container": (
        "số công-te-nơ khác tờ khai, hai công chức cho qua",
        "another container than declared, released by two officers",
    ),
    "link-down": ("mất liên lạc rồi có lại", "the link goes down and comes back"),
    # physical
    "truck.arrives": ("xe {plate} đến", "truck {plate} arrives"),
    "truck.stands": ("xe dừng trên cân", "the truck stands on the deck"),
    "truck.shows-code": ("lái xe đưa mã", "the driver shows the code"),
    "truck.drives-off": ("xe đi", "the truck drives off"),
    "truck.gives-up": ("lái xe bỏ cuộc", "the driver gives up"),
    "truck.reverses": ("xe lùi", "the truck reverses"),
    "truck.turns-aside": ("xe rẽ vào bãi", "the truck turns into the bay"),
    "truck.gone": ("xe đã rời bãi", "the truck has left"),
    "boom.rising": ("rào chắn đang lên", "the boom rises"),
    "boom.up": ("rào chắn đã lên", "the boom is up"),
    "boom.lowering": ("rào chắn đang hạ", "the boom comes down"),
    "boom.down": ("rào chắn đã hạ", "the boom is down"),
    "output.green": ("đèn xanh", "the light is green"),
    "output.red": ("đèn đỏ", "the light is red"),
    "output.siren": ("còi báo động", "the siren sounds"),
    # records
    "crossing.opened": ("mở lượt qua {crossing}", "crossing {crossing} opened"),
    "crossing.identified": (
        "biển số {plate}: {verdict}; các lần đọc: {raw}",
        "plate {plate}: {verdict}; readings: {raw}",
    ),
    "crossing.container": (
        "số công-te-nơ {container}: {verdict}; {views} phía đọc được",
        "container {container}: {verdict}; read in {views} views",
    ),
    "crossing.document": ("tờ khai {declaration}", "declaration {declaration}"),
    "crossing.weighed": ("khối lượng {gross} kg (lần {attempt})", "weight {gross} kg (weighing {attempt})"),
    "crossing.decided": ("quyết định: {verdict}{reason}", "decision: {verdict}{reason}"),
    "crossing.held": ("giữ lại{reason}; chờ {owner}", "held{reason}; waits for {owner}"),
    "act.recorded": ("{actor} ({role}): {action}, {outcome}", "{actor} ({role}): {action}, {outcome}"),
    "crossing.released": ("CHO QUA: {basis}", "RELEASED: {basis}"),
    "case.opened": ("mở vụ việc {case} tại bãi", "case {case} opened in the bay"),
    "crossing.completed": ("kết thúc: {end}{reason}, {total} giây", "ended: {end}{reason}, {total} s"),
    "alarm.raised": ("BÁO ĐỘNG {code} {thing} {detail}", "ALARM {code} {thing} {detail}"),
    "link.up": ("có liên lạc với trung tâm", "the link to the centre is up"),
    "link.down": ("mất liên lạc với trung tâm", "the link to the centre is down"),
    "input.refused": ("từ chối {thing}{reason}", "refused {thing}{reason}"),
    # summary
    "head.truck": ("xe", "truck"),
    "head.plate": ("biển số", "plate"),
    "head.weight": ("kg", "kg"),
    "head.declaration": ("tờ khai", "declaration"),
    "head.decision": ("quyết định", "decision"),
    "head.stages": ("giây: biển/cân/mã/QĐ/mở/đi", "s: plate/scale/code/decide/open/leave"),
    "head.stored": ("lưu ở TT", "stored"),
    "yes": ("có", "yes"),
    "no": ("KHÔNG", "NO"),
    "missing": ("không có bản ghi kết thúc", "no closing record"),
}


class Words:
    """One language. `say` makes a sentence, `code` names a code."""

    def __init__(self, language: Language) -> None:
        self._column = 0 if language == "vi" else 1

    def say(self, key: str, **parts: object) -> str:
        """The sentence `key` with its parts filled in."""
        return SENTENCES[key][self._column].format(**parts)

    def no_story(self, error: NoSuchStory) -> str:
        """The refusal of a story that does not exist."""
        return self.say("no-story", name=error.name, known=", ".join(error.known))

    def code(self, code: str) -> str:
        """What a code means; the code itself if nobody has said."""
        return CODES[code][self._column] if code in CODES else code
