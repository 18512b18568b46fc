"""The evaluation as one HTML file that needs nothing else: figures, a plot, and, where allowed, the surest misses."""

import base64
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from station.commands.evaluation_lines import fault_lines, row
from station.commands.words import phrase
from station.words.language import language
from station.words.meanings import cause

if TYPE_CHECKING:
    from station.evaluation.evaluate import Evaluation
    from station.evaluation.figures import Figure, Point
    from station.evaluation.folder import DataFolder, Fault
    from station.evaluation.trials import Trial

_MOST_MISSES = 60
_WIDE, _HIGH, _EDGE = 880, 340, 46
_DOT_LEVELS = (900, 950, 990)
_SETTLED = 0.1
"""Below this coverage a single miss moves the curve by points: the axis does not follow it."""
_COLOURS = ("#1f5fa8", "#b4451f", "#2c7a4b", "#7a4fa0", "#8a6d00", "#3c8d93")
_STYLE = """
:root { color-scheme: light }
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2430; background: #fff; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem }
h1 { font-size: 1.6rem; margin-bottom: .2rem }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .4rem; border-bottom: 2px solid #1f5fa8; padding-bottom: .2rem }
p.about { color: #4a5666; margin-top: 0 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th:nth-child(1) { width: 42% }
th:nth-child(2) { width: 8% }
th:nth-child(3) { width: 10% }
th:nth-child(5) { width: 12rem }
th { text-align: left; font-weight: 600; color: #4a5666; font-size: .85rem }
td, th { padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #e3e8ee; vertical-align: middle }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.bar { padding: .25rem 0 0 1rem }
td.none { color: #7a8594 }
svg text { font: 12px system-ui, sans-serif; fill: #4a5666 }
.misses { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: .8rem }
figure { margin: 0; border: 1px solid #e3e8ee; border-radius: 6px; padding: .5rem; font-size: .85rem;
  break-inside: avoid }
figure img { width: 100%; height: 6rem; object-fit: contain; background: #eef1f5 }
figcaption b { font-family: ui-monospace, monospace; font-size: 1rem }
figcaption .wrong { color: #b4451f }
.path { color: #7a8594; word-break: break-all }
.note { background: #fff6e0; border-left: 4px solid #d79b00; padding: .5rem .8rem }
"""


def write_report(file: Path, data: "DataFolder", measured: "Evaluation", *, show_plates: bool) -> None:
    """Write the report. Pictures, plates and names of files, which may hold plates, only with `show_plates`."""
    file.write_text("\n".join(_page(data, measured, show_plates)), encoding="utf-8")


def _page(data: "DataFolder", measured: "Evaluation", show_plates: bool) -> Iterator[str]:
    title = escape(phrase("eval-title"))
    yield f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8"><title>{title}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><h1>{title}</h1>'
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M}Z"
    said = phrase("eval-measured-on", data=data.root.resolve().name, when=when, model=measured.model[:12])
    yield f'<p class="about">{escape(said)}<br>{escape(phrase("eval-about"))}</p>'
    if measured.faults:
        yield _faults(measured.faults, show_plates)
    if measured.curves:
        yield f"<h2>{escape(phrase('eval-curve'))}</h2>{_plot(measured.curves)}"
    for section in dict.fromkeys(line.section for line in measured.figures):
        yield _table(section, [line for line in measured.figures if line.section == section])
    if measured.misses:
        yield f"<h2>{escape(phrase('eval-misses'))}</h2>"
        yield from _misses(data, measured.misses, show_plates)
    yield "</body></html>"


def _faults(faults: "Sequence[Fault]", show_plates: bool) -> str:
    if show_plates:
        told = fault_lines(faults)
    else:
        codes = [fault.code for fault in faults]
        told = [phrase("eval-faults", count=codes.count(code), cause=cause(code)) for code in dict.fromkeys(codes)]
    return f'<p class="note">{"<br>".join(map(escape, told))}</p>'


def _table(section: str, lines: "Sequence[Figure]") -> str:
    heads = "".join(
        f'<th class="{kind}">{escape(phrase(key))}</th>'
        for key, kind in (("eval-what", ""), ("eval-n", "number"), ("eval-figure", "number"), ("eval-range", "number"))
    )
    body = "".join(_row(line) for line in lines)
    return f"<h2>{escape(phrase(section))}</h2><table><tr>{heads}<th></th></tr>{body}</table>"


def _row(line: "Figure") -> str:
    what, n, value, between = map(escape, row(line))
    if line.value is None:
        return f'<tr><td>{what}</td><td class="none" colspan="4">{value}</td></tr>'
    bar = _bar(line.value, line.low, line.high) if line.unit == "%" else ""
    return (
        f'<tr><td>{what}</td><td class="number">{n.removeprefix("n ")}</td><td class="number">{value}</td>'
        f'<td class="number">{between.strip("()")}</td><td class="bar">{bar}</td></tr>'
    )


