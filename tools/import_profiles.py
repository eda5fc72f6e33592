"""Write the printer profiles that come from other people's databases, and say what was left out.

The databases are not part of this repository; both are read from where you have them. What comes out is committed, so
this is only run to take in a newer database.

    python tools/import_profiles.py --escpos-printer-db capabilities.json --rpe printers.json --rpe-pages mappings.json

* escpos-printer-db by Michael Billington and contributors, CC-BY-4.0: `dist/capabilities.json`
* ReceiptPrinterEncoder 4.0 by Niels Leenheer, MIT: its generated tables of printers and of code page numbers

Where both know a model, only what both say is taken: a code page under one number, a symbol drawn by the printer. What
either doubts is left to this library, which sends it as dots or sets it on another page.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from posdevkit.documents import Symbology
from posdevkit.profiles import code_page_names, load_profile

TARGET: Final = Path(__file__).parents[1] / "src" / "posdevkit" / "profiles" / "data"
LINE: Final = 30
STAR_LINE: Final = 32

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One profile to write: what the model is called, where its facts stand, and what is said otherwise here."""

    vendor: str
    model: str
    db: str | None = None
    """Its key in escpos-printer-db."""
    rpe: str | None = None
    """Its key among ReceiptPrinterEncoder's printers."""
    inherits: str = ""
    says: Mapping[str, str] = field(default_factory=dict)
    """Keys of a profile whose value is not the databases'."""
    sources: tuple[str, ...] = ()
    note: str = ""
    model_id: int | None = None
    """What `GS I` 1 answers."""


# `GS ( H` is told of all TM printers but TM-T88III, U220 and U230 in Epson's page of the command.
TM: Final = {"completion": '"process_id"'}
TM_SOURCE: Final = ("Epson ESC/POS command reference, GS ( H: all models but TM-T88III, TM-U220 and TM-U230",)
LINE_MODE: Final = "star-tsp650ii"
PRNT: Final = "star-mc-print3"

