"""Pages of a PDF as grey pixels, drawn by PDFium (the library in Chromium) at the very size they have on paper."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posdevkit.documents import PdfPage
from posdevkit.errors import BadImage

from .extras import need
from .picture import check_size

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument
    from pypdfium2 import PdfPage as PdfiumPage

    from .pixels import Pixels

__all__ = ["page_count", "page_pixels"]

# PDFium keeps state of the whole process: "not thread-safe", its own documentation says of every call.
_one_at_a_time: Final = threading.Lock()
_DOTS_PER_POINT: Final = 203 / 72
"""A page in its own size on the paper of nearly every receipt printer, which has 203 dots to the inch."""
_WHITE: Final = 240
"""Of 255: what is as light as this is noise around letters, and hardly a dot of it prints."""
_PASSWORD, _SECURITY = 4, 5
"""FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY of PDFium's fpdfview.h."""


def page_count(source: str | Path | bytes, name: str) -> int:
    """How many pages a PDF has. Raises BadImage, naming it, where it cannot be read; MissingExtra without pypdfium2."""
    with _opened(source, name) as document:
        return len(document)


def page_pixels(page: PdfPage, width: int, name: str, *, enlarge: bool = False) -> Pixels:
    """The page on white, in 256 greys, `width` dots wide. Errors as of `page_count`, and for a page there is not.

    Without its margins a page whose content is narrow stays narrower than `width`, unless `enlarge`: nothing gets
    larger than it is on the page.
    """
    with _opened(page.source, name) as document:
        count = len(document)
        if page.page > count:
            raise BadImage(
                f"{name}: no page {page.page}, it has {count}",
                remedy="Give page 1." if count == 1 else f"Give a page from 1 to {count}.",
            )
        drawn = document[page.page - 1]
        try:
            across, along = drawn.get_size()
            if across <= 0 or along <= 0:
                raise BadImage(f"{name}: page {page.page} has no size")
            what = f"{name}, page {page.page} on {width} dots"
            check_size((width, max(1, round(along * width / across))), what)
            crop = _margins(drawn, width / across) if page.margins == "crop" else (0.0, 0.0, 0.0, 0.0)
            whole = width / across
            across, along = across - crop[0] - crop[2], along - crop[1] - crop[3]
            scale = width / across
            if not enlarge:
                scale = min(scale, max(whole, _DOTS_PER_POINT))
            size = (min(width, max(1, round(across * scale))), max(1, round(along * scale)))
            check_size(size, what)
            bitmap = drawn.render(scale=scale, grayscale=True, crop=crop)
            try:
                pixels: Pixels = bitmap.to_pil().convert("L").copy()  # its dots are the bitmap's own
            finally:
                bitmap.close()
        finally:
            drawn.close()
    if pixels.size == size:
        return pixels
    # PDFium rounds the page's size up to whole dots; a row more or less is no reason to scale.
    paper: Pixels = need("PIL.Image", "a page of a PDF").new("L", size, 255)
    paper.paste(pixels)
    return paper


def _margins(page: PdfiumPage, scale: float) -> tuple[float, float, float, float]:
    """The white at the left, at the bottom, at the right and at the top, in points; none of a page that is all white.

    A dot beyond the first that is not white stays, and what is all but white counts as white, since none of it prints.
    """
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        inked = bitmap.to_pil().convert("L").point(lambda level: 255 * (level < _WHITE))
        width, height = inked.size
        box = inked.getbbox()
    finally:
        bitmap.close()
    if box is None:
        return 0.0, 0.0, 0.0, 0.0
    left, top, right, bottom = max(0, box[0] - 1), max(0, box[1] - 1), min(width, box[2] + 1), min(height, box[3] + 1)
    return left / scale, (height - bottom) / scale, (width - right) / scale, top / scale


@contextmanager
def _opened(source: str | Path | bytes, name: str) -> Iterator[PdfDocument]:
    pdfium = need("pypdfium2", "a page of a PDF", "pdf")
    need("PIL.Image", "a page of a PDF")
    try:
        data = Path(source).read_bytes() if isinstance(source, str | Path) else bytes(source)
    except (OSError, ValueError) as problem:  # a null byte in the name is a ValueError
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else problem
        raise BadImage(f"{name}: {reason}", remedy="Give a PDF file that can be read.") from problem
    with _one_at_a_time:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as problem:
            if getattr(problem, "err_code", None) in (_PASSWORD, _SECURITY) or "password" in str(problem).lower():
                raise BadImage(
                    f"{name}: locked with a password",
                    remedy="Save a copy of the PDF without a password and print that.",
                ) from problem
            raise BadImage(
                f"{name}: cannot be read as a PDF", remedy="Give a PDF file that opens on a screen."
            ) from problem
        try:
            yield document
        except pdfium.PdfiumError as problem:
            raise BadImage(f"{name}: {problem}", remedy="Give a PDF file that opens on a screen.") from problem
        finally:
            document.close()
