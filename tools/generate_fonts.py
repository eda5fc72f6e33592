"""Make the bundled bitmap fonts of `posdevkit.paper.fonts` from the pinned sources in `tools/fonts/`.

`python tools/generate_fonts.py` writes them; with `--check` it only compares and exits 1 where a file is not current.
The output depends on nothing but the sources, so two machines write the same bytes.

Format of a font file, all numbers little-endian: `PKF1`, cell width and height (one byte each), number of glyphs (two
bytes), the code points in rising order (two bytes each), then one bitmap per glyph: the rows from the top, leftmost dot
first, without any padding between rows, padded with zero bits to whole bytes at the end.

Format of the sources: Portable Compiled Format, https://fontforge.org/docs/techref/pcf-format.html
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import shutil
import struct
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "fonts"
TARGET = HERE.parent / "src" / "posdevkit" / "paper" / "fonts"

# What single-byte code pages of receipt printers hold, by Unicode block, and what people write beside it.
BLOCKS: tuple[tuple[int, int], ...] = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x024F),  # Latin-1, Extended-A and -B
    (0x02B0, 0x03FF),  # modifiers, combining marks, Greek
    (0x0400, 0x058F),  # Cyrillic, Armenian
    (0x0590, 0x06FF),  # Hebrew, Arabic
    (0x0E00, 0x0E7F),  # Thai
    (0x10A0, 0x10FF),  # Georgian
    (0x1E00, 0x1EFF),  # Latin Extended Additional (Vietnamese)
    (0x2000, 0x20CF),  # punctuation, super- and subscripts, currency
    (0x2100, 0x23FF),  # letterlike, number forms, arrows, mathematics, technical
    (0x2500, 0x27BF),  # box drawing, blocks, shapes, symbols, dingbats
    (0xFB00, 0xFB4F),  # ligatures, Hebrew presentation forms
    (0xFE70, 0xFEFC),  # Arabic presentation forms (code page 864)
    (0xFF61, 0xFF9F),  # halfwidth katakana
    (0xFFFD, 0xFFFD),  # replacement character
)
STRETCHED = range(0x2500, 0x25A0)  # box drawing and blocks must meet the next line's without a gap

PCF_METRICS, PCF_BITMAPS, PCF_ENCODINGS = 4, 8, 32


@dataclass(frozen=True, slots=True)
class Source:
    """`ascent` is the row of the baseline in the target cell; glyphs are `left` dots away from the cell's left edge."""

    file: str
    left: int
    ascent: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """A font file: its cell, and its sources, the first that has a code point winning."""

    target: str
    width: int
    height: int
    sources: tuple[Source, ...]


# A thermal head draws strokes two dots wide, so font A takes the bold weight.
# Baselines: Terminus 24 stands 19 rows over it, Fixed 10x20 16 and Fixed 9x15 12; the latter is centred in 17 rows.
RECIPES = (
    Recipe("font_a.bin", 12, 24, (Source("ter-u24b_unicode.pcf.gz", 0, 19), Source("misc-fixed-10x20.pcf.gz", 1, 19))),
    Recipe("font_b.bin", 9, 17, (Source("misc-fixed-9x15.pcf.gz", 0, 13),)),
)
LICENSES = ("LICENSE-OFL-1.1.txt", "LICENSE-misc-fixed.txt")


@dataclass(frozen=True, slots=True)
class SourceGlyph:
    """Bitmap rows as numbers `width` dots wide; `left` and `ascent` place them relative to origin and baseline."""

    left: int
    width: int
    ascent: int
    rows: tuple[int, ...]


def read_pcf(data: bytes) -> dict[int, SourceGlyph]:
    """Glyphs of a PCF file by code point."""
    if data[:4] != b"\x01fcp":
        raise ValueError("not a PCF file")
    (count,) = struct.unpack_from("<I", data, 4)
    tables: dict[int, tuple[int, int]] = {}
    for index in range(count):
        kind, form, _size, offset = struct.unpack_from("<4I", data, 8 + 16 * index)
        tables[kind] = (form, offset)
    metrics = list(_metrics(data, *tables[PCF_METRICS]))
    bitmaps = _bitmaps(data, *tables[PCF_BITMAPS], metrics)
    return {code: bitmaps[index] for code, index in _encodings(data, *tables[PCF_ENCODINGS])}


def _metrics(data: bytes, form: int, offset: int) -> Iterator[tuple[int, int, int, int]]:
    order = ">" if form & 4 else "<"
    if form & 0x100:  # compressed: one biased byte each
        (count,) = struct.unpack_from(order + "H", data, offset + 4)
        for index in range(count):
            left, right, _width, ascent, descent = (value - 0x80 for value in data[offset + 6 + 5 * index :][:5])
            yield left, right, ascent, descent
        return
    (count,) = struct.unpack_from(order + "I", data, offset + 4)
    for index in range(count):
        left, right, _width, ascent, descent, _attributes = struct.unpack_from(
            order + "5hH", data, offset + 8 + 12 * index
        )
        yield left, right, ascent, descent


