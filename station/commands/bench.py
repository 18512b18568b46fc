"""`station bench`: the times and sizes of this machine, on real ports, with a real broker and a real disk."""

import math
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.commands import exits
from station.commands.options import AsJson, finish
from station.commands.output import complain, put_json, table
from station.commands.words import helped, phrase

if TYPE_CHECKING:
    from station.bench.samples import Measured

Trucks = Annotated[int, typer.Option("--trucks", min=1, max=1000, help=helped("bench-trucks"))]
Records = Annotated[int, typer.Option("--records", min=100, max=1_000_000, help=helped("bench-records"))]
Samples = Annotated[int, typer.Option("--samples", min=2, max=10_000, help=helped("bench-samples"))]
BrokerName = Annotated[str, typer.Option("--broker", help=helped("bench-broker"))]


def bench(
    trucks: Trucks = 2,
    records: Records = 2_000,
    samples: Samples = 50,
    broker: BrokerName = "",
    as_json: AsJson = False,
) -> None:
    from station.bench.boom_orders import OrderStuck, measure_boom_orders
    from station.bench.plates import NotRead, measure_plates
    from station.bench.serial_frames import FrameLost, measure_serial_frames
    from station.bench.stream import StreamStuck, measure_stream
    from station.bench.trucks import BenchFailed, measure_trucks
    from station.simulate.brokers import NotABroker, NotInstalled, broker_for
    from station.simulate.children import ChildDied

    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    name = broker or ("mosquitto" if shutil.which("mosquitto", path=_PATH) else "amqtt")
    root = Path(tempfile.mkdtemp(prefix="station-bench-"))
    try:
        lines = [
            *measure_trucks(
                root / "trucks", trucks, broker_for(name), lambda at: complain(phrase("bench-truck", at=at))
            ),
            *measure_boom_orders(root / "orders", samples // 2),
            *measure_serial_frames(root / "frames", samples),
            *measure_plates(root / "plates", samples),
            *measure_stream(root / "stream", records, broker_for(name)),
        ]
    except NotABroker as error:
        raise typer.BadParameter(str(error), param_hint="--broker") from error
    except NotInstalled as error:
        raise exits.Refused(exits.UNAVAILABLE, "not-there", str(error)) from error
    except (BenchFailed, OrderStuck, FrameLost, NotRead, StreamStuck, ChildDied) as error:
        raise exits.Refused(exits.UNAVAILABLE, "no-answer", "bench", str(error)) from error
    finally:
        shutil.rmtree(root)
    if as_json:
        put_json([_plain(line) for line in lines])
    else:
        _tell(lines)
    if not all(line.is_met for line in lines):
        finish(exits.FINDING)


_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


def _plain(line: "Measured") -> dict[str, object]:
    body = {
        name: None if isinstance(value, float) and math.isnan(value) else value for name, value in asdict(line).items()
    }
    return body | {"is_met": line.is_met}


def _tell(lines: "list[Measured]") -> None:
    rows = [
        [
            " ".join(part for part in (phrase(line.what), line.of) if part),
            str(line.n),
            f"{line.median:.2f}",
            f"{line.p99:.2f}",
            line.unit,
            "" if line.aim is None else f"< {line.aim:g}" + ("" if line.is_met else "  " + phrase("bench-missed")),
        ]
        for line in lines
    ]
    headings = [
        phrase(key) for key in ("bench-what", "bench-n", "bench-median", "bench-p99", "bench-unit", "bench-aim")
    ]
    table(phrase("bench-title"), headings, rows)
