"""Scans as plain values for JSON. A payment code's own characters are never among them."""

from __future__ import annotations

from .meaning import GS1, PaymentCode, Product
from .scan import Scan

__all__ = ["Json", "scan_json"]

Json = str | int | float | bool | None | dict[str, "Json"] | list["Json"]


def scan_json(scan: Scan) -> dict[str, Json]:
    """A scan and its meaning; what is or could be a payment code has a mask for its text."""
    return {
        "text": scan.text,
        "aim": scan.aim,
        "symbology": scan.symbology,
        "sensitive": scan.sensitive,
        "meaning": _meaning(scan),
    }


def _meaning(scan: Scan) -> Json:
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
