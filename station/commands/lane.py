"""`station lane`: one lane, as systemd runs it."""

from station.commands import exits
from station.commands.options import AsJson, SettingsFile, finish


def lane(settings: SettingsFile, as_json: AsJson = False) -> None:
    from station.commands.logs import log_as_json
    from station.lane import assembly
    from station.settings.load import load

    log_as_json()
    checked = load(settings)
    try:
        status = assembly.run(checked)
    except assembly.SettingsRefused as refusal:
        seen, _, next_step = str(refusal).partition("; next: ")
        raise exits.Refused(
            exits.CONFIGURATION, "settings-refused", str(settings), seen, next_step=next_step
        ) from refusal
    finish(status)
