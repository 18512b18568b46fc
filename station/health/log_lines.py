"""The log of a long-running command: one JSON object per line on standard error, for journald."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

OPEN_CROSSING: ContextVar[str | None] = ContextVar("open crossing", default=None)
"""The crossing that this process has open: "" between two trucks, None where there are no crossings."""


class JsonLine(logging.Formatter):
    """A line as JSON: event, level, logger, UTC time; where there is one, the open crossing and the exception."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
        }
        crossing = OPEN_CROSSING.get()
        if crossing is not None:
            line["crossing"] = crossing
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_as_json() -> None:
    """Send every log line of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
