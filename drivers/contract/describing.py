"""What a settings class says about its fields, for forms, schemas and lists."""

import re

_NAMED = re.compile(r"([a-z_0-9]+(?:, [a-z_0-9]+)*): (.+)")


def field_texts(cls: type) -> dict[str, str]:
    """The meaning of each field, from the lines `field: text` or `field, field: text` of the class's docstring and of
    its bases'. A line that is indented deeper goes on with the text above it.
    """
    return {name: text for base in reversed(cls.__mro__) for name, text in _own_texts(base.__doc__ or "").items()}


def _own_texts(doc: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    names: list[str] = []
    depth = 0
    for line in doc.replace("`", "").splitlines():
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if names and text and indent > depth:
            texts |= {name: f"{texts[name]} {text}" for name in names}
        elif named := _NAMED.fullmatch(text):
            names, depth = named.group(1).split(", "), indent
            texts |= dict.fromkeys(names, named.group(2))
        else:
            names = []
    return texts
