"""Why a database is not migrated: a cause, the thing, what was seen. The words say the next step."""

from typing import Literal

Cause = Literal[
    "schema-unknown", "schema-contradicts", "migration-failed", "other-account", "centre-database", "centre-busy"
]


class MigrationRefused(Exception):
    """Nothing was changed in `thing`."""

    def __init__(self, cause: Cause, thing: str, seen: str) -> None:
        self.cause: Cause = cause
        self.thing = thing
        self.seen = seen
        super().__init__(f"{thing}: {cause}: {seen}")
