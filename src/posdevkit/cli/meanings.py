"""How the commands tell what a code means. A payment code's own characters are never among it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .console import clean

if TYPE_CHECKING:
    from posdevkit.codes import Scan

__all__ = ["scan_in_words"]


def scan_in_words(scan: Scan) -> str:
    """A scan and its meaning on a line; what is or could be a payment code has a mask for its text."""
    from posdevkit.codes import GS1, PaymentCode, Product

    match scan.meaning:
        case Product() as product:
            what = f"product {product.gtin}" + (f", add-on {product.addon}" if product.addon else "")
        case GS1() as message:
            what = "GS1 " + " ".join(
                f"({one.ai}) {one.title} {scan.text if message.masked else one.value}" for one in message.elements
            )
        case PaymentCode() as code:
            what = f"payment code, {code.wallet}"
        case unknown:
            what = f"unknown: {unknown.reason}"
    kind = f" [{scan.symbology}]" if scan.symbology else ""
    return f"{clean(scan.text)}{kind}  {clean(what)}"
