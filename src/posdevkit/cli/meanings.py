"""How the commands tell what a code means. A payment code's own characters are never among it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .console import Json, clean

if TYPE_CHECKING:
    from posdevkit.codes import Scan

__all__ = ["scan_in_words", "scan_json"]


def scan_json(scan: Scan) -> dict[str, Json]:
    """A scan and its meaning; what is or could be a payment code has a mask for its text."""
    return {
        "text": scan.text,
        "aim": scan.aim,
        "symbology": scan.symbology,
        "sensitive": scan.sensitive,
        "meaning": _meaning(scan),
    }


def scan_in_words(scan: Scan) -> str:
    """The same on a line."""
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


def _meaning(scan: Scan) -> Json:
    from posdevkit.codes import GS1, PaymentCode, Product

    match scan.meaning:
        case Product() as product:
            return {
                "kind": "product",
                "gtin": product.gtin,
                "read_as": product.read_as,
                "addon": product.addon,
                "restricted": product.restricted,
            }
        case GS1() as message:
            return {
                "kind": "gs1",
                "elements": [
                    {
                        "ai": one.ai,
                        "title": one.title,
                        "value": scan.text if message.masked else one.value,
                        "number": None if one.number is None or message.masked else str(one.number),
                        "date": None if one.date is None else one.date.isoformat(),
                    }
                    for one in message.elements
                ],
            }
        case PaymentCode() as code:
            return {"kind": "payment-code", "wallet": code.wallet}
        case unknown:
            return {"kind": "unknown", "reason": unknown.reason}
