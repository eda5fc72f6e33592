"""Scanner bytes to events with their meaning evaluated, against biip's parse of the same codes."""

from __future__ import annotations

import biip
from harness import Row, alternate

from posdevkit.codes import GS1, Product, Scan
from posdevkit.protocols.scan import Code, StreamSession
from posdevkit.secret import Secret

CODES = (
    "]E04006381333931",
    "]E496385074",
    "]C10109506000134352103ABC\x1d17251231",
    "]C100106141411234567897",
    "]d20109506000134352310300019515240229",
)
WIRE = "".join(code + "\r" for code in CODES).encode()


def ours() -> list[Scan]:
    """From the bytes on the line to events, each with its meaning worked out."""
    scans = []
    for one in StreamSession().receive(WIRE):
        assert isinstance(one, Code)
        scan = Scan("front", 0.0, Secret(one.data.decode("latin-1")), one.aim, one.symbology)
        assert isinstance(scan.meaning, Product | GS1)
        scans.append(scan)
    return scans


def theirs() -> list[biip.ParseResult]:
    """From texts, one for each code, to results; biip frames no bytes and knows no payment codes."""
    return [biip.parse(code) for code in CODES]


def measure(rounds: int) -> list[Row]:
    """Ours over theirs for the same five codes."""
    assert len(ours()) == len(theirs())
    turns = alternate(ours, theirs, rounds, 0.05)
    note = f"{turns.first * 1e6:.0f} us against {turns.second * 1e6:.0f} us for five codes; theirs frames no bytes"
    what = "scanner bytes to events with meaning, how many times as fast as biip's parse, same codes"
    return [Row(what, turns.ratio, "x", note=note)]
