"""`station conform`: is a receiver one that lanes may trust? Clause by clause, over its real broker."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from station.commands import exits
from station.commands.options import AsJson, PasswordFile, finish
from station.commands.output import put_json, say
from station.commands.words import helped, phrase
from station.words.meanings import cause

if TYPE_CHECKING:
    from station.conform.certify import Verdict
    from station.courier.broker import Broker

_PORTS = {"mqtt": 1883, "mqtts": 8883}

Url = Annotated[str, typer.Option("--broker", help=helped("conform-broker"), show_default=False)]
Key = Annotated[str, typer.Option("--receiver-key", help=helped("conform-key"), show_default=False)]
Station = Annotated[str, typer.Option("--station", help=helped("conform-station"), show_default=False)]
Stranger = Annotated[str, typer.Option("--stranger", help=helped("conform-stranger"))]
Lane = Annotated[str, typer.Option("--lane", help=helped("conform-lane"))]
Restart = Annotated[str, typer.Option("--restart", help=helped("conform-restart"))]
Hold = Annotated[str, typer.Option("--hold", help=helped("conform-hold"))]
Patience = Annotated[int, typer.Option("--patience", min=1, help=helped("conform-patience"))]
LongPatience = Annotated[int, typer.Option("--long-patience", min=1, help=helped("conform-long-patience"))]
Ca = Annotated[Path | None, typer.Option("--ca", help=helped("conform-ca"))]
Cert = Annotated[Path | None, typer.Option("--cert", help=helped("conform-cert"))]
TlsKey = Annotated[Path | None, typer.Option("--cert-key", help=helped("conform-tls-key"))]


def conform(
    url: Url,
    receiver_key: Key,
    station: Station,
    stranger: Stranger = "",
    lane: Lane = "",
    restart: Restart = "",
    hold: Hold = "",
    patience: Patience = 10,
    long_patience: LongPatience = 30,
    ca: Ca = None,
    cert: Cert = None,
    cert_key: TlsKey = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
) -> None:
    from drivers.contract.quantities import Millis
    from station.conform.certify import certify
    from station.conform.line import LineLost
    from station.conform.stage import Tester
    from station.messages.topics import LaneTopics
    from station.trust.keys import PublicKey

    tester = Tester(
        station=station,
        key=PublicKey.from_text(receiver_key),
        prefix=lane or f"conform-{time.time_ns() // 1_000_000_000}",
        stranger=stranger,
        restart=restart,
        hold=hold,
        patience=Millis(1000 * patience),
        long_patience=Millis(1000 * long_patience),
    )
    try:
        for name in (station, stranger or station):
            LaneTopics(name, f"{tester.prefix}-00a")
    except ValueError as error:
        raise typer.BadParameter(phrase("conform-names")) from error
    verdicts: list[Verdict] = []
    try:
        for verdict in certify(_broker(url, ca, cert, cert_key, password_file), tester):
            verdicts.append(verdict)
            _tell(verdict, as_json=as_json)
    except LineLost as error:
        raise exits.Refused(exits.UNAVAILABLE, "broker-lost", url, str(error)) from error
    _total(verdicts, as_json=as_json)
    finish(exits.FINDING if any(verdict.outcome == "fail" for verdict in verdicts) else exits.OK)


def _broker(url: str, ca: Path | None, cert: Path | None, key: Path | None, password: Path | None) -> "Broker":
    from station.courier.broker import Broker

    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.password or (parts.scheme == "mqtts") != bool(ca):
        raise typer.BadParameter(phrase("conform-url"))
    return Broker(
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        tls_ca=str(ca or ""),
        tls_cert=str(cert or ""),
        tls_key=str(key or ""),
        user=parts.username or "",
        password_file=str(password or ""),
    )


def _tell(verdict: "Verdict", *, as_json: bool) -> None:
    if as_json:
        put_json(asdict(verdict))
        return
    outcome, clause = f"conform-{verdict.outcome}", f"clause-{verdict.clause}"
    say(f"{verdict.clause}  {phrase(outcome):<9}  {phrase(clause)}")
    for line in _because(verdict):
        say(f"{'':21}{line}")


def _because(verdict: "Verdict") -> list[str]:
    needs = " ".join(verdict.needs)
    if verdict.outcome == "fail":
        finding = f"finding-{verdict.code}"
        values = dict(verdict.values)
        if "cause" in values:
            values["cause"] = cause(str(values["cause"]))
        return [phrase(finding, **values)]
    if not needs:
        return []
    key = "conform-partly" if verdict.outcome == "pass" else "conform-needs"
    return [phrase(key, needs=needs)]


def _total(verdicts: "list[Verdict]", *, as_json: bool) -> None:
    counts = {
        "passed": sum(verdict.outcome == "pass" for verdict in verdicts),
        "failed": sum(verdict.outcome == "fail" for verdict in verdicts),
        "untried": sum(bool(verdict.needs) for verdict in verdicts),
    }
    if as_json:
        put_json(counts)
    else:
        say(phrase("conform-total", **counts))
