"""A real lane process and the commands that speak with it: status, act, and what each refusal says."""

import json
import signal
import time
from collections.abc import Callable

import pytest

from station.core.facts import OfficerAct
from station.lane.act_socket import Act, Outcome, call
from station.trust.acts import sign_act
from station.trust.officers import load_sealed, unseal
from tests.commands.premises import PASSWORD, Premises, Told, running_lane

Command = Callable[..., Told]


def act(
    place: Premises, command: Command, action: str, *more: str, who: str = "demo-head", language: str = "en"
) -> Told:
    return command(
        "act", action, "--settings", place.settings, "--key", place.keys / f"{who}.key",
        "--password-file", place.password, "--actor", who, "--reason", "SHIFT_BEGINS", "--yes", *more,
        language=language,
    )  # fmt: skip


def test_a_lane_is_seen_and_told(place: Premises, command: Command) -> None:
    with running_lane(place) as lane:
        told = command("status", "--settings", place.settings)
        assert told.status == 0 and "CLOSED (closed)" in told.out and "LANE_CLOSED (lane closed)" in told.out
        told = act(place, command, "set-mode", "--mode", "TEST")
        assert told.status == 0 and "Outcome: effective" in told.out
        view = json.loads(command("status", "--settings", place.settings, "--json").out)
        assert view["mode"] == "TEST"

        told = act(place, command, "release", language="vi")
        assert told.status == 1
        assert "Kết quả: bị từ chối" in told.out and "NO_SUCH_CROSSING (không có lượt này trong làn)" in told.out
        told = act(place, command, "set-mode", "--mode", "AUTOMATIC", who="demo-officer")
        assert told.status == 1 and "ROLE (the role does not permit it)" in told.out
        told = act(place, command, "acknowledge", "--json")
        assert told.status == 0 and json.loads(told.out)["outcome"]["outcome"] == "effective"
        told = act(place, command, "acknowledge", "--role", "technician")
        assert (
            told.status == 1 and "not the role in the officers file" in told.out and "Next: have somebody" in told.out
        )

        assert unsigned(place).refusal.startswith("unsigned: ")
        assert stale(place).refusal.startswith("stale: ")

        assert place.station("lane").returncode == 75, "one lane writes one journal"
        lane.send_signal(signal.SIGTERM)
        assert lane.wait(10) == 0
    refused = [
        json.loads(line)["body"]
        for line in command(
            "events", "--settings", place.settings, "--json", "--type", "input.refused"
        ).out.splitlines()
    ]
    assert [body["reason"].split(":")[0] for body in refused] == ["wrong-role", "unsigned", "stale"]
    assert all(body["next_step"] for body in refused)


def unsigned(place: Premises) -> Outcome:
    reply = call(place.socket, Act('{"open": "the boom"}'))
    assert isinstance(reply, Outcome)
    return reply


def stale(place: Premises) -> Outcome:
    key = unseal(load_sealed(place.keys / "demo-head.key"), PASSWORD)
    late = time.time_ns() // 1_000_000 - 1
    signed = sign_act(
        OfficerAct("a", "VN-HN/I1", "acknowledge", "", 0, "", "demo-head", "head-of-unit", "X", "", late), key
    )
    reply = call(place.socket, Act(signed.to_wire().decode()))
    assert isinstance(reply, Outcome)
    return reply


def test_without_a_lane_both_say_so(place: Premises, command: Command) -> None:
    for told in (command("status", "--settings", place.settings), act(place, command, "acknowledge")):
        assert told.status == 69 and "no lane is running" in told.err and "next: start the lane" in told.err


def test_a_key_or_password_that_is_wrong_is_refused_before_anything_is_sent(place: Premises, command: Command) -> None:
    with running_lane(place):
        place.password.write_text("something else\n")
        told = act(place, command, "acknowledge")
        assert told.status == 77 and "wrong password" in told.err
        place.password.chmod(0o644)
        told = act(place, command, "acknowledge")
        assert told.status == 77 and "others can read the key file" in told.err
        (place.keys / "demo-head.key").unlink()
        told = act(place, command, "acknowledge", language="vi")
        assert told.status == 77 and "thiếu tệp khóa" in told.err
    assert "act.recorded" not in command("events", "--settings", place.settings).out


@pytest.mark.parametrize(
    "arguments",
    [
        ("release", "--reason", "two words", "--yes"),
        ("set-mode", "--reason", "X", "--yes"),
        ("acknowledge", "--mode", "TEST", "--reason", "X", "--yes"),
        ("acknowledge", "--reason", "X", "--json"),
        ("acknowledge", "--reason", "X", "--yes", "--text", "x" * 301),
    ],
)
def test_an_act_that_makes_no_sense_is_a_wrong_command_line(
    place: Premises, command: Command, arguments: tuple[str, ...]
) -> None:
    key = place.keys / "demo-head.key"
    told = command("act", *arguments, "--settings", place.settings, "--key", key, "--actor", "demo-head")
    assert told.status == 2


def test_a_lane_that_may_not_run_says_why(place: Premises) -> None:
    text = place.settings.read_text().replace('scanner = ""', 'scanner = "scanner"')
    device = '[device.scanner]\nkind = "line-scanner"\nport = "/dev/null"\nbaud = 9600\n'
    place.settings.write_text(text + device)
    told = place.station("lane")
    assert (
        told.returncode == 78 and "/dev/null is a real port" in told.stderr and "provision a real root" in told.stderr
    )
    place.settings.write_text(text)
    told = place.station("lane")
    assert told.returncode == 78 and "there is no [device.scanner]" in told.stderr
    (place.keys / "root.pub").unlink()
    place.settings.write_text(text.replace('scanner = "scanner"', 'scanner = ""'))
    told = place.station("lane")
    assert told.returncode == 77 and "the key file is missing" in told.stderr


def test_the_lanes_log_is_json(place: Premises) -> None:
    with running_lane(place):
        pass
    logged = [json.loads(line) for line in (place.folder / "lane.log").read_text().splitlines()]
    events = [line["event"] for line in logged]
    assert (events[0], events[-1]) == ("lane VN-HN/I1 starts", "lane VN-HN/I1 has ended")
    assert "record 1 lane.started" in events
    assert all({"level", "logger", "timestamp"} <= set(line) for line in logged)
    assert all(line["crossing"] == "" for line in logged if line["event"].startswith("record "))
