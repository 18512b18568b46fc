"""The centre's store on both databases; PostgreSQL's tables are dropped before each test."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine

from station.centre import tables
from station.centre.store import CentreStore

BOTH = ("sqlite", "postgresql")


def fresh_url(server_url: str, folder: Path) -> str:
    """An empty database: on the server, or a file in `folder` if there is no server."""
    if not server_url:
        return f"sqlite:///{folder}/centre.db"
    engine = create_engine(server_url)
    tables.metadata.drop_all(engine)
    engine.dispose()
    return server_url


def opened(url: str) -> Iterator[CentreStore]:
    store = CentreStore(url)
    try:
        yield store
    finally:
        store.close()
