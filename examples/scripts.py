"""One receipt in Arabic, Hebrew, Thai, Hindi, Japanese and Danish, from fonts of your own.

python examples/scripts.py FOLDER-WITH-FONTS ticket.png

Lines that the printer can set are text; the others are drawn and sent as dots. Needs the extras `text` and `imaging`.
"""

import sys
from pathlib import Path

import posdevkit as pos

receipt = (
    pos.Receipt()
    .title("قهوة عربية")
    .row("Kaffe på kande", "38,00")
    .row("קפה הפוך (גדול)", "32,00")
    .row("กาแฟเย็น น้ำตาลน้อย", "45,00")
    .row("क्षत्रिय चाय", "20,00")
    .row("日本茶", "55,00")
    .row("🍕", "90,00")
    .total("280,00")
    .cut()
)


def main(fonts: Path, picture: Path) -> None:
    # With fonts named, a letter that none of them has is refused before a byte leaves.
    (printed,) = pos.preview(receipt, "generic-80mm", fonts=[fonts])
    print(printed.text())
    picture.write_bytes(printed.png(paper=True))

    # A model sold in Japan sets its own characters: no line of this one is a picture.
    kanji = pos.load_profile("generic-80mm", {"multibyte": "jis"})
    (printed,) = pos.preview(pos.Receipt().row("日本茶", "55,00"), kanji)
    print(printed.text())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
