"""What a register answers."""

from __future__ import annotations

from dataclasses import dataclass

from posdevkit.contract import Fact, Sale
from posdevkit.errors import BadDocument
from posdevkit.money import Money
from posdevkit.till.cash import cash_of
from posdevkit.till.journal import Broken, Entry

__all__ = ["JournalReport", "Sold"]


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale or a refund that is on the disk, with all that it moves."""

    fact: Fact
    new: bool = True
    """False where the same sale had been made before, under the same identifier: nothing was sold twice."""
    country: str = ""

    @property
    def sale(self) -> Sale:
        """The sale itself."""
        if not isinstance(self.fact.body, Sale):
            raise BadDocument(f"fact {self.fact.id} is no sale but {self.fact.kind}")
        return self.fact.body

    @property
    def receipt(self) -> str:
        """The number that stands on paper; also the key of its print job."""
        return self.sale.receipt

    @property
    def change(self) -> Money:
        """Cash to give back now; for a refund, the cash that goes back to the customer."""
        sale = self.sale
        cash = [tender for tender in sale.tenders if tender.means == "cash"]
        if sale.refund_of is not None:
            return Money(-sum(tender.amount for tender in cash), sale.currency)
        return Money(sum(tender.change for tender in cash), sale.currency)

    @property
    def pieces(self) -> dict[int, int]:
        """The coins and notes that make up `change`: minor units to how many, the largest first.

        Empty where none do: of a currency whose coins are not known, or of a sale that was paid to the øre.
        """
        try:
            return cash_of(self.sale.currency, self.country).pieces(self.change)
        except ValueError:
            return {}


@dataclass(frozen=True, slots=True)
class JournalReport:
    """What a look through a whole journal found."""

    rows: int
    head: Entry | None
    """The last row: kept elsewhere, it shows later whether an end was cut off."""
    broken: Broken | None
    """The first row that is not as it was written, None where all is well."""
