"""Why a database is not migrated: a cause, the thing, what was seen. Its next step is in the words."""

from typing import Literal

Cause = Literal["schema-unknown", "schema-contradicts", "migration-failed", "other-account", "locked", "database-error"]


class MigrationRefused(Exception):
    """Nothing was changed in `thing`."""

    def __init__(self, cause: Cause, thing: str, seen: str) -> None:
        self.cause: Cause = cause
        self.thing = thing
        self.seen = seen
        super().__init__(f"{thing}: {cause}: {seen}")
