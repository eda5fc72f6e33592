"""FILE on the command line: an order, a receipt, text, a picture or a page of a PDF, as the receipt that prints it."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from posdevkit.documents import Margins, Receipt
from posdevkit.errors import BadDocument, BadText, InputFailed, PosError, UsageError

__all__ = ["MOST_BYTES", "read_bytes", "read_receipt"]

STANDARD_INPUT: Final = "-"
MOST_BYTES: Final = 64 * 1024 * 1024
"""What a file may hold: more than any receipt, less than a till's memory."""

_KINDS: Final = ("order", "receipt")
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".pbm", ".pgm", ".ppm", ".ico")
# How files of the usual kinds begin, where no name tells.
_PDF: Final = b"%PDF-"
_MAGIC: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")


def read_receipt(name: str, page: int | None = None, margins: Margins | None = None) -> Receipt:
    """The receipt that FILE means; `-` is standard input. Raises a UsageError that names the file.

    JSON is an order or a receipt by its "kind", a picture is a picture, `page` of a PDF is one too, and anything else
    has to be text in UTF-8. A picture and a text end with a cut.
    """
    data = read_bytes(name)
    suffix = "" if name == STANDARD_INPUT else Path(name).suffix.lower()
    if suffix == ".pdf" or (suffix != ".txt" and data.startswith(_PDF)):
        return _page(name, data, page, margins or "crop")
    for option, value in (("--page", page), ("--margins", margins)):
        if value is not None:
            raise UsageError(f"{option} goes with a PDF, not with {_shown(name)}", remedy=f"Leave {option} away.")
    try:
        if suffix in _PICTURES or (suffix != ".txt" and data.startswith(_MAGIC)):
            return _picture(name, data)
        if suffix == ".receipt":
            return _markup(data)
        if suffix == ".json" or (suffix != ".txt" and data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"):
            return _document(data, Path() if name == STANDARD_INPUT else Path(name).parent)
        return _text(data)
    except (BadDocument, BadText) as problem:
        raise _of_file(problem, name) from problem


def read_bytes(name: str) -> bytes:
    """The whole of a file, or of standard input. Raises InputFailed, also for what is larger than MOST_BYTES."""
    try:
        if name == STANDARD_INPUT:
            if sys.stdin is None:
                raise InputFailed("standard input: closed")
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as problem:  # a null byte in the name is a ValueError
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else problem
        raise InputFailed(f"{_shown(name)}: {reason}") from problem
    if len(data) > MOST_BYTES:
        raise InputFailed(
            f"{_shown(name)}: more than {MOST_BYTES // 1024 // 1024} MiB",
            remedy="Give a file that holds one order, receipt, text or picture.",
        )
    return data


def _document(data: bytes, folder: Path) -> Receipt:
    from posdevkit.documents.reading import read_json

    value = read_json(data)
    kind = value.get("kind") if isinstance(value, Mapping) else None
    if kind == "receipt":
        from posdevkit.documents.json import receipt_from_json

        return receipt_from_json(value, folder=folder)
    if kind == "order":
        from posdevkit.till import order_from_json, order_receipt

        return order_receipt(order_from_json(value, folder=folder))
    if kind is None:
        raise BadDocument("'kind' is missing", remedy='Begin the file with {"kind": "order", or {"kind": "receipt",.')
    near = difflib.get_close_matches(str(kind), _KINDS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; one of {', '.join(_KINDS)}"
    raise BadDocument(f"kind: no {kind!r}{hint}")


def _picture(name: str, data: bytes) -> Receipt:
    # By path where there is one, so that errors name it.
    return Receipt().image(data if name == STANDARD_INPUT else Path(name)).cut()


def _page(name: str, data: bytes, page: int | None, margins: Margins) -> Receipt:
    """One page; which one has to be said where there are several, since none is left out unseen."""
    source = data if name == STANDARD_INPUT else Path(name)
    if page is None:
        from posdevkit.imaging.pdf import page_count

        pages = page_count(data, _shown(name))
        if pages != 1:
            raise UsageError(f"{_shown(name)} has {pages} pages", remedy=f"Say which one: --page 1 (to {pages}).")
    return Receipt().pdf_page(source, page or 1, margins=margins).cut()


def _markup(data: bytes) -> Receipt:
    from posdevkit.documents.receiptline import receipt_from_markup

    return receipt_from_markup(_decoded(data))


def _text(data: bytes) -> Receipt:
    return Receipt().text(_decoded(data).rstrip("\r\n")).cut()


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadDocument(
            f"neither a picture nor text in UTF-8: byte {data[problem.start]:02X} (hex) at {problem.start + 1}",
            remedy="Give an order or a receipt in JSON, a picture, a PDF, or a text file saved as UTF-8.",
        ) from None


def _of_file(problem: PosError, name: str) -> PosError:
    told = type(problem)(f"{_shown(name)}: {problem.detail}")
    told._remedy = problem._remedy
    return told


def _shown(name: str) -> str:
    return "standard input" if name == STANDARD_INPUT else name
