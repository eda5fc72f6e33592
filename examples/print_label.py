"""A label in millimetres onto a ZPL printer: `python examples/print_label.py tcp://192.168.1.90`."""

import sys

import posdevkit as pos


def price_label(name: str, price: str, number: str) -> pos.Label:
    """50 x 30 mm. The name is text, whatever stands in it."""
    return (
        pos.Label(50, 30)
        .box(0.5, 0.5, 49, 29)
        .text(3, 2, name, height=4, width=30)
        .text(3, 7, price, height=6)
        .barcode(6, 15, number, "EAN13", height=8)
        .qr(38, 2.5, "https://r.example/8F2", module=0.375)
    )


def main(url: str) -> None:
    """Print two of them, and say what is known."""
    with pos.LabelPrinter.open(url) as printer:
        outcome = printer.print(price_label("Kaffe ^XZ~JA", "89,00", "590123412345"), copies=2, timeout=20)
        print(outcome)


if __name__ == "__main__":
    main(sys.argv[1])
