import json
import logging
import sys
from contextvars import Context

from station.health.log_lines import OPEN_CROSSING, JsonLine


def line(message: str, *, crossing: str | None = None, exc: bool = False) -> dict[str, str]:
    def formatted() -> str:
        if crossing is not None:
            OPEN_CROSSING.set(crossing)
        raised = sys.exc_info() if exc else None
        return JsonLine().format(logging.LogRecord("station.lane", logging.WARNING, "", 0, message, ("%",), raised))

    text = Context().run(formatted)  # not that of a test before
    assert "\n" not in text
    told: dict[str, str] = json.loads(text)
    return told


def test_a_line_is_one_object_whatever_it_tells() -> None:
    told = line('xe "12C-1"\nđã qua %s', crossing="VNHUN1-L1-E1-000001")
    assert told["event"] == 'xe "12C-1"\nđã qua %' and told["crossing"] == "VNHUN1-L1-E1-000001"
    assert (told["level"], told["logger"]) == ("warning", "station.lane") and told["timestamp"].endswith("+00:00")
    assert "exception" not in told


def test_a_process_without_crossings_names_none() -> None:
    assert "crossing" not in line("%s")


def test_an_exception_stands_in_the_line() -> None:
    try:
        raise ValueError("no such weighbridge")
    except ValueError:
        assert "ValueError: no such weighbridge" in line("%s", exc=True)["exception"]
