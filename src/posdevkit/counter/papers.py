"""What a register prints, made ready as promises of its queue."""

from __future__ import annotations

from posdevkit.contract import Fact, Sale, ShiftClosed
from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt
from posdevkit.printqueue.table import Wishes
from posdevkit.profiles import Profile
from posdevkit.till import Catalogue

from .book import Promise
from .terms import Terms

__all__ = ["Papers"]


class Papers:
    """The papers of one register, laid out for its printer."""

    __slots__ = ("_profile", "_queue", "_terms")

    def __init__(self, terms: Terms, queue: str, profile: Profile) -> None:
        """`queue` is the name of the queue that prints them."""
        self._terms = terms
        self._queue = queue
        self._profile = profile

    def promise(self, document: Receipt, key: str, *, within: float | None = None) -> Promise:
        """To print any document, once; `within` so many seconds or never."""
        wishes = Wishes(language=self._terms.language, width=self._profile.width, within=within)
        return Promise(self._queue, key, compose(document, self._profile).compiled, self._profile.language, wishes)

    def other(self, document: Receipt, kind: str, mark: object, *, within: float | None = None) -> Promise:
        """To print something that no fact tells of; `mark` tells it from others of its kind. `within` as above."""
        return self.promise(document, f"{self._queue}-{kind}-{mark}", within=within)

    def receipt(self, fact: Fact, goods: Catalogue, *, refunded: str = "") -> Promise:
        """To print a sale's receipt, under its number; `refunded` is that of the sale that a refund gives back.

        `goods` tell what is weighed.
        """
        assert isinstance(fact.body, Sale)
        return self.promise(self._terms.paper(fact.body, fact.at, goods, refunded=refunded), fact.body.receipt)

    def z_report(self, fact: Fact) -> Promise:
        """To print what closed a shift."""
        assert isinstance(fact.body, ShiftClosed)
        return self.promise(self._terms.report(fact.body, "Z"), f"{self._terms.register}-z-{fact.body.number}")
