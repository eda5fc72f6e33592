"""The owner's page in Danish and English: words, days, and how numbers are written."""

from __future__ import annotations

from datetime import date
from typing import Final

from posdevkit.money import DANISH, ENGLISH, Money

__all__ = ["LANGUAGES", "Words"]

LANGUAGES: Final = ("da", "en")

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Butikken", "The shop"),
    "today": ("I dag", "Today"),
    "days7": ("7 dage", "7 days"),
    "days30": ("30 dage", "30 days"),
    "period": ("Periode", "Period"),
    "all_stores": ("Alle butikker", "All stores"),
    "store": ("Butik", "Store"),
    "revenue": ("Omsætning", "Revenue"),
    "sales": ("Salg", "Sales"),
    "average": ("Gennemsnit pr. salg", "Average per sale"),
    "vat": ("Heraf moms", "VAT in it"),
    "before": ("mod perioden før til kl. {hour:02}", "against the period before until {hour:02}:00"),
    "new": ("intet i perioden før til kl. {hour:02}", "nothing in the period before until {hour:02}:00"),
    "per_day": ("Omsætning pr. dag", "Revenue per day"),
    "per_hour": ("Omsætning pr. time", "Revenue per hour"),
    "best": ("Mest solgte varer", "Best products"),
    "product": ("Vare", "Product"),
    "quantity": ("Antal", "Quantity"),
    "amount": ("Beløb", "Amount"),
    "payment": ("Betalingsmidler", "Means of payment"),
    "means": ("Middel", "Means"),
    "vat_table": ("Moms", "VAT"),
    "rate": ("Sats", "Rate"),
    "vat_amount": ("Moms", "VAT"),
    "stores": ("Butikker", "Stores"),
    "devices": ("Kasser", "Registers"),
    "register": ("Kasse", "Register"),
    "seen": ("Sidst set", "Last seen"),
    "waiting": ("Venter", "Waiting"),
    "day": ("Dag", "Day"),
    "hour": ("Time", "Hour"),
    "as_table": ("Vis som tabel", "Show as a table"),
    "download": ("Hent som CSV", "Download as CSV"),
    "nothing": ("Ingen salg i perioden.", "No sales in this period."),
    "log_in": ("Log ind", "Log in"),
    "log_out": ("Log ud", "Log out"),
    "token": ("Nøgle", "Token"),
    "token_help": (
        "Indsæt ejerens nøgle. Den vises, da butikken blev oprettet, eller laves med «posdevkit cloud token create».",
        "Paste the owner's token. It was shown when the shop was made, or is made with 'posdevkit cloud token create'.",
    ),
    "bad_token": ("Nøglen passer ikke. Prøv igen.", "That token does not fit. Try again."),
    "cash": ("Kontant", "Cash"),
    "card": ("Kort", "Card"),
    "mobilepay": ("MobilePay", "MobilePay"),
    "wallet": ("Tegnebog", "Wallet"),
    "voucher": ("Gavekort", "Voucher"),
    "account": ("Konto", "Account"),
    "below": ("Varer med negativ beholdning", "Products with less than nothing in stock"),
}
_MONTHS: Final = {
    "da": ["jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_WEEKDAYS: Final = {
    "da": ["man", "tir", "ons", "tor", "fre", "lør", "søn"],
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
}
_SIGNS: Final = {"DKK": "kr.", "SEK": "kr", "NOK": "kr", "EUR": "€"}


class Words:
    """One language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)
        self._notation = DANISH if language == "da" else ENGLISH

    def __getitem__(self, name: str) -> str:
        return _TEXTS[name][self._place]

    def means(self, name: str) -> str:
        """The name of a means of payment."""
        return self[name] if name in _TEXTS else name

    def money(self, minor: int, currency: str, *, whole: bool = False) -> str:
        """As `Intl.NumberFormat("da-DK")` writes it: "1.234,50 kr."; `whole` leaves the øre away."""
        text = Money(minor, currency).write(self._notation)
        if whole and self._notation.decimal in text:
            text = text.rpartition(self._notation.decimal)[0]
        sign = _SIGNS.get(currency, currency)
        return f"{text}\u00a0{sign}" if self.language == "da" else f"{sign}\u00a0{text}"

    def number(self, value: float, decimals: int = 3) -> str:
        """A quantity: "1.234" or "0,35"."""
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return text.translate(str.maketrans(",.", ".,")) if self.language == "da" else text

    def day(self, text: str) -> str:
        """ "tor 14. mar." of an ISO date."""
        one = date.fromisoformat(text)
        name, month = _WEEKDAYS[self.language][one.weekday()], _MONTHS[self.language][one.month - 1]
        return f"{name} {one.day}. {month}" if self.language == "da" else f"{name} {one.day} {month}"

    def rate(self, basis_points: int) -> str:
        """ "25 %"."""
        return f"{self.number(basis_points / 100, 2)}\u00a0%"
