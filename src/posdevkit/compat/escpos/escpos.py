"""The calls, gathered into a document; what is done with the document is each printer's own."""

from __future__ import annotations

import textwrap
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, Self, cast

from posdevkit.devices.compose import compose
from posdevkit.documents import Align, Barcode, Font, Receipt, Span, plain
from posdevkit.errors import Disconnected, UsageError
from posdevkit.events import Delivery, Outcome, Paper
from posdevkit.layout import check_barcode
from posdevkit.protocols.escpos.status import realtime_byte

from .barcodes import barcode_of
from .carrier import Carrier, end
from .exceptions import (
    BarcodeCodeError,
    CashDrawerError,
    Error,
    ImageSizeError,
    SetVariableError,
    StatusUnknownError,
    TabPosError,
    translated,
)
from .look import Look, after
from .profile import EscposProfile, profile_of

if TYPE_CHECKING:
    from posdevkit.documents.pictures import PilImage

__all__ = ["Escpos"]

_LEVELS: Final[tuple[Literal["L", "M", "Q", "H"], ...]] = ("L", "M", "Q", "H")
_FONTS: Final[tuple[Font, ...]] = ("A", "B")
_ANY_WIDTH: Final = 1 << 16
_REALTIME: Final = {b"\x10\x04" + bytes((kind,)): kind for kind in range(1, 5)}
# What puts a printer's modes back before characters whose look is set by bytes of their own.
_PLAIN_BYTES: Final = b"\x1b!\x00\x1dB\x00"


