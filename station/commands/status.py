"""`station status`: the lane as it stands."""

from station.commands.options import AsJson, SettingsFile
from station.commands.output import put_json


def status(settings: SettingsFile, as_json: AsJson = False) -> None:
    from drivers.contract.plain import to_plain
    from station.commands.seeing import tell_view, view_of
    from station.settings.load import load

    view = view_of(load(settings).places.act_socket)
    if as_json:
        put_json(to_plain(view))
    else:
        tell_view(view)
