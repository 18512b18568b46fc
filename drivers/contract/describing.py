"""What a settings class says about its fields, for forms, schemas and lists."""

import re

_NAMED = re.compile(r"([a-z_0-9]+(?:, [a-z_0-9]+)*): (.+)")


def field_texts(cls: type) -> dict[str, str]:
    """The meaning of each field, from the lines `field: text` or `field, field: text` of the class's docstring.

    A line that is indented deeper goes on with the text above it.
    """
    texts: dict[str, str] = {}
    names: list[str] = []
    depth = 0
    for line in (cls.__doc__ or "").replace("`", "").splitlines():
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if names and text and indent > depth:
            texts |= {name: f"{texts[name]} {text}" for name in names}
        elif named := _NAMED.fullmatch(text):
            names, depth = named.group(1).split(", "), indent
            texts |= dict.fromkeys(names, named.group(2))
        else:
            names = []
    return texts