ROWS: Final[Mapping[str, Row]] = {
    "bixolon-srp-350": Row("Bixolon", "SRP-350", rpe="bixolon-srp350"),
    "bixolon-srp-350iii": Row("Bixolon", "SRP-350III", rpe="bixolon-srp350iii"),
    "bixolon-srp-s300": Row("Bixolon", "SRP-S300", db="SRP-S300"),
    "cat-printer": Row("Meow", "Cat printer", rpe="meow", note="Small printers of many names, behind an adapter."),
    "citizen-ct-s310ii": Row("Citizen", "CT-S310II", rpe="citizen-ct-s310ii"),
    "citizen-ct-s651": Row("Citizen", "CT-S651", db="CT-S651"),
    "epos-tep-200m": Row("EPOS", "TEP-200M", db="TEP-200M"),
    "epson-tm-l90": Row("Epson", "TM-L90", db="TM-L90", says=TM, sources=TM_SOURCE),
    "epson-tm-m30ii": Row("Epson", "TM-m30II", rpe="epson-tm-m30ii", says=TM, sources=TM_SOURCE),
    "epson-tm-m30iii": Row("Epson", "TM-m30III", "TM-m30III", "epson-tm-m30iii", says=TM, sources=TM_SOURCE),
    "epson-tm-p20ii": Row("Epson", "TM-P20II", rpe="epson-tm-p20ii", says=TM, sources=TM_SOURCE),
    "epson-tm-p80": Row("Epson", "TM-P80", db="TM-P80", says=TM, sources=TM_SOURCE),
    "epson-tm-p80-42col": Row("Epson", "TM-P80 (42 columns)", db="TM-P80-42col", says=TM, sources=TM_SOURCE),
    "epson-tm-t20ii": Row("Epson", "TM-T20II", "TM-T20II", "epson-tm-t20ii", says=TM, sources=TM_SOURCE),
    "epson-tm-t20ii-42col": Row("Epson", "TM-T20II (42 columns)", db="TM-T20II-42col", says=TM, sources=TM_SOURCE),
    "epson-tm-t20iii": Row(
        "Epson", "TM-T20III", "TM-T20III", "epson-tm-t20iii", says=TM, sources=TM_SOURCE, model_id=0x63
    ),
    "epson-tm-t20iv": Row("Epson", "TM-T20IV", rpe="epson-tm-t20iv", says=TM, sources=TM_SOURCE),
    "epson-tm-t70": Row("Epson", "TM-T70", "TM-T70", "epson-tm-t70"),
    "epson-tm-t70-sa": Row("Epson", "TM-T70 South Asia", db="TM-T70-SA"),
    "epson-tm-t70ii": Row("Epson", "TM-T70II", "TM-T70II", "epson-tm-t70ii", says=TM, sources=TM_SOURCE),
    "epson-tm-t70ii-ch": Row("Epson", "TM-T70II Chinese", db="TM-T70II-CH", says=TM, sources=TM_SOURCE),
    # "Only the Traditional Chinese model supports 58mm", and that one "uses Big5"; that of 80 mm is sold as either.
    "epson-tm-t70ii-ch-58mm": Row(
        "Epson", "TM-T70II Chinese, 58 mm", db="TM-T70II-CH-58mm", says={**TM, "multibyte": '"big5"'}
    ),
    "epson-tm-t70ii-sa": Row("Epson", "TM-T70II South Asia", db="TM-T70II-SA", says=TM, sources=TM_SOURCE),
    "epson-tm-t88ii": Row("Epson", "TM-T88II", "TM-T88II", "epson-tm-t88ii"),
    "epson-tm-t88iii": Row("Epson", "TM-T88III", "TM-T88III", "epson-tm-t88iii"),
    "epson-tm-t88iv": Row("Epson", "TM-T88IV", "TM-T88IV", "epson-tm-t88iv", says=TM, sources=TM_SOURCE),
    "epson-tm-t88iv-sa": Row("Epson", "TM-T88IV South Asia", db="TM-T88IV-SA", says=TM, sources=TM_SOURCE),
    "epson-tm-t88vi": Row("Epson", "TM-T88VI", rpe="epson-tm-t88vi", says=TM, sources=TM_SOURCE),
    "epson-tm-t88vii": Row("Epson", "TM-T88VII", rpe="epson-tm-t88vii", says=TM, sources=TM_SOURCE),
    "epson-tm-u220": Row(
        "Epson",
        "TM-U220",
        db="TM-U220",
        says={"paper_mm": "76", "dpi": "160", "graphics": '"none"', "cutter": "false", "realtime_guard": "false"},
        note="An impact printer: its dots are not square and its needles nine, so no picture is sent to it.",
    ),
    "epson-tm-u220b": Row(
        "Epson",
        "TM-U220B",
        db="TM-U220B",
        says={"paper_mm": "76", "dpi": "160", "graphics": '"none"', "realtime_guard": "false"},
        note="As the TM-U220, with a cutter.",
    ),
    "fujitsu-fp-1000": Row("Fujitsu", "FP-1000", rpe="fujitsu-fp1000"),
    "hp-a779": Row("HP", "A779", rpe="hp-a779", says={"width": "528"}, note="As many dots as its 44 columns need."),
    "kefar-kr-306": Row("Kefar", "KR-306", db="KR-306"),
    "metapace-t-1": Row("Metapace", "T-1", "T-1", "metapace-t1"),
    "mpt-ii": Row(
        "unbranded",
        "MPT-II",
        rpe="mpt-ii",
        says={"dpi": "203"},
        note="Sold under several names. 48 columns of 12 dots do not fit on 80 mm at the 180 dpi of the database.",
    ),
    "munbyn-itpp047": Row("Munbyn", "ITPP047", db="ITPP047"),
    "netum-80-v-ul": Row("Netum", "80-V-UL", db="NT-80-V-UL", note="The database has the cells' widths for columns."),
    "netum-nt-5890k": Row("Netum", "NT-5890K", db="NT-5890K"),
    "pbm-p822d": Row("PBM", "P822D", db="P822D"),
    "pos-5890": Row("Zjiang", "POS-5890", "POS-5890", "pos-5890"),
    "pos-8360": Row("unbranded", "POS-8360", rpe="pos-8360"),
    "rongta-rp326": Row("Rongta", "RP326", db="RP326"),
    "rongta-rp332": Row("Rongta", "RP332", db="RP332"),
    "seiko-rp-f10-58mm": Row("Seiko", "RP-F10, 58 mm", db="RP-F10-58mm"),
    "seiko-rp-f10-80mm": Row("Seiko", "RP-F10", db="RP-F10-80mm"),
    "star-mc-print2": Row("Star", "mC-Print2", rpe="star-mc-print2", inherits=PRNT),
    "star-sm-l200": Row("Star", "SM-L200", rpe="star-sm-l200", inherits=PRNT),
    "star-tsp600": Row("Star", "TSP600", db="TSP600", inherits=LINE_MODE),
    "star-tsp650": Row("Star", "TSP650", rpe="star-tsp650", inherits=LINE_MODE),
    "star-tsp800": Row("Star", "TSP800", db="TSP800", inherits=LINE_MODE, says={"paper_mm": "112", "width": "832"}),
    "star-tup500": Row("Star", "TUP500", db="TUP500", inherits=LINE_MODE),
    "sunmi": Row("Sunmi", "Sunmi, built in", rpe="sunmi", says={"paper_mm": "58"}),
    "sunmi-p2se": Row("Sunmi", "P2SE", rpe="sunmi-p2se"),
    "sunmi-p3h": Row("Sunmi", "P3H", rpe="sunmi-p3h"),
    "sunmi-p3kh": Row("Sunmi", "P3KH", rpe="sunmi-p3kh"),
    "sunmi-p3mix": Row("Sunmi", "P3 MIX", rpe="sunmi-p3mix"),
    "sunmi-v2": Row("Sunmi", "V2", db="Sunmi-V2"),
    "wincor-nixdorf-th230": Row("Wincor Nixdorf", "TH230", db="TH230"),
    "wincor-nixdorf-th230plus": Row("Wincor Nixdorf", "TH230+", db="TH230Plus"),
    "xprinter-xp-n160ii": Row("Xprinter", "XP-N160II", rpe="xprinter-xp-n160ii"),
    "xprinter-xp-t80q": Row("Xprinter", "XP-T80Q", rpe="xprinter-xp-t80q"),
    "yhdaa-yhd-8390": Row("YHDAA", "YHD-8390", db="YHD-8390"),
    "youku-58t": Row("Youku", "58T", rpe="youku-58t"),
    "zijiang-zj-5870": Row("ZiJiang", "ZJ-5870", db="ZJ-5870"),
}