def _bitmaps(data: bytes, form: int, offset: int, metrics: list[tuple[int, int, int, int]]) -> list[SourceGlyph]:
    if form & 0x38 != 0x08:
        raise ValueError("only bitmaps with the leftmost dot in the top bit of a byte are understood")
    order = ">" if form & 4 else "<"
    padding = 1 << (form & 3)
    (count,) = struct.unpack_from(order + "I", data, offset + 4)
    starts = struct.unpack_from(f"{order}{count}I", data, offset + 8)
    base = offset + 8 + 4 * count + 16
    glyphs = []
    for start, (left, right, ascent, descent) in zip(starts, metrics, strict=True):
        width = right - left
        stride = (width + 8 * padding - 1) // (8 * padding) * padding
        rows = tuple(
            int.from_bytes(data[base + start + row * stride :][:stride], "big") >> (8 * stride - width)
            for row in range(ascent + descent)
        )
        glyphs.append(SourceGlyph(left, width, ascent, rows))
    return glyphs


def _encodings(data: bytes, form: int, offset: int) -> Iterator[tuple[int, int]]:
    order = ">" if form & 4 else "<"
    low_first, low_last, high_first, high_last, _default = struct.unpack_from(order + "5H", data, offset + 4)
    position = offset + 14
    for high in range(high_first, high_last + 1):
        for low in range(low_first, low_last + 1):
            (index,) = struct.unpack_from(order + "H", data, position)
            position += 2
            if index != 0xFFFF:
                yield high << 8 | low, index


def place(glyph: SourceGlyph, source: Source, recipe: Recipe, code: int) -> int:
    """The glyph in its cell, as one number: the top left dot is the highest of width x height bits."""
    rows = [0] * recipe.height
    shift = recipe.width - source.left - glyph.left - glyph.width
    mask = (1 << recipe.width) - 1
    top = source.ascent - glyph.ascent
    for index, row in enumerate(glyph.rows, top):
        if 0 <= index < recipe.height:
            rows[index] = (row << shift if shift >= 0 else row >> -shift) & mask
    if code in STRETCHED and len(glyph.rows) < recipe.height:
        stretch(rows, top, top + len(glyph.rows))
    bits = 0
    for row in rows:
        bits = bits << recipe.width | row
    return bits


def stretch(rows: list[int], top: int, end: int) -> None:
    """Carry a line or a shade that reaches the edge of its source on to the edge of the cell.

    Every row equals the one two rows further in: a shade's pattern goes on, and a vertical line stays what it is.
    """
    for index in range(top - 1, -1, -1):
        rows[index] = rows[index + 2]
    for index in range(end, len(rows)):
        rows[index] = rows[index - 2]


def build(recipe: Recipe, sources: Mapping[str, Mapping[int, SourceGlyph]]) -> bytes:
    """One font file."""
    cells: dict[int, int] = {}
    for source in recipe.sources:
        glyphs = sources[source.file]
        for first, last in BLOCKS:
            for code in range(first, last + 1):
                if code in glyphs and code not in cells:
                    cells[code] = place(glyphs[code], source, recipe, code)
    codes = sorted(cells)
    bits = recipe.width * recipe.height
    size = (bits + 7) // 8
    return b"".join(
        (
            struct.pack("<4sBBH", b"PKF1", recipe.width, recipe.height, len(codes)),
            struct.pack(f"<{len(codes)}H", *codes),
            *((cells[code] << (8 * size - bits)).to_bytes(size, "big") for code in codes),
        )
    )


def read_sources() -> dict[str, dict[int, SourceGlyph]]:
    """All sources, after their digests were found to be those of the manifest."""
    manifest = tomllib.loads((SOURCES / "MANIFEST.toml").read_text(encoding="utf-8"))
    glyphs = {}
    for entry in manifest["source"]:
        packed = (SOURCES / entry["file"]).read_bytes()
        if (digest := hashlib.sha256(packed).hexdigest()) != entry["sha256"]:
            raise SystemExit(f"{entry['file']}: SHA-256 is {digest}, the manifest says {entry['sha256']}")
        glyphs[entry["file"]] = read_pcf(gzip.decompress(packed))
    return glyphs


def generate(target: Path) -> list[str]:
    """Write fonts and licences into `target`; returns the names."""
    sources = read_sources()
    for recipe in RECIPES:
        (target / recipe.target).write_bytes(build(recipe, sources))
    for name in LICENSES:
        shutil.copyfile(SOURCES / name, target / name)
    return [*(recipe.target for recipe in RECIPES), *LICENSES]


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 if the files are current or were written, 1 if `--check` found one that is not."""
    parser = argparse.ArgumentParser(description="Make the bundled bitmap fonts from tools/fonts/.")
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 if a file is not current")
    if not parser.parse_args(arguments).check:
        for name in generate(TARGET):
            print(f"{name}: {(TARGET / name).stat().st_size:,} bytes")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        stale = [
            name
            for name in generate(fresh)
            if not (TARGET / name).is_file() or (TARGET / name).read_bytes() != (fresh / name).read_bytes()
        ]
    for name in stale:
        print(f"src/posdevkit/paper/fonts/{name} is not current: run python tools/generate_fonts.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
