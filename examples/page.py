"""A coupon set as a page: text in four directions around a QR code, with a frame and lines, at fixed places.

python examples/page.py coupon.png

A model with page mode sets it by itself; every other one gets it as one picture.
"""

import sys
from pathlib import Path

import posdevkit as pos

coupon = (
    pos.Receipt()
    .page(
        pos.Area(3, 3, 40, 12, pos.Receipt().text("Café Nord", bold=True, width=2, height=2)),
        pos.Area(3, 18, 40, 14, pos.Receipt().row("Flat white", "0,00").row("til 31-12", "nr. 8812", font="B")),
        pos.Area(45, 4, 18, 18, pos.Receipt().qr("https://r.example/8F2", module=4)),
        pos.Area(64, 2, 7, 30, pos.Receipt().text("RIV AF", align="center"), direction="down"),
        pos.Area(3, 34, 40, 4, pos.Receipt().text("for kassen", align="center"), direction="left"),
        boxes=(pos.PageBox(0, 0, 72, 40, 0.5),),
        lines=(pos.PageLine(2, 16, 41), pos.PageLine(64, 2, 36, direction="down")),
    )
    .cut()
)


def main(path: Path) -> None:
    (printed,) = pos.preview(coupon, "epson-tm-t88v")
    print(printed.text())
    path.write_bytes(printed.png(paper=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
