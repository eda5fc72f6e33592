"""What a scanned code means: a product, a GS1 message, a payment code, or why it is none of them.

Nothing is guessed. Eighteen digits may be a customer's wallet or a pallet's number: they are a payment code only while
the till collects a payment, and whoever shows them as text sees a mask in either case.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from posdevkit.secret import MASK, Secret

from .aim import EAN, GS1_CARRIERS
from .checkdigit import check_digit, checked
from .gs1 import SEPARATOR, BadElement, Element, parse_elements

__all__ = ["GS1", "Meaning", "PaymentCode", "Product", "Unknown", "meaning_of", "sensitive"]


@dataclass(frozen=True, slots=True)
class Product:
    """An article number whose check digit is right."""

    gtin: str
    """One spelling per product, however it was read: 8 digits (GTIN-8), 13 (GTIN-12 with a 0 in front, GTIN-13), or 14
    with an indicator from 1 to 9."""
    read_as: str
    """`EAN-13`, `EAN-8`, `UPC-A`, `UPC-E` or `GTIN-14`."""
    addon: str = ""
    """The two or five digits beside it, on magazines and books."""

    @property
    def gtin14(self) -> str:
        """Filled up to 14 digits, as databases keep it."""
        return self.gtin.zfill(14)

    @property
    def restricted(self) -> bool:
        """Whether the number is the shop's own (prefixes 02, 04 and 20 to 29): a weight or a price may be inside."""
        return len(self.gtin) == 13 and (self.gtin[0] == "2" or self.gtin[:2] in ("02", "04"))


@dataclass(frozen=True, slots=True, repr=False)
class GS1:
    """A message of application identifiers."""

    elements: tuple[Element, ...]
    """In the order in which they stood."""
    masked: bool = False
    """Whether the data might as well be a wallet code, so that `repr` keeps them to itself."""

    def __repr__(self) -> str:
        inside = " ".join(f"({one.ai}){MASK if self.masked else one.value}" for one in self.elements)
        return f"GS1({inside})"

    def element(self, ai: str) -> Element | None:
        """The first element of an identifier."""
        return next((one for one in self.elements if one.ai == ai), None)

    def get(self, ai: str) -> str:
        """The data of an identifier; empty where the message lacks it."""
        found = self.element(ai)
        return found.value if found else ""

    @property
    def gtin(self) -> str:
        """(01), in the one spelling that `Product.gtin` has; empty where there is none."""
        return _canonical(self.get("01")) if self.get("01") else ""

    @property
    def sscc(self) -> str:
        """(00), the number of a pallet or parcel."""
        return self.get("00")

    @property
    def batch(self) -> str:
        """(10)."""
        return self.get("10")

    @property
    def serial(self) -> str:
        """(21)."""
        return self.get("21")

    @property
    def best_before(self) -> date | None:
        """(15)."""
        found = self.element("15")
        return found.date if found else None

    @property
    def expiry(self) -> date | None:
        """(17): not to be used or sold after this day."""
        found = self.element("17")
        return found.date if found else None

    @property
    def weight_kg(self) -> Decimal | None:
        """(310n), the net weight in kilograms."""
        return next((one.number for one in self.elements if one.ai.startswith("310")), None)


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """What a customer shows to pay: as good as cash for a minute."""

    wallet: str
    """`wechat`, `alipay`, `unionpay` or `emvco`."""
    secret: Secret


@dataclass(frozen=True, slots=True)
class Unknown:
    """None of the others."""

    reason: str
    """For a person, without the data."""


Meaning = Product | GS1 | PaymentCode | Unknown

# Carriers in which wallets show their digits; without an identifier nothing speaks against it.
_WALLET_CARRIERS: Final = frozenset({"", "C0", "Q0", "Q1", "Q2", "X0"})
_WALLETS: Final = (
    # Published ranges: WeChat Pay and Alipay by their own documentation, UnionPay by its code format.
    ("wechat", re.compile(r"1[0-5][0-9]{16}")),
    ("alipay", re.compile(r"(?:2[5-9]|30)[0-9]{14,22}")),
    ("unionpay", re.compile(r"62[0-9]{17}")),
)
_EMV_START: Final = "hQVDUFYw"
"""Base64 of 85 05 "CPV0": the payload format indicator of EMVCo's consumer-presented mode, which comes first."""
_DIGITS = re.compile(r"[0-9]+")
_NO_AIM: Final = "let the scanner send AIM identifiers"


def sensitive(text: str, aim: str = "") -> bool:
    """Whether this is, or could be, a payment code. It does not depend on what the till is doing."""
    return bool(_emv(text)) or bool(_wallet(text, aim))


