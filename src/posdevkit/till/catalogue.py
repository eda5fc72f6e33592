"""What a shop sells, and which of it a scanned code means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from posdevkit.codes import GS1, Meaning, Scan, meaning_of
from posdevkit.codes import Product as Article
from posdevkit.contract import Product
from posdevkit.errors import BadCatalogue, InputFailed
from posdevkit.money import Money

from .catalogue_csv import Problem, read_products, write_products
from .in_store import Plan, default_plan, split

__all__ = ["Catalogue", "Found"]

_GRAM = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Found:
    """The product of a code, and what the code tells besides."""

    product: Product
    quantity: Decimal | None = None
    """Kilograms, where the code carries a weight."""
    price: int | None = None
    """Minor units to be paid for this piece, where the code carries a price."""

    @property
    def stock(self) -> Decimal | None:
        """Kilograms that a price in the code stands for; None where the quantity says it all."""
        if self.price is None or not self.product.by_weight or not self.product.price:
            return None
        return max((Decimal(self.price) / self.product.price).quantize(_GRAM), _GRAM)


class Catalogue:
    """Products by stock number and by code. It never changes: news from the cloud make another (`updated`)."""

    def __init__(self, products: Iterable[Product], *, currency: str = "DKK", plan: Plan | None = None) -> None:
        """`plan`: what the shop's own numbers carry. Raises BadCatalogue for numbers that occur twice."""
        self.currency = currency
        self.plan = default_plan() if plan is None else plan
        by_sku: dict[str, Product] = {}
        by_code: dict[str, Product] = {}
        for product in products:
            if product.sku in by_sku:
                raise BadCatalogue(f"sku {product.sku} occurs twice")
            by_sku[product.sku] = product
            for code in product.codes:
                key = self._key(code)
                if key in by_code:
                    raise BadCatalogue(f"code {code} belongs to {by_code[key].sku} and to {product.sku}")
                by_code[key] = product
        self.products = MappingProxyType(by_sku)
        """By stock number, in the order of the file."""
        self._by_code = by_code

    @classmethod
    def read(cls, path: Path | str, *, currency: str = "DKK", plan: Plan | None = None) -> Catalogue:
        """From a CSV file in UTF-8. Raises InputFailed, and BadCatalogue with line, column, value and remedy."""
        try:
            text = Path(path).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as problem:
            raise InputFailed(f"{path}: {problem}", remedy="Give the path of a CSV file in UTF-8.") from problem
        return cls.parse(text, file=str(path), currency=currency, plan=plan)

    @classmethod
    def demo(cls) -> Catalogue:
        """200 invented products of a Danish grocer with a café, to try things out."""
        text = files(__package__).joinpath("data/demo-products.csv").read_text("utf-8")
        return cls.parse(text, file="demo-products.csv")

    @classmethod
    def parse(cls, text: str, *, file: str = "catalogue", currency: str = "DKK", plan: Plan | None = None) -> Catalogue:
        """From the text of a CSV file. Raises BadCatalogue for the first problem; `check` gives all."""
        chosen = default_plan() if plan is None else plan
        products, problems = read_products(text, file, currency, chosen)
        if problems:
            more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
            raise BadCatalogue(f"{problems[0]}{more}", remedy=problems[0].remedy)
        return cls(products, currency=currency, plan=chosen)

    @staticmethod
    def check(
        text: str, *, file: str = "catalogue", currency: str = "DKK", plan: Plan | None = None
    ) -> tuple[Problem, ...]:
        """Everything that is wrong in the text of a CSV file."""
        return tuple(read_products(text, file, currency, default_plan() if plan is None else plan)[1])

    def to_csv(self) -> str:
        """The text that `parse` reads back."""
        return write_products(self.products.values(), self.currency)

    def updated(self, products: Iterable[Product]) -> Catalogue:
        """With these as well; of two with the same stock number, the one of the higher version, the later on a tie."""
        merged = dict(self.products)
        for product in products:
            known = merged.get(product.sku)
            if known is None or product.version >= known.version:
                merged[product.sku] = product
        return Catalogue(merged.values(), currency=self.currency, plan=self.plan)

    def find(self, code: str | Scan | Meaning) -> Found | None:
        """What a stock number, a code's digits, a scan or its meaning stands for; None if the shop does not know it."""
        if isinstance(code, str):
            product = self.products.get(code)
            return Found(product) if product else self.find(meaning_of(code))
        meaning = code.meaning if isinstance(code, Scan) else code
        if isinstance(meaning, Article):
            return self._by_number(meaning.gtin)
        if isinstance(meaning, GS1) and meaning.gtin:
            found = self._by_number(meaning.gtin)
            weight = meaning.weight_kg
            return Found(found.product, weight) if found and weight and found.product.by_weight else found
        return None

    def _by_number(self, number: str) -> Found | None:
        product = self._by_code.get(self._key(number))
        if product is None:
            return None
        inside = split(number, self.plan)
        if inside is None or not inside[2]:
            return Found(product)
        layout, _, value = inside
        return Found(product, value * _GRAM) if layout.holds == "weight" else Found(product, price=value)

    def _key(self, code: str) -> str:
        inside = split(code, self.plan)
        return inside[1] if inside else code.zfill(14)

    def price_of(self, sku: str) -> Money | None:
        """Of one piece or kilogram; None for what has no price. KeyError for an unknown stock number."""
        price = self.products[sku].price
        return None if price is None else Money(price, self.currency)

    def __len__(self) -> int:
        return len(self.products)

    def __iter__(self) -> Iterator[Product]:
        return iter(self.products.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalogue) and (dict(self.products), self.currency, self.plan) == (
            dict(other.products),
            other.currency,
            other.plan,
        )

    __hash__ = None  # type: ignore[assignment]  # equal by content, and large: never a key
