"""`station lane`: one lane, as systemd runs it."""

import logging

from station.commands import exits
from station.commands.options import AsJson, SettingsFile, finish


def lane(settings: SettingsFile, as_json: AsJson = False) -> None:
    from station.health.log_lines import log_as_json
    from station.lane import assembly
    from station.lane.refusal import SettingsRefused
    from station.settings.load import load

    checked = load(settings)
    log_as_json()
    log, name = logging.getLogger("station"), f"{checked.parameters.station}/{checked.parameters.lane}"
    log.info("lane %s starts", name)
    try:
        status = assembly.run(checked)
    except SettingsRefused as refusal:
        seen, _, next_step = str(refusal).partition("; next: ")
        raise exits.Refused(
            exits.CONFIGURATION, "settings-refused", str(settings), seen, next_step=next_step
        ) from refusal
    log.info("lane %s has ended", name)
    finish(status)
