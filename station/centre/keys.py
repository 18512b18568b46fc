"""A centre's key and what the stations' root says about it, as files."""

from pathlib import Path

from station.trust.chain import Trusted, next_statement
from station.trust.keys import PrivateKey, save_key
from station.trust.statements import CentreKey, Scope

SCOPES: tuple[Scope, ...] = (
    "receipt",
    "list",
    "suspension",
    "decision",
    "officers",
    "rules",
    "watchlist",
    "proposal",
)


def issue_centre_key(
    root: PrivateKey,
    trusted: Trusted,
    key_file: Path,
    not_after_ms: int,
    scopes: tuple[Scope, ...] = SCOPES,
    issued_ms: int = 0,
) -> Trusted:
    """Make a centre key, keep it in `key_file` (0600), and return the trust that includes the root's statement on it.

    The caller saves that trust where the stations read it. Raises FileExistsError: a key is never replaced.
    """
    key = PrivateKey.make()
    grant = CentreKey(key.public.text, scopes, not_after_ms, 1)
    extended = trusted.renewed(next_statement(trusted, root, issued_ms, grant=grant))
    save_key(key, key_file)
    return extended
