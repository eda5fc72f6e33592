"""Pictures on a receipt: files, pages of a PDF, and logos that the printer keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from posdevkit.errors import BadDocument

from .checks import instance, one_of, whole
from .style import ALIGNS, Align

if TYPE_CHECKING:
    from typing import Protocol

    class PilImage(Protocol):
        """A `PIL.Image.Image`, named here without importing Pillow."""

        @property
        def size(self) -> tuple[int, int]: ...
        def convert(self, mode: str) -> PilImage: ...


__all__ = ["Dither", "Image", "Logo", "Margins", "PdfPage", "check_logo_key"]

Dither = Literal["threshold", "floyd-steinberg", "ordered"]
Margins = Literal["crop", "keep"]

_FILE: Final = "Give the path, or what open(path, 'rb').read() gives."


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page of a PDF, which is a path or the file's bytes; the first page is 1. Read when the receipt is printed."""

    source: str | Path | bytes = field(repr=False)
    page: int = 1
    margins: Margins = "crop"
    """`crop` leaves the white around the page's content away, which makes letters larger; `keep` prints it."""

    def __post_init__(self) -> None:
        instance(self.source, (str, PathLike, bytes), "a PDF is a path or the file's bytes", _FILE)
        whole(self.page, 1, None, "the pages of a PDF begin with 1")
        one_of(self.margins, get_args(Margins), "margins")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture: a path, the bytes of a picture file, a Pillow image, or a page of a PDF. Read when the receipt is
    printed."""

    source: str | Path | bytes | PilImage | PdfPage = field(repr=False)
    align: Align = "center"
    dither: Dither = "floyd-steinberg"
    width: int | None = None
    """Width on paper in dots; None keeps the picture's own and shrinks it to the print width if it is wider. A page has
    no dots of its own: None makes it as wide as the paper."""
    key: str | None = None
    """Two printable ASCII characters of your choice for a picture that a receipt prints often: a printer that can keep
    it under them for the rest of the job is sent its dots once."""

    def __post_init__(self) -> None:
        if not hasattr(self.source, "convert"):  # as Pillow's pictures have it
            kinds = (str, PathLike, bytes, PdfPage)
            instance(self.source, kinds, "a picture is a path, a picture file's bytes or a Pillow image", _FILE)
        one_of(self.align, ALIGNS, "align")
        one_of(self.dither, get_args(Dither), "dither")
        if self.width is not None:
            whole(self.width, 1, None, "a picture's width is at least 1 dot")
        if self.key is not None:
            check_logo_key(self.key)


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that the printer keeps under `key`, two printable ASCII characters; older models know digits only."""

    key: str
    scale: Literal[1, 2] = 1
    align: Align = "center"

    def __post_init__(self) -> None:
        check_logo_key(self.key)
        one_of(self.scale, (1, 2), "a logo's scale")
        one_of(self.align, ALIGNS, "align")


def check_logo_key(key: object) -> None:
    """Raises BadDocument for what is no key of a stored picture."""
    if not isinstance(key, str) or len(key) != 2 or not all(" " <= char <= "~" for char in key):
        raise BadDocument(f"the key {key!r} of a logo", remedy="Give two digits or other printable ASCII characters.")