class Escpos:
    """What all printers share. Make a `Network`, `Usb`, `Serial` or another of `printer`."""

    def __init__(self, carrier: Carrier) -> None:
        self._profile = carrier.profile
        self.profile = EscposProfile(carrier.profile)
        self._carrier = carrier
        self._gathered = [Receipt()]
        self._look = Look()
        self._line: list[Span] = []
        # A script that just ends has called for paper all the same. Not `__del__`, which may come too late to print.
        weakref.finalize(self, end, carrier, self._gathered)

    @property
    def _receipt(self) -> Receipt:
        return self._gathered[0]

    @_receipt.setter
    def _receipt(self, receipt: Receipt) -> None:
        self._gathered[0] = receipt

    # What a printer does

    def open(self, raise_not_found: bool = True) -> None:
        """Connect; happens by itself with the first job. `raise_not_found=False` leaves that to the first job."""
        with translated():
            try:
                self._carrier.open()
            except Disconnected:
                if raise_not_found:
                    raise

    def close(self) -> None:
        """Print what has been gathered, and disconnect."""
        try:
            self.flush()
        finally:
            self._carrier.close()

    def flush(self) -> Outcome | None:
        """Print what has been gathered as one job; its outcome, None where there was nothing or no printer to tell it.

        An unfinished line waits for its end, as it does in a printer. What provably did not reach the printer stays
        gathered; what may lie on paper is never sent again.
        """
        receipt, self._receipt = self._receipt, Receipt()
        if not len(receipt):
            return None
        with translated():
            try:
                return self._carrier.print(receipt)
            except Disconnected as problem:
                if problem.outcome is None or problem.outcome.delivery is Delivery.NONE:
                    self._receipt = receipt + self._receipt
                raise

    @classmethod
    def is_usable(cls) -> bool:
        """Always: what a link needs beyond the library is told when it is opened."""
        return True

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Text

    def text(self, txt: object) -> None:
        """Text; a line prints at its line break. Raises TextError for control characters."""
        with translated():
            first, *rest = plain(str(txt)).split("\n")
            self._put(first)
            for line in rest:
                self._end_line()
                self._put(line)

    def textln(self, txt: object = "") -> None:
        """Text and a line break."""
        self.text(f"{txt}\n")

    def ln(self, count: int = 1) -> None:
        """Line breaks."""
        if count < 0:
            raise ValueError("Count must be positive")
        self.text("\n" * count)

    def block_text(self, txt: str, font: int | str = "0", columns: int | None = None) -> None:
        """Text broken into lines of `columns` characters."""
        self.text(textwrap.fill(txt, columns or self.profile.get_columns(font)))

    def software_columns(
        self, text_list: Sequence[object], widths: Sequence[int] | int, align: Sequence[str] | str
    ) -> None:
        """Texts side by side, each wrapped in its own width; the last width and alignment hold for the rest."""
        count = len(text_list)
        wide = [widths // count] * count if isinstance(widths, int) else [*widths, *[widths[-1]] * count][:count]
        where = [align] * count if isinstance(align, str) else [*align, *[align[-1]] * count][:count]
        cells = [textwrap.wrap(str(text), width) or [""] for text, width in zip(text_list, wide, strict=True)]
        put = {"left": str.ljust, "center": str.center, "right": str.rjust}
        for at in range(max(map(len, cells))):
            row = zip(cells, wide, where, strict=True)
            self.textln("".join(put[side](cell[at] if at < len(cell) else "", width) for cell, width, side in row))

    def _put(self, text: str) -> None:
        if text:
            self._line.append(Span(text, self._look.style))

    def _end_line(self) -> None:
        spans, self._line = self._line, []
        if not spans:
            self._receipt = self._receipt.feed()
        else:
            self._receipt = self._receipt.line(*spans, align=self._look.align)

    def set(
        self,
        align: str | None = None,
        font: int | str | None = None,
        bold: bool | None = None,
        underline: int | None = None,
        width: int | None = None,
        height: int | None = None,
        density: int | None = None,
        invert: bool | None = None,
        smooth: bool | None = None,
        flip: bool | None = None,
        normal_textsize: bool | None = None,
        double_width: bool | None = None,
        double_height: bool | None = None,
        custom_size: bool | None = None,
    ) -> None:
        """How the next characters look; what is not given stays. `density` stays as the printer is set."""
        style, where = self._look.style, self._look.align
        if custom_size:
            if not (isinstance(width, int) and isinstance(height, int) and 1 <= width <= 8 and 1 <= height <= 8):
                raise SetVariableError(f"width and height are 1 to 8, not {width!r} and {height!r}")
            style = replace(style, width=width, height=height)
        elif normal_textsize or double_width or double_height:
            style = replace(style, width=2 if double_width else 1, height=2 if double_height else 1)
        style = replace(
            style,
            bold=style.bold if bold is None else bold,
            underline=style.underline if underline is None else bool(underline),
            invert=style.invert if invert is None else invert,
            font=style.font if font is None else _FONTS[self.profile.get_font(font)],
            smooth=style.smooth if smooth is None else smooth,
            upside_down=style.upside_down if flip is None else flip,
        )
        if align is not None:
            if align.lower() not in ("left", "center", "right"):
                raise SetVariableError(f"align is left, center or right, not {align!r}")
            where = cast(Align, align.lower())
        if self._line and where != self._look.align:
            where = self._look.align  # as in a printer: only at the start of a line
        self._look = Look(style, where)
        del density

    def set_with_default(
        self,
        align: str = "left",
        font: int | str = "a",
        bold: bool = False,
        underline: int = 0,
        width: int = 1,
        height: int = 1,
        density: int = 9,
        invert: bool = False,
        smooth: bool = False,
        flip: bool = False,
        double_width: bool = False,
        double_height: bool = False,
        custom_size: bool = False,
    ) -> None:
        """How the next characters look; what is not given is plain."""
        self.set(
            align, font, bold, underline, width, height, density, invert, smooth, flip, True, double_width,
            double_height, custom_size,
        )  # fmt: skip

    def line_spacing(self, spacing: int | None = None, divisor: int = 180) -> None:
        """Distance of lines in `divisor` parts of an inch (360, 180 or 60); the printer's own without."""
        if spacing is not None and divisor not in (360, 180, 60):
            raise ValueError("divisor must be either 360, 180 or 60")
        if spacing is not None and not 0 <= spacing <= (85 if divisor == 60 else 255):
            raise ValueError(f"spacing must be 0 to {85 if divisor == 60 else 255}")
        dots = None if spacing is None else min(255, round(spacing * self._profile.dpi / divisor))
        self._receipt = self._receipt.spacing(dots)

    def charcode(self, code: str = "AUTO") -> None:
        """Does nothing: the code page of each character is chosen by the profile, always."""

    # Pictures and symbols

    def image(
        self,
        img_source: str | Path | bytes | PilImage,
        high_density_vertical: bool = True,
        high_density_horizontal: bool = True,
        impl: str = "",
        fragment_height: int = 960,
        center: bool = False,
    ) -> None:
        """A picture, as wide as it is or as the paper; how it is sent is the profile's to say. Raises OSError."""
        del high_density_vertical, high_density_horizontal, impl, fragment_height
        # As it is now: scripts draw on in the same picture, and delete the file behind them.
        if isinstance(img_source, str | Path):
            picture: bytes | PilImage = Path(img_source).read_bytes()
        else:
            copy = getattr(img_source, "copy", None)  # as Pillow's pictures have it
            picture = copy() if callable(copy) else img_source
        with translated(ImageSizeError):
            receipt = Receipt().image(picture, align="center" if center else self._look.align)
            compose(receipt, self._profile)
        self._stand_alone()
        self._receipt += receipt

    def barcode(
        self,
        code: str,
        bc: str,
        height: int = 64,
        width: int = 3,
        pos: str = "BELOW",
        font: str = "A",
        align_ct: bool = True,
        function_type: str | None = None,
        check: bool = True,
        force_software: bool | str = False,
    ) -> None:
        """A barcode. Check digits are checked or added; `code` of CODE128 with or without its code set (`{B`)."""
        del font, function_type, check, force_software
        align: Align = "center" if align_ct else self._look.align
        receipt = barcode_of(code, bc, height=height, module=width, place=pos, align=align)
        with translated(BarcodeCodeError):
            compose(receipt, self._profile)  # what no printer would print is told at the call
        self._stand_alone()
        self._receipt += receipt

    @staticmethod
    def check_barcode(bc: str, code: str) -> bool:
        """Whether `barcode` takes that data: check digits are checked too, and `{B` need not stand before it."""
        try:
            (element,) = barcode_of(code, bc).elements
            check_barcode(cast(Barcode, element), replace(profile_of(None), width=_ANY_WIDTH))
        except (Error, UsageError):
            return False
        return True

    def qr(
        self,
        content: str,
        ec: int = 0,
        size: int = 3,
        model: int = 2,
        native: bool = False,
        center: bool = False,
        impl: str | None = None,
        image_arguments: object = None,
    ) -> None:
        """A QR code; `size` is the module in dots. Drawn by the printer where it can."""
        del native, impl, image_arguments
        if model != 2:
            raise ValueError(f"only QR model 2 is printed, not {model}")
        if not 0 <= ec < len(_LEVELS):
            raise ValueError(f"ec is a level of error correction, 0 to 3, not {ec}")
        if not 1 <= size <= 16:
            raise ValueError(f"size is a module of 1 to 16 dots, not {size}")
        if not content:
            return
        with translated(BarcodeCodeError):
            align: Align = "center" if center else self._look.align
            receipt = Receipt().qr(content, module=size, level=_LEVELS[ec], align=align)
            compose(receipt, self._profile)
        self._stand_alone()
        self._receipt += receipt

    def _stand_alone(self) -> None:
        """A picture or symbol in the middle of a line prints that line first."""
        if self._line:
            self._end_line()

    # Mechanics

    def print_and_feed(self, n: int = 1) -> None:
        """Print the line and feed `n` more."""
        if not 0 <= n <= 255:
            raise ValueError("n must be between 0 and 255")
        self._stand_alone()
        if n:
            self._receipt = self._receipt.feed(n)

    def cut(self, mode: str = "FULL", feed: bool = True) -> None:
        """Cut, and print what has been gathered. Always fed so far that no line is cut through; `feed` adds nothing."""
        if mode.upper() not in ("FULL", "PART"):
            raise ValueError("Mode must be one of ('FULL', 'PART')")
        del feed
        self._stand_alone()
        self._receipt = self._receipt.cut(partial=mode.upper() == "PART")
        self.flush()

    def cashdraw(self, pin: int | Sequence[int]) -> None:
        """Open the drawer on pin 2 or 5, or by the numbers of a command of one's own; prints what has been gathered."""
        if isinstance(pin, int):
            if pin not in (2, 5):
                raise CashDrawerError(f"a drawer hangs on pin 2 or 5, not {pin}")
            self._receipt = self._receipt.drawer(cast(Literal[2, 5], pin))
        else:
            self._raw(bytes(pin))
        self.flush()

    def buzzer(self, times: int = 2, duration: int = 4) -> None:
        """Sound the buzzer of printers that have one (`ESC B`)."""
        if not 1 <= times <= 9 or not 1 <= duration <= 9:
            raise ValueError("times and duration must be between 1 and 9")
        self._raw(bytes((0x1B, 0x42, times, duration)))

    def hw(self, hw: str) -> None:
        """INIT and RESET put every mode back; SELECT needs nothing."""
        if hw.upper() in ("INIT", "RESET"):
            self._line, self._look = [], Look()

    def control(self, ctl: str, count: int = 5, tab_size: int = 8) -> None:
        """LF, FF, CR, HT or VT; HT also sets tabs at every `tab_size` characters."""
        name = ctl.upper()
        if name == "LF":
            self.text("\n")
        elif name == "HT":
            if not (0 <= count <= 32 and 1 <= tab_size <= 255 and count * tab_size < 256):
                raise TabPosError(f"{count} tabs every {tab_size} characters")
            self._raw(b"\x1bD" + bytes(at * tab_size for at in range(1, count)) + b"\0")
        elif name in ("FF", "CR", "VT"):
            self._raw({"FF": b"\f", "CR": b"\r", "VT": b"\v"}[name])

    def panel_buttons(self, enable: bool = True) -> None:
        """Let the buttons on the printer work, or not."""
        self._raw(b"\x1bc5" + bytes((not enable,)))

    def _raw(self, msg: bytes | str) -> None:
        """Bytes of one's own, in their place. What they do is the caller's responsibility."""
        data = msg.encode("latin-1", "replace") if isinstance(msg, str) else bytes(msg)
        if self._line:
            # The line goes on behind these bytes, so it cannot be an element, which ends with a line break.
            begun = compose(Receipt().line(*self._line, align=self._look.align), self._profile).compiled.data
            where = bytes((("left", "center", "right").index(self._look.align),))
            data = _PLAIN_BYTES + b"\x1ba" + where + begun.removeprefix(b"\x1b@").removesuffix(b"\n") + data
            self._line = []
        if data:
            self._receipt = self._receipt.raw(data)
            self._look = after(self._look, data)

    # Questions

    def is_online(self) -> bool:
        """Whether the printer says so. Raises StatusUnknownError for one that tells nothing."""
        self.flush()
        with translated():
            online = self._carrier.status().online
        if online is None:
            raise StatusUnknownError("the printer does not tell whether it is online")
        return online

    def query_status(self, mode: bytes) -> bytes:
        """The byte that answers `DLE EOT` 1 to 4, as the printer's state makes it; StatusUnknownError without any."""
        if (kind := _REALTIME.get(bytes(mode))) is None:
            raise ValueError(f"mode is DLE EOT and 1 to 4, not {mode!r}")
        self.flush()
        with translated():
            status = self._carrier.status()
        if (status.paper is Paper.UNKNOWN) if kind == 4 else (status.online is None):
            raise StatusUnknownError("the printer does not tell how it is")
        return bytes((realtime_byte(kind, status),))

    def paper_status(self) -> int:
        """2: enough paper; 1: near its end; 0: out. Raises StatusUnknownError for a printer that tells nothing."""
        self.flush()
        with translated():
            paper = self._carrier.status().paper
        if paper is Paper.UNKNOWN:
            raise StatusUnknownError("the printer does not tell whether it has paper")
        return {Paper.OUT: 0, Paper.NEAR_END: 1}.get(paper, 2)
