"""What codes mean, in the person's language. A code from a newer release, which has no words here, stays as it is."""

from station.words.causes import CAUSES
from station.words.codes import CODES, RECORDS
from station.words.device_steps import step_in_vietnamese
from station.words.language import Words, spoken
from station.words.next_steps import NEXT_STEPS

_MISSING = "MISSING_"
_MISSING_WORDS: Words = ("thiếu {what}", "missing: {what}")


def code(value: str) -> str:
    """What a code of the core or of a device means, or a cause of a refusal. `MISSING_A_B` is told part by part."""
    if value.startswith(_MISSING):
        return spoken(_MISSING_WORDS).format(what=", ".join(map(code, value.removeprefix(_MISSING).split("_"))))
    words = CODES.get(value) or CAUSES.get(value)
    return spoken(words) if words else value


def coded(value: str) -> str:
    """`CODE (its meaning)`, or the bare code if it has no words of its own."""
    meaning = code(value)
    return value if meaning == value else f"{value} ({meaning})"


def record_type(name: str) -> str:
    """What a type of record is called."""
    return spoken(RECORDS[name]) if name in RECORDS else name


def cause(value: str) -> str:
    """What a cause of a refusal means; a device's fault is one too."""
    return spoken(CAUSES[value]) if value in CAUSES else code(value)


def next_step(of_cause: str, otherwise: str = "") -> str:
    """What a person does about a cause; `otherwise` for a cause that says nothing by itself."""
    return spoken(NEXT_STEPS.get(of_cause) or (step_in_vietnamese(otherwise), otherwise))
