"""What the commands themselves say, in the person's language."""

from station.commands.help_words import HELP
from station.commands.phrases import PHRASES
from station.words.language import spoken


def phrase(key: str, **details: object) -> str:
    """What the commands say under `key`, filled in."""
    return spoken(PHRASES[key]).format(**details)


def helped(key: str) -> str:
    """The help text of a command or option."""
    return spoken(HELP[key])
