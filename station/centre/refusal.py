"""Why the centre does not work with a database that it can reach."""


class DatabaseWeak(Exception):
    """`thing` (an address without its password) could lose what it has committed: no receipt would be true."""

    def __init__(self, thing: str, seen: str) -> None:
        self.thing = thing
        self.seen = seen
        super().__init__(f"{thing}: {seen}")
