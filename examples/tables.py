"""Columns, amounts below each other, a VAT block, lines of two sizes and a frame; the same on narrow and wide paper.

python examples/tables.py receipt.png
"""

import sys
from pathlib import Path

import posdevkit as pos

NAME, COUNT, PRICE = pos.Column(), pos.Column(5, align="right"), pos.Column(9, align="decimal")
AMOUNT = pos.Column(align="decimal")

receipt = (
    pos.Receipt()
    .title("Café Nord")
    .table(
        [
            ["Flat white", "2", "76,00"],
            ["Smørrebrød with smoked salmon", "10", "1.289,50"],
            [pos.Cell("Regular guest, 10 %", 2), "-136,55"],
        ],
        columns=[NAME, COUNT, PRICE],
        header=["Item", "Count", "DKK"],
    )
    .rule()
    .line("To pay ", pos.Span("1.228,95", pos.Style(bold=True, width=2, height=2)), " DKK", align="right")
    .table(
        [["25 %", "983,16", "245,79", "1.228,95"], ["0 %", "0", "0", "0"]],
        columns=[pos.Column(5), AMOUNT, AMOUNT, AMOUNT],
        header=["VAT", "Net", "VAT", "Gross"],
        font="B",
    )
    .box(pos.Receipt().text("Order 42", width=2, height=2, align="center").rule().row("Ready at", "12:40"))
    .cut()
)


def main(path: Path) -> None:
    for profile in ("generic-58mm", "epson-tm-m30iii"):
        shown = pos.preview(receipt, profile)
        print(shown.text())
    path.write_bytes(shown.png(paper=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
