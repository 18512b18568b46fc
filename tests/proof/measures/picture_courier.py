"""Mutant: every chunk as large as may be, however narrow the way. `... picture_courier SETTINGS FD`."""

import sys
from unittest import mock

from station.courier import chunk_pace, file_sending
from station.courier.chunk_pace import Pace
from station.courier.courier import main
from station.messages.evidence_files import MOST_CHUNK

LARGEST = Pace(MOST_CHUNK)

if __name__ == "__main__":
    with (
        mock.patch.object(chunk_pace, "acknowledged", return_value=LARGEST),
        mock.patch.object(file_sending, "Pace", return_value=LARGEST),
    ):
        sys.exit(main(sys.argv[1:]))
