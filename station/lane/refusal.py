"""Why a lane does not start."""


class SettingsRefused(Exception):
    """The settings are well-formed but this lane must not run with them; names the thing and the next step."""