def meaning_of(text: str, aim: str = "", *, collecting: bool = False, symbology: str = "") -> Meaning:
    """What the data of a symbol mean. Never raises.

    `aim` is the AIM identifier without its bracket, where the scanner sent one; `symbology` a name that it told by
    other means (`UPC-E`); `collecting` whether the till waits for a payment just now.
    """
    if _emv(text):
        return PaymentCode("emvco", Secret(text)) if _emv_complete(text) else Unknown("a payment code that is damaged")
    wallet = _wallet(text, aim)
    if wallet and collecting:
        return PaymentCode(wallet, Secret(text))
    if aim in GS1_CARRIERS or (not aim and SEPARATOR in text):
        return _message(text)
    digits = bool(_DIGITS.fullmatch(text))
    if digits and (aim in EAN or not aim or aim[0] in "IX"):
        found = _number(text, aim, symbology)
        if found is not None:
            return found
    if wallet and not (len(text) == 18 and checked(text)):
        return Unknown("it could be a payment code, and no payment is being collected")
    if digits and len(text) == 18 and checked(text) and (not aim or aim[0] in "IX"):
        return GS1((Element("00", "SSCC", text),), masked=bool(wallet))
    return Unknown(_reason(text, aim, digits=digits))


def _wallet(text: str, aim: str) -> str:
    if not 16 <= len(text) <= 24 or aim not in _WALLET_CARRIERS:
        return ""
    return next((name for name, pattern in _WALLETS if pattern.fullmatch(text)), "")


def _emv(text: str) -> bool:
    return text.startswith(_EMV_START)


def _emv_complete(text: str) -> bool:
    """Whether the tags' lengths add up (EMVCo consumer-presented mode: tags 85, 61, 62, one behind the other)."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    place = 0
    while place < len(data):
        if data[place] not in (0x85, 0x61, 0x62, 0x63) or place + 2 > len(data):
            return False
        length = data[place + 1]
        place += 2
        if length == 0x81 and place < len(data):
            length, place = data[place], place + 1
        elif length >= 0x80:
            return False
        place += length
    return place == len(data)


def _message(text: str) -> Meaning:
    try:
        return GS1(parse_elements(text))
    except BadElement as problem:
        return Unknown(str(problem))


def _number(text: str, aim: str, symbology: str) -> Meaning | None:
    """A product, or why these digits are none; None where their count speaks of something else."""
    if aim in ("E1", "E2"):
        return Unknown("an add-on without the article number beside it")
    addon = ""
    if aim == "E3" and len(text) in (15, 18):
        text, addon = text[:13], text[13:]
    if len(text) == 8:
        return _eight(text, aim, symbology)
    kind = {12: "UPC-A", 13: "EAN-13", 14: "GTIN-14"}.get(len(text))
    if kind is None:
        return Unknown(f"{len(text)} digits in an EAN symbol") if aim in EAN else None
    if not checked(text):
        return _wrong(text)
    if kind == "EAN-13" and text[0] == "0":
        kind = "UPC-A"
    return Product(_canonical(text), kind, addon)


def _eight(text: str, aim: str, symbology: str) -> Meaning:
    """EAN-8 and UPC-E have eight digits each; the identifier parts them, else their check digits have to."""
    expanded = _expanded(text)
    short = aim == "E4" or symbology == "EAN-8"
    long = aim == "E0" or symbology == "UPC-E"
    as_ean, as_upc = checked(text) and not long, expanded != "" and checked(expanded) and not short
    if as_ean and as_upc:
        return Unknown(f"as EAN-8 and as UPC-E the check digit is right: {_NO_AIM}")
    if as_upc:
        return Product(_canonical(expanded), "UPC-E")
    return Product(text, "EAN-8") if as_ean else _wrong(expanded if long and expanded else text)


def _expanded(text: str) -> str:
    """The UPC-A that a UPC-E stands for (General Specifications 5.2.2.4); empty where it starts neither 0 nor 1."""
    if text[0] not in "01":
        return ""
    system, body, last, check = text[0], text[1:6], text[6], text[7]
    if last in "012":
        middle = f"{body[:2]}{last}0000{body[2:]}"
    elif last == "3":
        middle = f"{body[:3]}00000{body[3:]}"
    elif last == "4":
        middle = f"{body[:4]}00000{body[4]}"
    else:
        middle = f"{body}0000{last}"
    return f"{system}{middle}{check}"


def _wrong(text: str) -> Unknown:
    return Unknown(f"wrong check digit: {text[-1]}, computed {check_digit(text[:-1])}")


def _canonical(text: str) -> str:
    full = text.zfill(14)
    if full.startswith("000000"):
        return full[6:]
    return full[1:] if full[0] == "0" else full


def _reason(text: str, aim: str, *, digits: bool) -> str:
    if not text:
        return "nothing in it"
    if digits and not aim and text.startswith("01") and len(text) >= 16:
        return f"it may be a GS1 message: {_NO_AIM}"
    if aim.startswith("Z"):
        return "an answer of the scanner, not a code"
    if text[:8].lower().startswith(("http://", "https://")):
        return "a web address"
    return f"{len(text)} {'digits' if digits else 'characters'} without a meaning known here"
