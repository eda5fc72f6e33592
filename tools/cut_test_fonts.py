"""Cut small fonts for the tests out of the Noto families: the letters of a few words and the rules to set them.

python tools/cut_test_fonts.py FOLDER-WITH-NOTO-FONTS    (needs fonttools)

The families stand under the SIL Open Font License 1.1 without a reserved name; so do the pieces (OFL.txt beside them).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from fontTools import subset

TARGET: Final = Path(__file__).parents[1] / "tests" / "fixtures" / "fonts"
# Name of the piece: file, its place in a collection, and what it must set.
PIECES: Final = {
    "arabic.ttf": ("NotoSansArabic-Regular.ttf", 0, "قهوة عربية بالهيل المجموع لا إله ٠١٢٣٤٥٦٧٨٩٫،ريال كوب"),
    "hebrew.ttf": ("NotoSansHebrew-Regular.ttf", 0, "קפה הפוך גדול שלום עולם שָׁלוֹם (₪)"),
    "thai.ttf": ("NotoSansThai-Regular.ttf", 0, "กาแฟเย็น น้ำตาลน้อย นี่คือข้อความ ที่\u0e4d"),
    # Its letter am is set from two others, of which one is missing: a font that has a letter, and cannot set it.
    "incomplete/thai.ttf": ("NotoSansThai-Regular.ttf", 0, "น้ำตาล"),
    "devanagari.ttf": ("NotoSansDevanagari-Regular.ttf", 0, "क्षत्रिय चाय स्पेशल नमस्ते"),
    "cjk.otf": ("NotoSansCJK-Regular.ttc", 0, "日本茶と抹茶ラテ。、咖啡한국어커피猫"),
    "emoji.ttf": ("NotoColorEmoji.ttf", 0, "🍕☕"),
}


def main(folder: Path) -> None:
    """Write every piece."""
    for name, (file, number, text) in PIECES.items():
        source = next(folder.rglob(file))
        options = subset.Options(font_number=number, layout_features=["*"], hinting=False, notdef_outline=True)
        options.name_IDs = [0, 1, 2, 13, 14]  # copyright, family and licence stay
        options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "meta"]
        font = subset.load_font(str(source), options)
        piece = subset.Subsetter(options)
        piece.populate(text=text.replace(" ", "") + (" " if name != "emoji.ttf" else ""))
        piece.subset(font)
        subset.save_font(font, str(TARGET / name), options)
        print(f"{name}: {(TARGET / name).stat().st_size:,} bytes of {source.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
