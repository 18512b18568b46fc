"""A third revision of a database: honest ones, and mutants that do more than expand."""

import shutil
from pathlib import Path

from station.migration.history import history

_THIRD = '''"""A third."""

from sqlalchemy import Column, Integer, Text
from station.migration.expand import new_column, new_index, new_table

revision = "third"
down_revision = "{before}"


def upgrade() -> None:
    {body}
'''
_RAW = "from alembic import op; op."
MUTANTS = [
    ("journal", f'{_RAW}drop_column("record", "quality")', "column record.quality is missing"),
    ("journal", f'{_RAW}rename_table("fact", "facts")', "table fact is missing"),
    ("journal", f'{_RAW}drop_table("snapshot")', "table snapshot is missing"),
    (
        "journal",
        f'{_RAW}drop_column("record", "utc_ms"); op.add_column("record", Column("utc_ms", Text))',
        "column record.utc_ms is Text, it was Integer NOT NULL",
    ),
    ("journal", f'{_RAW}execute("ALTER TABLE fact RENAME COLUMN body TO content")', "column fact.body is missing"),
    ("centre", f'{_RAW}create_index("once", "record", ["lane"], unique=True)', "record (lane) is newly unique"),
    ("centre", f'{_RAW}drop_index("record_subject")', "index record_subject is missing"),
    ("personal", f'{_RAW}execute("DELETE FROM personal")', "imports op from alembic"),
    ("personal", "import os", "imports os"),
    ("journal", 'new_column("record", Column("lane", Text, nullable=False))', "record.lane must take NULL"),
    ("courier", 'new_column("cursor", Column("utc_ms", Integer))', "column cursor.utc_ms is new"),
]
HONEST = [
    'new_table("beside", Column("seq", Integer, primary_key=True), sqlite_strict=True)',
    'new_column("record", Column("lane", Text))',
    'new_column("record", Column("copies", Integer, nullable=False, server_default="0"))',
    'new_index("record_type", "record", "type")',
]


def third(name: str, body: str, folder: Path) -> Path:
    """The revisions of `name` in a folder of their own, and one more."""
    known = history(name)
    shutil.copytree(known.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "r0003_third.py").write_text(_THIRD.format(before=known.head.id, body=body))
    return folder
