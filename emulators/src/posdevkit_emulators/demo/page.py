"""The morning as one page: what happened, with pictures of all that was printed, and every figure. No script."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final

from .narrator import Chapter, Figure
from .stage import Stage
from .sums import kroner

__all__ = ["write_page"]

_MARKED: Final = {
    "remedy": "remedy",
    "hands": "hands",
    "network": "hands",
    "lacking": "remedy",
}
"""Classes of sentences that should be seen."""
_GLASS: Final = "display/"
"""Where pictures of the display are; all others are of paper."""
_SIZE: Final = struct.Struct(">16xII")
"""Width and height stand in a PNG's first chunk."""


def write_page(stage: Stage) -> Path:
    """Write `index.html`; gives its path."""
    path = stage.out / "index.html"
    path.write_text("\n".join(_page(stage)) + "\n", "utf-8")
    return path


def _page(stage: Stage) -> Iterator[str]:
    narrator, shop = stage.narrator, escape(stage.page.shop.name)
    style = files(__package__).joinpath("data", "page.css").read_text("utf-8")
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>A morning at {shop}</title>\n<style>\n{style}</style>\n</head>\n<body>"
    yield f'<header>\n<p class="kind">posdevkit demo</p>\n<h1>A morning at {shop}</h1>'
    yield "<p>The devices are emulated, their bytes and cables are not. The wallet’s service is played by the demo.</p>"
    yield from _summary(stage)
    yield "</header>\n<main>"
    *scenes, account = narrator.chapters
    for number, chapter in enumerate(scenes, 1):
        yield from _scene(stage.out, number, chapter)
    yield from _account(account)
    yield "</main>\n<footer>"
    yield '<p><a href="shop.toml">shop.toml</a>: how the devices were found. <a href="report/index.html">The owner’s'
    yield 'report</a>, and its tables as <a href="report/">CSV and JSON</a>.</p>\n</footer>\n</body>\n</html>'


def _summary(stage: Stage) -> Iterator[str]:
    narrator = stage.narrator
    tickets = sum(len(bench.tickets) for bench in stage.devices.printers.values())
    well = not narrator.failures
    tiles = (
        (f"{stage.taken('sales')}", "sales, one refund"),
        (f"{kroner(stage.taken('amount'))} kr.", "turnover"),
        (f"{tickets} + {len(stage.devices.label.labels)}", "tickets and labels"),
        (f"{narrator.checked - len(narrator.failures)} of {narrator.checked}", "figures add up"),
    )
    yield '<dl class="tiles">'
    for figure, words in tiles:
        yield f"<div><dt>{escape(words)}</dt><dd>{escape(figure)}</dd></div>"
    yield "</dl>"
    if not well:
        yield '<div class="wrong" role="alert"><p>Not everything adds up:</p><ul>'
        yield from (f"<li>{escape(one)}</li>" for one in narrator.failures)
        yield "</ul></div>"


def _scene(folder: Path, number: int, chapter: Chapter) -> Iterator[str]:
    yield f'<section aria-labelledby="scene-{number}">\n<h2 id="scene-{number}"><span>{number}</span> '
    yield f'{escape(chapter.title)}</h2>\n<div class="scene"><ol>'
    for event, text in chapter.told:
        mark = f' class="{_MARKED[event]}"' if event in _MARKED else ""
        yield f"<li{mark}>{escape(text)}</li>"
    for figure in chapter.checks:
        yield f'<li class="{"well" if figure.well else "bad"}">{escape(_said(figure))}</li>'
    yield "</ol>"
    if chapter.pictures:
        yield '<div class="pictures">'
        for name, words in chapter.pictures:
            kind = ' class="glass"' if name.startswith(_GLASS) else ""
            yield f"<figure{kind}>{_picture(folder, name, words)}<figcaption>{escape(words)}</figcaption></figure>"
        yield "</div>"
    yield "</div>\n</section>"


def _picture(folder: Path, name: str, words: str) -> str:
    """Paper at half its size, since a printer's dots are about half as large as a screen's."""
    scale = 1 if name.startswith(_GLASS) else 2
    with (folder / name).open("rb") as file:
        width, height = (size // scale for size in _SIZE.unpack(file.read(_SIZE.size)))
    image = f'<img src="{escape(name)}" alt="{escape(words)}" width="{width}" height="{height}" loading="lazy">'
    return f'<a href="{escape(name)}">{image}</a>'


def _said(figure: Figure) -> str:
    return f"{figure.what}: {'none' if figure.found is None else figure.found}"


def _account(chapter: Chapter) -> Iterator[str]:
    yield f'<section aria-labelledby="account">\n<h2 id="account">{escape(chapter.title)}</h2>'
    yield '<div class="scroll"><table>\n<thead><tr><th scope="col">Figure</th><th scope="col">By the sum</th>'
    yield '<th scope="col">In the shop</th><th scope="col">Adds up</th></tr></thead>\n<tbody>'
    for one in chapter.checks:
        cells = "".join(f"<td>{escape(str(value))}</td>" for value in (one.expected, one.found))
        mark = "<td>yes</td>" if one.well else '<td class="bad">no</td>'
        yield f'<tr><th scope="row">{escape(one.what)}</th>{cells}{mark}</tr>'
    yield "</tbody>\n</table></div>\n</section>"
