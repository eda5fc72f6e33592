"""Text is data: it never becomes a command. `raw` is the explicit way out, for what the library has no word for.

python examples/raw_commands.py tcp://192.168.1.87
"""

import sys

import posdevkit as pos

ROTATE = b"\x1bV\x01"  # ESC V 1: characters turned by 90 degrees
UPRIGHT = b"\x1bV\x00"


def main(url: str) -> None:
    try:
        pos.Receipt().text("a customer's name \x1bV\x01")
    except pos.BadText as problem:
        print(f"Refused: {problem}")
    receipt = pos.Receipt().text("upright").raw(ROTATE + b"turned\n" + UPRIGHT).text("upright again").cut()
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        print(printer.print(receipt))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:9100")
