"""Draw the chart that compares tools: bars for the largest number of objects that was measured.

The text is large enough to be read where the picture is scaled to the width of a phone.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

from bench.peers.results import Results
from bench.peers.table import apply_time, memory, peak, plan_time

OURS: Final = "Reconciler"
WIDTH: Final = 480
MARGIN: Final = 14
LABELS: Final = 172
VALUES: Final = 88
LONGEST: Final = WIDTH - 2 * MARGIN - LABELS - VALUES
ROW: Final = 28
TITLE: Final = 34
GAP: Final = 12


class Colors(NamedTuple):
    """The colors of one scheme."""

    page: str
    text: str
    ours: str
    peer: str


SCHEMES: Final = {
    "light": Colors("#ffffff", "#1f2328", "#0969da", "#818b98"),
    "dark": Colors("#0d1117", "#f0f6fc", "#4493f8", "#7d8590"),
}


class Bar(NamedTuple):
    """A bar: the name of a tool, a number unless it is not known, and the text next to it."""

    tool: str
    value: float | None
    text: str


def write(results: Results, folder: Path) -> None:
    """Write `peers-light.svg` and `peers-dark.svg`."""
    for scheme, colors in SCHEMES.items():
        (folder / f"peers-{scheme}.svg").write_text(chart(results, colors), "utf-8")


def panels(results: Results) -> dict[str, list[Bar]]:
    """Return the bars of each panel by its title."""
    shown: dict[str, list[Bar]] = {"Plan without changes": [], "Apply from nothing": [], "Peak memory": []}
    for tool in results.tools:
        found = tool.measurements[-1]
        plan, apply = (cost.seconds if cost else None for cost in (found.plan, found.apply))
        bars = (
            Bar(tool.tool, plan, plan_time(found, results.limit)),
            Bar(tool.tool, apply, apply_time(found, results.limit)),
            Bar(tool.tool, peak(found), memory(found)),
        )
        for panel, bar in zip(shown.values(), bars, strict=True):
            panel.append(bar)
    return shown


def chart(results: Results, colors: Colors) -> str:
    """Return the SVG picture in these colors."""
    shown = panels(results)
    size = results.tools[0].measurements[-1].size
    height = 2 * MARGIN + TITLE + sum(TITLE + ROW * len(bars) + GAP for bars in shown.values())
    title = f"{size:,} objects: time and memory of each tool"
    description = ". ".join(
        f"{name}: {', '.join(f'{bar.tool} {bar.text}' for bar in bars)}" for name, bars in shown.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
        f' height="{height}" role="img" aria-labelledby="title description">\n'
        f'<title id="title">{escape(title)}</title>\n<desc id="description">{escape(description)}.</desc>\n'
        "<style>text{font:17px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;"
        f"fill:{colors.text}}}.title{{font-weight:600}}</style>\n"
        f'<rect width="{WIDTH}" height="{height}" rx="10" fill="{colors.page}"/>\n'
        f"{''.join(_body(shown, size, colors))}</svg>\n"
    )


def _body(shown: dict[str, list[Bar]], size: int, colors: Colors) -> Iterator[str]:
    top = MARGIN
    yield f'<text x="{MARGIN}" y="{top + 20}">{size:,} objects; shorter is better</text>\n'
    top += TITLE
    for name, bars in shown.items():
        yield f'<text class="title" x="{MARGIN}" y="{top + 22}">{name}</text>\n'
        top += TITLE
        longest = max(bar.value or 0 for bar in bars)
        for bar in bars:
            yield from _bar(bar, longest, top, colors)
            top += ROW
        top += GAP


def _bar(bar: Bar, longest: float, top: int, colors: Colors) -> Iterator[str]:
    ours = bar.tool == OURS
    look = ' class="title"' if ours else ""
    yield f'<text{look} x="{MARGIN}" y="{top + 19}">{escape(bar.tool)}</text>'
    left = MARGIN + LABELS
    if bar.value is not None:
        width = max(bar.value / longest * LONGEST, 2)
        fill = colors.ours if ours else colors.peer
        yield f'<rect x="{left}" y="{top + 5}" width="{width:.1f}" height="18" rx="2" fill="{fill}"/>'
        left += round(width) + 8
    yield f'<text x="{left}" y="{top + 19}">{escape(bar.text)}</text>\n'