LEFT_OUT: Final[Mapping[str, str]] = {
    "AF-240": "a customer display",
    "OCD-100": "a customer display",
    "OCD-300": "a customer display",
    "SP2000": "an impact printer whose dots no compiler of ours knows",
    "TM-T88V": "written by hand",
    "default": "no model: generic-80mm",
    "safe": "no model: generic-80mm",
    "simple": "no model: generic-58mm",
    "mcPrint": "written by hand: star-mc-print3",
    "epson-tm-t88v": "written by hand",
    "star-mpop": "written by hand",
    "star-tsp100iii": "written by hand: star-tsp100, which draws all it prints",
    "star-tsp100iv": "written by hand",
    "star-tsp650ii": "written by hand",
}

# Their names of code pages that are not ours in small letters.
PAGES: Final[Mapping[str, str]] = {
    "rk1048": "kz1048",
    "cp772": "cp1119",
    "cp774": "cp1118",
    "tcvn-3-1": "tcvn3",
    "tcvn-3-2": "tcvn3-capitals",
    "tcvn3capitals": "tcvn3-capitals",
    "epson/katakana": "katakana",
    "star/katakana": "katakana",
}
SYMBOLOGIES: Final[Mapping[str, Symbology]] = {
    "upca": Symbology.UPC_A,
    "upce": Symbology.UPC_E,
    "gs1-128": Symbology.GS1_128,
    "gs1-databar-omni": Symbology.DATABAR,
    "gs1-databar-truncated": Symbology.DATABAR_TRUNCATED,
    "gs1-databar-limited": Symbology.DATABAR_LIMITED,
    "gs1-databar-expanded": Symbology.DATABAR_EXPANDED,
    **{one.value.lower(): one for one in Symbology},
}
PLAIN_BARS: Final = frozenset(one for one in Symbology if not one.value.startswith(("GS1", "DATABAR")))
HEIGHTS: Final = {7: 9, 8: 16, 9: 17}
"""Of a cell so wide, where nobody tells; wider cells are 24 dots high."""
NUMBERS: Final = {"0": "A", "1": "B", "2": "C"}


