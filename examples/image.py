"""Pictures on thermal paper: from a file, bytes or Pillow, scaled and dithered to black and white.

python examples/image.py tcp://192.168.1.87 [photo.jpg]
"""

import sys

from PIL import Image

import posdevkit as pos


def gradient() -> Image.Image:
    """Something grey to dither."""
    return Image.linear_gradient("L").rotate(90).resize((384, 96))


def main(url: str, photo: str | None) -> None:
    picture = photo or gradient()
    receipt = (
        pos.Receipt()
        .text("floyd-steinberg, for photos")
        .image(picture, width=384)
        .text("ordered, for areas")
        .image(picture, width=384, dither="ordered")
        .text("threshold, for logos")
        .image(picture, width=192, dither="threshold", align="left")
        .cut()
    )
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        try:
            print(printer.print(receipt))
        except pos.BadImage as problem:
            print(problem)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:9100", sys.argv[2] if len(sys.argv) > 2 else None)
