"""The shape of a printer profile: facts about a model, as data that code reads instead of asking for names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from posdevkit.documents import Font, SymbolKind, Symbology, TextEffect

from .multibyte import Multibyte

__all__ = [
    "BuzzerCommand",
    "CodePage",
    "Completion",
    "Cutter",
    "FontMetrics",
    "GraphicsCommand",
    "KnownAs",
    "Level",
    "Profile",
    "ReceiptLanguage",
    "Verified",
]

Verified = Literal["device", "peer", "manual", "probe", "database", "none"]
"""How a profile was checked: on the device, by other people's software, against the manual, by a person who read the
test page of `posdevkit profile probe`, not at all but taken from a database of printers, or not at all."""

Completion = Literal["process_id", "etb", "print_end", "in_order_status", "none"]
"""What the model offers as proof that a job is through: `GS ( H` 48, Star's counter of ETB, `GS r`, or nothing."""

BuzzerCommand = Literal["esc_b", "esc_paren_a"]
"""`ESC B`, which many small printers have, or Epson's `ESC ( A` 97."""

GraphicsCommand = Literal["gs_v_0", "gs_paren_l", "esc_star", "star_raster", "star_columns", "star_rows", "none"]
"""`GS v 0`, `GS ( L`, `ESC *` in bands of 24 rows, Star's `ESC GS S`, `ESC X`, and rows in raster mode; or no dots that
a picture of this library could be made from."""

Level = Literal["high", "low"]
"""Of a wire that a switch opens or closes."""

ReceiptLanguage = Literal["escpos", "star-prnt", "star-line", "star-graphic"]
"""`star-line` is Star Line Mode, `star-graphic` the raster mode of the TSP100 family."""


@dataclass(frozen=True, slots=True)
class FontMetrics:
    """A resident font's cell in dots and the characters that fit one line."""

    width: int
    height: int
    columns: int


@dataclass(frozen=True, slots=True)
class CodePage:
    """`number` is what the model wants after `ESC t`; `name` is a code page known to `profiles.codepages`."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Cutter:
    """`feed` is the distance from print head to blade in dots: cutting earlier goes through the last lines."""

    feed: int
    full: bool
    partial: bool


@dataclass(frozen=True, slots=True)
class KnownAs:
    """What tells this model from others. Patterns as in file names (`*`, `?`), read without regard to case."""

    maker: tuple[str, ...] = ()
    """What `GS I` 66 answers; the first is what the emulator says. Empty: not known, so not asked for."""
    model: tuple[str, ...] = ()
    """What `GS I` 67 or Star's version answer, where that is not the model's own name."""
    product: tuple[str, ...] = ()
    """What it calls itself elsewhere: its USB product string, its IEEE 1284 model, its name on air or network."""
    names: tuple[str, ...] = ()
    """What other people's databases of printers call it, to the letter."""
    model_id: int | None = None
    """The byte that `GS I` 1 answers. Makers share these, so nothing is chosen by it."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the library needs to know about one model. Lengths in dots, `dpi` in dots per inch."""

    name: str
    vendor: str
    model: str
    verified: Verified
    sources: tuple[str, ...]
    known_as: KnownAs
    language: ReceiptLanguage
    paper_mm: int
    dpi: int
    width: int
    """Printable dots across."""
    fonts: Mapping[Font, FontMetrics] = field(hash=False)
    """Read-only by agreement: profiles are shared."""
    text_effects: frozenset[TextEffect]
    """What characters can be beside bold, underlined, inverted and large."""
    code_pages: tuple[CodePage, ...]
    """In order of preference; the first is what the printer starts with after `ESC @`."""
    multibyte: Multibyte | None
    """Code system of the model's Chinese, Japanese or Korean characters, 24 x 24 dots each; None: it has none."""
    cutter: Cutter | None
    drawer_pins: tuple[int, ...]
    drawer_open: Level | None
    """The level of the drawer connector's pin 3 while the drawer is open. That is up to the drawer's switch and cable,
    not to the printer, so a shop's own profile says it; None: nobody told."""
    buzzer: BuzzerCommand | None
    """How the model's buzzer is sounded; None: it has none, or an option that nobody told of."""
    graphics: GraphicsCommand
    stored_logos: bool
    """Keeps pictures under keys (`GS ( L` 64 to 69)."""
    download_room: int
    """Bytes of working memory for pictures that come once with a job and are printed again from there (`GS ( L` 83 and
    85); 0: none, or nobody told how many, and such a picture is sent as dots every time."""
    max_band_rows: int
    """Rows per raster command; some firmware reads only the low byte of the row count."""
    page_rows: int
    """Dots along the paper of the longest page of page mode (`ESC L`), in which pictures come by `GS ( L`; 0: the
    model has none, or nobody told of it, and pages are sent as dots."""
    barcodes: frozenset[Symbology]
    """What the model draws by itself; the others are sent to it as dots."""
    qr: bool
    symbols: frozenset[SymbolKind]
    """The same of two-dimensional symbols other than QR."""
    answers: bool
    """False: never sends a byte, so nothing is ever awaited from it."""
    asb: bool
    """Understands automatic status back (`GS a`, `ESC RS a`)."""
    realtime_status: bool
    """Understands `DLE EOT`, or `ESC ACK SOH`."""
    identity: bool
    """Understands `GS I`, or `ESC # *` and `ESC GS ) I`."""
    completion: Completion
    realtime_clear: bool
    """Understands `DLE DC4` function 8 (clear buffers) and acknowledges it."""
    realtime_guard: bool
    """Understands `GS ( D`, which keeps `DLE DC4` in picture data from being executed."""
    print_speed: int
    """Millimetres of paper a second to count on, so the slowest: from it follows how long a job may take."""
    cut_counter: int
    """The number of the maintenance counter that counts cuts (`GS g 2`), 0 where there is none, or where others than
    this host print too: after a crash it tells whether a job was cut."""
    receive_buffer: int
    """Bytes the model takes before it makes the host wait; the emulator's back-pressure."""