def our_page(theirs: str, vendor: str) -> str | None:
    """Our name of a code page, None for one that we have no table of."""
    name = theirs.lower().replace("iso_8859", "iso8859").replace("windows", "cp")
    name = PAGES.get(name, name)
    if name == "cp874" and vendor == "Epson":
        return None  # which of Epson's models has which Thai page differs by source
    return name if name in code_page_names() else None


def code_pages(row: Row, db: Facts | None, mapping: list[str | None] | None) -> dict[str, int]:
    """Pages by our names, in our order of preference; those on which the databases agree where both know the model."""
    tables: list[dict[int, str]] = []
    if db is not None:
        tables.append({int(number): name for number, name in db["codePages"].items()})
    if mapping is not None:
        tables.append({number: name for number, name in enumerate(mapping) if name})
    ours = [{n: page for n, name in one.items() if (page := our_page(name, row.vendor))} for one in tables]
    agreed = [(n, page) for n, page in sorted(ours[0].items()) if all(one.get(n) == page for one in ours)]
    numbers: dict[str, int] = {}
    for number, page in agreed:
        numbers.setdefault(page, number)
    order = [page.name for page in load_profile("epson-tm-t88v").code_pages]
    return {page: numbers[page] for page in sorted(numbers, key=lambda p: order.index(p) if p in order else 99)}