def _bar(value: float, low: float | None, high: float | None) -> str:
    """The share as a bar, its interval as a line, on 0 to 100 %."""
    parts = '<rect width="170" height="12" y="3" fill="#eef1f5"/>'
    parts += f'<rect width="{1.7 * value:.1f}" height="12" y="3" fill="#9fc1e6"/>'
    if low is not None and high is not None:
        parts += f'<path d="M{1.7 * low:.1f} 9H{1.7 * high:.1f}" stroke="#1f5fa8" stroke-width="3"/>'
    return f'<svg width="170" height="18" role="img">{parts}</svg>'


def _plot(curves: "dict[str, tuple[Point, ...]]") -> str:
    lowest = min(point.precision for points in curves.values() for point in points if point.coverage >= _SETTLED)
    least = min(90, int(10 * lowest) * 10)

    def x(coverage: float) -> float:
        return _EDGE + coverage * (_WIDE - 2 * _EDGE)

    def y(precision: float) -> float:
        share = max(0.0, (100 * precision - least) / (100 - least))
        return _HIGH - _EDGE - share * (_HIGH - 2 * _EDGE)

    parts = []
    for percent in range(least, 101, 2 if least == 90 else 10):
        at = y(percent / 100)
        parts.append(f'<path d="M{_EDGE} {at:.1f}H{_WIDE - _EDGE}" stroke="#e3e8ee"/>')
        parts.append(f'<text x="{_EDGE - 8}" y="{at + 4:.1f}" text-anchor="end">{percent}</text>')
    parts.append(f'<path d="M{_EDGE} {y(0.99):.1f}H{_WIDE - _EDGE}" stroke="#d79b00" stroke-dasharray="4 4"/>')
    parts.append(f'<text x="{_WIDE - _EDGE + 6}" y="{y(0.99) + 4:.1f}">99 %</text>')
    below = f'y="{_HIGH - _EDGE + 18}" text-anchor="middle"'
    parts += [f'<text x="{x(percent / 100):.1f}" {below}>{percent}</text>' for percent in range(0, 101, 20)]
    legend = _HIGH - _EDGE + 4 - 18 * len(curves)
    for place, (name, points) in enumerate(curves.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        route = " ".join(f"{x(point.coverage):.1f},{y(point.precision):.1f}" for point in points)
        parts.append(f'<polyline points="{route}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for level in _DOT_LEVELS:
            dot = next((point for point in reversed(points) if point.confidence >= level), None)
            if dot is not None:
                parts.append(f'<circle cx="{x(dot.coverage):.1f}" cy="{y(dot.precision):.1f}" r="4" fill="{colour}"/>')
        parts.append(
            f'<rect x="{_EDGE + 14}" y="{legend + 18 * place - 7}" width="14" height="4" fill="{colour}"/>'
            f'<text x="{_EDGE + 34}" y="{legend + 18 * place}">{escape(name)}</text>'
        )
    levels = ", ".join(map(str, _DOT_LEVELS))
    axes = (
        f'<text x="{_WIDE / 2}" y="{_HIGH - 8}" text-anchor="middle">{escape(phrase("eval-curve-x"))}; '
        f"{escape(phrase('eval-curve-dots', level=levels))}</text>"
        f'<text x="{_EDGE}" y="{_EDGE - 16}">{escape(phrase("eval-curve-y"))}</text>'
    )
    return f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" style="max-width:{_WIDE}px">{"".join(parts)}{axes}</svg>'


def _misses(data: "DataFolder", misses: "Sequence[Trial]", show_plates: bool) -> Iterator[str]:
    if not show_plates:
        yield f'<p class="note">{escape(phrase("eval-hidden"))}</p>'
        return
    shown = misses[:_MOST_MISSES]
    yield f"<p>{escape(phrase('eval-misses-about', shown=len(shown), count=len(misses)))}</p>"
    yield '<div class="misses">'
    for trial in shown:
        yield _miss(data.root / trial.photo.path, trial)
    yield "</div>"


def _miss(file: Path, trial: "Trial") -> str:
    body = file.read_bytes()
    kind = "png" if body.startswith(b"\x89PNG") else "jpeg"
    picture = f"data:image/{kind};base64,{base64.b64encode(body).decode('ascii')}"
    said = escape(trial.read.text or phrase("none"))
    label = trial.photo.label
    if trial.photo.corrected != label:
        label = f"{label} -> {trial.photo.corrected}"
    return (
        f'<figure><img alt="" src="{picture}"><figcaption>{escape(phrase("eval-label"))} <b>{escape(label)}</b><br>'
        f'{escape(phrase("eval-said"))} <b class="wrong">{said}</b><br>'
        f"{escape(phrase('eval-confidence'))} {trial.read.confidence / 10:.1f} %<br>"
        f'<span class="path">{escape(trial.photo.path)}</span></figcaption></figure>'
    )
