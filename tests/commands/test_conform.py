"""`station conform`: in words and as JSON; what cannot be tried is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.premises import Told
from tests.conform.kept import STATION, kept
from tests.services import Mosquitto
from tests.support import free_port


def test_the_command_says_each_clause_in_words_and_as_json(
    tmp_path: Path, mosquitto: Mosquitto, command: Callable[..., Told]
) -> None:
    """What was not tried is said; another key than the receiver's is a finding."""
    with kept("Receiver", tmp_path, mosquitto.port) as tester:
        url = ("--broker", f"mqtt://127.0.0.1:{mosquitto.port}", "--station", STATION)
        told = command("conform", *url, "--receiver-key", tester.key.text, "--json", "--long-patience", 40)
        lines = [json.loads(line) for line in told.out.splitlines()]
        wrong = command(
            "conform", *url, "--receiver-key", "00" * 32, "--patience", 1, "--long-patience", 1, language="vi"
        )
    assert (told.status, told.err) == (0, "")
    assert lines[-1] == {"passed": 13, "failed": 0, "untried": 3}
    assert {line["clause"] for line in lines[:-1] if line["outcome"] == "not-tried"} == {
        "BGS-R-03",
        "BGS-R-13",
        "BGS-R-15",
    }
    assert wrong.status == 1
    assert "BGS-R-01  KHÔNG ĐẠT" in wrong.out and "không được tin: khóa không được biết" in wrong.out


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--broker", "http://x", "--receiver-key", "00" * 32), 2),
        (("--broker", "mqtts://x", "--receiver-key", "00" * 32), 2),
        (("--broker", "mqtt://a:secret@x", "--receiver-key", "00" * 32), 2),
        (("--broker", "mqtt://127.0.0.1", "--receiver-key", "00" * 32, "--stranger", "a/b"), 2),
        (("--broker", "mqtt://127.0.0.1", "--receiver-key", "0x"), 77),
        (("--broker", f"mqtt://127.0.0.1:{free_port()}", "--receiver-key", "00" * 32), 69),
    ],
)
def test_what_cannot_be_tried_is_refused(command: Callable[..., Told], options: tuple[str, ...], status: int) -> None:
    told = command("conform", *options, "--station", STATION)
    assert told.status == status and told.err