def fonts(row: Row, db: Facts | None, rpe: Facts | None, width: int) -> dict[str, tuple[int, int, int]]:
    """Cell and columns of each font that is known."""
    found: dict[str, tuple[int, int, int]] = {}
    if rpe is not None:
        for name, font in rpe["capabilities"]["fonts"].items():
            across, down = map(int, font["size"].split("x"))
            if name in "ABC" and across:
                found[name] = (across, down, font["columns"])
    else:
        assert db is not None
        for number, font in db["fonts"].items():
            if number not in NUMBERS or font["name"] == "Kanji":
                continue
            across = width // font["columns"]
            if across * font["columns"] < 0.97 * width or number != "0":
                across = min(across, 12)
            found[NUMBERS[number]] = (across, HEIGHTS.get(across, 24), font["columns"])
        if row.db == "NT-80-V-UL":
            found = {"A": (12, 24, width // 12), "B": (9, 17, width // 9)}
    return {name: cell for name, cell in found.items() if cell[0] * cell[2] <= width}


def facts_of(row: Row, db: Facts | None, rpe: Facts | None, mapping: list[str | None] | None) -> Iterator[str]:
    """The lines of the file behind its head."""
    star = bool(row.inherits)
    media = rpe["media"] if rpe is not None else db["media"] if db is not None else {}
    told = media["width"]["mm"] if isinstance(media.get("width"), dict) else media.get("width", 80)
    paper = int(row.says.get("paper_mm", 58 if isinstance(told, int | float) and told < 60 else 80))
    dpi = int(row.says.get("dpi", media["dpi"] if isinstance(media.get("dpi"), int) else 203))
    usual = 384 if paper == 58 else 512 if dpi == 180 else 576
    width = db["media"]["width"].get("pixels", usual) if db is not None else usual
    if not isinstance(width, int) or width > 0.95 * paper / 25.4 * dpi:
        width = usual
    width = int(row.says.get("width", width))
    yield f"paper_mm = {paper}"
    yield f"dpi = {dpi}"
    yield f"width = {width}"
    yield from (f"{key} = {value}" for key, value in row.says.items() if key not in ("paper_mm", "dpi", "width"))
    able = rpe["capabilities"] if rpe is not None else {}
    has = db["features"] if db is not None else {}
    if not star:
        bars = PLAIN_BARS if has.get("barcodeB", True) else frozenset()
        if rpe is not None:
            theirs = frozenset(SYMBOLOGIES[one] for one in able["barcodes"]["symbologies"] if one in SYMBOLOGIES)
            bars = bars & theirs if db is not None else theirs
        names = ", ".join(f'"{one.value}"' for one in Symbology if one in bars)
        yield f"barcodes = [{names}]"
        qr = has.get("qrCode", True) and (rpe is None or able["qrcode"]["supported"])
        yield f"qr = {str(bool(qr)).lower()}"
        pdf417 = has.get("pdf417Code", True) and (rpe is None or able["pdf417"]["supported"])
        yield 'symbols = ["PDF417"]' if pdf417 else "symbols = []"
        if "graphics" not in row.says:
            raster = has.get("bitImageRaster", True)
            yield 'graphics = "gs_v_0"' if raster else 'graphics = "esc_star"'
        yield f"drawer_pins = {'[2, 5]' if has.get('pulseStandard', True) else '[]'}"
    elif rpe is not None:
        yield f"qr = {str(able['qrcode']['supported']).lower()}"
    lines = able.get("cutter", {}).get("feed")
    cuts = (bool(has.get("paperFullCut", True)), bool(has.get("paperPartCut", True)))
    if ((rpe is not None and lines is None) or not any(cuts)) and "cutter" not in row.says:
        yield "cutter = false"
    if not star or row.db == "TSP800" or rpe is not None:
        yield "\n[fonts]"
        cells = fonts(row, db, rpe, width)
        if star and rpe is None:
            cells = {"A": (12, 24, width // 12), "B": (9, 24, width // 9)}
        for name, (across, down, columns) in cells.items():
            yield f"{name} = {{ width = {across}, height = {down}, columns = {columns} }}"
    if not star:
        yield "\n[code_pages]"
        yield from (f"{name} = {number}" for name, number in code_pages(row, db, mapping).items())
        if any(cuts) and not (rpe is not None and lines is None) and "cutter" not in row.says:
            feed = (lines or 4) * LINE
            yield f"\n[cutter]\nfeed = {feed}"
            yield f"full = {str(cuts[0]).lower()}\npartial = {str(cuts[1]).lower()}"


def known_as(row: Row, rpe: Facts | None) -> Iterator[str]:
    """How it is told from others."""
    product = str((rpe or {}).get("interfaces", {}).get("usb", {}).get("productName", "")).strip("\0")
    names = ", ".join(f'"{name}"' for name in (row.db, row.rpe) if name)
    yield "\n[known_as]"
    if row.vendor == "Epson":
        yield 'maker = ["EPSON"]'
    if product and product != row.model and not product.startswith("Printer-"):  # as half the world's printers do
        yield f'product = ["{product}"]'
    yield f"names = [{names}]"
    if row.model_id is not None:
        yield f"model_id = 0x{row.model_id:02X}"


def text_of(row: Row, db: Facts | None, rpe: Facts | None, mapping: list[str | None] | None) -> str:
    """The whole file."""
    sources = list(row.sources)
    if db is not None:
        sources.append(f"escpos-printer-db by Michael Billington and contributors (CC-BY-4.0): {row.db}")
    if rpe is not None:
        sources.append(f"ReceiptPrinterEncoder 4.0 by Niels Leenheer (MIT): {row.rpe}")
    parent = row.inherits or "generic-80mm"
    head = "# Written by tools/import_profiles.py from the databases named below; no manual and no device was at hand."
    lines = [
        head,
        *([f"# {row.note}"] if row.note else ()),
        f'inherits = "{parent}"',
        f'vendor = "{row.vendor}"',
        f'model = "{row.model}"',
        'verified = "database"',
        "sources = [",
        *(f'    "{source}",' for source in sources),
        "]",
        *facts_of(row, db, rpe, mapping),
        *known_as(row, rpe),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--escpos-printer-db", type=Path, required=True)
    parser.add_argument("--rpe", type=Path, required=True)
    parser.add_argument("--rpe-pages", type=Path, required=True)
    args = parser.parse_args()
    db = json.loads(args.escpos_printer_db.read_text("utf-8"))["profiles"]
    rpe = json.loads(args.rpe.read_text("utf-8"))
    pages = json.loads(args.rpe_pages.read_text("utf-8"))
    for name, row in ROWS.items():
        of_db = db[row.db] if row.db else None
        of_rpe = rpe[row.rpe] if row.rpe else None
        mapping = pages[of_rpe["capabilities"]["language"]][of_rpe["capabilities"]["codepages"]] if of_rpe else None
        (TARGET / f"{name}.toml").write_text(text_of(row, of_db, of_rpe, mapping), "utf-8")
    taken = {name for row in ROWS.values() for name in (row.db, row.rpe) if name}
    for name in sorted({*db, *rpe} - taken):
        print(f"left out {name}: {LEFT_OUT.get(name, 'NOT LOOKED AT')}")
    return 0 if {*db, *rpe} - taken <= set(LEFT_OUT) else 1


if __name__ == "__main__":
    raise SystemExit(main())
