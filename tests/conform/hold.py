"""Keeps every writer out of a centre's database until it is ended, and says so. `python -m tests.conform.hold URL`."""

import signal
import sys

from sqlalchemy import text

from station.centre.engine import open_engine


def main(url: str) -> None:
    engine = open_engine(url)
    with engine.connect() as connection:  # SQLite: it begins IMMEDIATE
        if engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE record IN EXCLUSIVE MODE"))
        else:
            connection.execute(text("SELECT 1"))
        sys.stdout.write("held\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main(sys.argv[1])
