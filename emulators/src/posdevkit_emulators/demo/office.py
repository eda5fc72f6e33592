"""The owner's office: the reference server with the shop's books, and the reports that are asked of it."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from posdevkit.contract import Campaign
from posdevkit.secret import Secret
from posdevkit.server import Database, create_tenant, create_token, serving
from posdevkit.till import Catalogue

from .morning import Morning

__all__ = ["REPORTS", "Office", "office"]

_SHOP: Final = "morning"
_STORE: Final = "nord"
REPORTS: Final = ("day", "hour", "product", "vat", "payment", "stock", "points")
_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Office:
    """A running server, and the tokens that it gave out."""

    port: int
    owner: Secret
    tills: dict[str, Secret]
    """By register."""

    def rows(self, name: str) -> list[dict[str, Any]]:
        """One of `REPORTS`."""
        return cast("list[dict[str, Any]]", json.loads(self.get(f"/v1/reports/{name}"))["rows"])

    def table(self, name: str) -> str:
        """The same as CSV."""
        return self.get(f"/v1/reports/{name}/csv")

    def page(self) -> str:
        """The owner's page as one file that any browser opens: its style inside, its tables beside it, no log-out."""
        style = f"<style>\n{self.get('/page.css')}</style>"
        page = _put(self.get("/"), r'<link rel="stylesheet" href="/page\.css">', style)
        page = _put(page, r'<form method="post" action="/logout">.*?</form>', "")
        page = _put(page, r'<nav aria-label="Period">.*?</nav>', "")
        return re.sub(r'href="/v1/reports/([a-z]+)/csv\?[^"]*"', r'href="\1.csv"', page)

    def get(self, path: str) -> str:
        """What the owner is answered."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            headers={"Authorization": f"Bearer {self.owner.reveal()}", "Accept-Language": "en"},
        )
        # No proxy leads to this machine, whatever the environment names for others.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=_SECONDS) as answer:
            return cast(str, answer.read().decode("utf-8"))


def _put(page: str, pattern: str, text: str) -> str:
    """The page with `text` in the one place that fits."""
    found = list(re.finditer(pattern, page, re.DOTALL))
    assert len(found) == 1, pattern
    return page[: found[0].start()] + text + page[found[0].end() :]


@contextmanager
def office(folder: Path, page: Morning) -> Iterator[Office]:
    """Make the shop's books in `folder` and serve them on a free port of the loopback."""
    database = Database(f"sqlite:///{(folder / 'cloud.db').as_posix()}")
    try:
        with database.writing() as connection:
            create_tenant(
                connection,
                _SHOP,
                page.shop.name,
                {_STORE: page.shop.name},
                products=Catalogue.demo(),
                campaigns=_campaigns(page),
            )
            owner = create_token(connection, _SHOP, "owner", label="the owner")
            tills = {
                one.name: create_token(connection, _SHOP, "terminal", store_id=_STORE, terminal=one.number)
                for one in page.registers
            }
        with serving(database) as port:
            yield Office(port, owner, tills)
    finally:
        database.close()


def _campaigns(page: Morning) -> tuple[Campaign, ...]:
    bundle, earn, redeem = page.campaigns.bundle, page.campaigns.earn, page.campaigns.redeem
    return (
        Campaign(bundle.id, bundle.name, "bundle", skus=(bundle.sku,), count=bundle.count, amount=bundle.amount),
        Campaign(earn.id, earn.name, "earn", amount=earn.amount, members_only=True),
        Campaign(redeem.id, redeem.name, "redeem", amount=redeem.amount, members_only=True),
    )
