"""The owner's page: what was sold, on a phone. Values in, HTML out; everything that came from outside is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Final

from .charts import Bar, bars
from .page_words import Words
from .reports import Row

__all__ = ["PERIODS", "Sheet", "login", "sheet"]

PERIODS: Final = {1: "today", 7: "days7", 30: "days30"}
_BEST: Final = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the page shows."""

    shop: str
    stores: Mapping[str, str]
    store: str | None
    days: int
    last: date
    now: Mapping[str, Sequence[Row]]
    """Report name -> rows of the period."""
    hour: int
    """The last day runs: it is compared up to this hour, which is the last one that is over."""
    until: Sequence[Row]
    """`reports.until_hour` of the period."""
    before: Sequence[Row]
    """`reports.until_hour` of the period before."""
    chart: Sequence[Row]
    """The report `day` of the days that the chart shows."""
    devices: Sequence[Mapping[str, object]]
    """Registers; `seen_at` in the shop's own time, ISO 8601."""
    below: Sequence[Mapping[str, object]]
    """`reports.missing_stock`."""

    @property
    def first(self) -> date:
        """First day of the period."""
        return self.last - timedelta(days=self.days - 1)

    @property
    def query(self) -> str:
        """The period as a report's address has it, escaped for HTML."""
        store = f"&amp;store={escape(self.store)}" if self.store else ""
        return f"first={self.first}&amp;last={self.last}{store}"


def _document(words: Words, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/page.css"></head><body>{body}</body></html>'
    )


def login(words: Words, *, failed: bool = False) -> str:
    """The page that asks for the token."""
    told = f'<p class="bad" role="alert">{escape(words["bad_token"])}</p>' if failed else ""
    return _document(
        words,
        words["log_in"],
        f'<main class="login"><h1>posdevkit</h1>{told}<form method="post" action="/login">'
        f'<label for="token">{escape(words["token"])}</label>'
        '<input id="token" name="token" type="password" required autocomplete="current-password"'
        ' aria-describedby="help" maxlength="200">'
        f'<p id="help">{escape(words["token_help"])}</p><button>{escape(words["log_in"])}</button></form></main>',
    )


def sheet(words: Words, facts: Sheet) -> str:
    """The page itself. One currency has one set of figures; a shop with several gets each below the other."""
    found = sorted({row.currency for row in (*facts.now["day"], *facts.chart)})
    parts = [_choice(words, facts)]
    parts += [_figures(words, facts, currency) for currency in found]
    if not facts.now["day"]:
        parts.append(f'<p class="card">{escape(words["nothing"])}</p>')
    parts.append(_devices(words, facts))
    head = (
        f'<header><h1>{escape(facts.shop)}</h1><form method="post" action="/logout">'
        f'<button class="quiet">{escape(words["log_out"])}</button></form></header>'
    )
    return _document(words, f"{facts.shop} - {words['title']}", f"{head}<main>{''.join(parts)}</main>")


def _choice(words: Words, facts: Sheet) -> str:
    links = []
    for days, name in PERIODS.items():
        here = ' aria-current="page"' if days == facts.days else ""
        store = f"&amp;store={escape(facts.store)}" if facts.store else ""
        links.append(f'<a href="/?days={days}{store}"{here}>{escape(words[name])}</a>')
    period = f'<nav aria-label="{escape(words["period"])}">{"".join(links)}</nav>'
    if len(facts.stores) < 2:
        return period
    links = []
    for name, label in {"": words["all_stores"], **facts.stores}.items():
        here = ' aria-current="page"' if name == (facts.store or "") else ""
        store = f"&amp;store={escape(name)}" if name else ""
        links.append(f'<a href="/?days={facts.days}{store}"{here}>{escape(label)}</a>')
    return f'{period}<nav aria-label="{escape(words["store"])}">{"".join(links)}</nav>'


def _figures(words: Words, facts: Sheet, currency: str) -> str:
    now = {name: [row for row in rows if row.currency == currency] for name, rows in facts.now.items()}
    amount, sales, vat = _sums(now["day"])
    average = amount // max(1, sales)
    until, before = (
        _sums([row for row in rows if row.currency == currency])[:2] for rows in (facts.until, facts.before)
    )
    shown = words.day(facts.last.isoformat())
    if facts.days > 1:
        shown = f"{words.day(facts.first.isoformat())} – {shown}"
    heads = [
        ("revenue", words.money(amount, currency), _change(words, facts.hour, until[0], before[0])),
        ("sales", words.number(sales, 0), _change(words, facts.hour, until[1], before[1])),
        (
            "average",
            words.money(average, currency),
            _change(words, facts.hour, *(amount // max(1, sales) for amount, sales in (until, before))),
        ),
        ("vat", words.money(vat, currency), ""),
    ]
    tiles = "".join(
        f'<div class="tile {name}"><dt>{escape(words[name])}</dt><dd>{escape(value)}{change}</dd></div>'
        for name, value, change in heads
    )
    parts = [f'<section><h2>{escape(shown)}</h2><dl class="tiles">{tiles}</dl></section>']
    parts.append(_per_day(words, facts, currency))
    parts.append(_per_hour(words, facts, now["hour"], currency))
    parts.append(_best(words, facts, now["product"], currency))
    paid = [(words.means(row.key), words.money(row.amount, currency)) for row in now["payment"]]
    means = _table((words["means"], words["amount"]), paid)
    parts.append(_card(words["payment"], means, "payment", words, facts.query))
    rates = [
        (words.rate(int(row.key)), words.money(row.amount, currency), words.money(row.vat, currency))
        for row in now["vat"]
    ]
    names = (words["rate"], words["amount"], words["vat_amount"])
    parts.append(_card(words["vat_table"], _table(names, rates), "vat", words, facts.query))
    if len(facts.stores) > 1:
        rows = [(row.label, words.number(row.sales, 0), words.money(row.amount, currency)) for row in now["store"]]
        names = (words["store"], words["sales"], words["amount"])
        parts.append(_card(words["stores"], _table(names, rows), "store", words, facts.query))
    return "".join(parts)


def _sums(rows: Sequence[Row]) -> tuple[int, int, int]:
    return sum(row.amount for row in rows), sum(row.sales for row in rows), sum(row.vat for row in rows)


def _change(words: Words, hour: int, now: int, before: int) -> str:
    if before <= 0:
        return f' <small class="same">{escape(words["new"].format(hour=hour))}</small>'
    per_cent = round(100 * (now - before) / before)
    mark, name = ("▲", "up") if per_cent > 0 else ("▼", "down") if per_cent < 0 else ("=", "same")
    against = escape(words["before"].format(hour=hour))
    return f' <small class="{name}">{mark} {per_cent:+d}\u00a0% <span>{against}</span></small>'


def _per_day(words: Words, facts: Sheet, currency: str) -> str:
    known = {row.key: row for row in facts.chart if row.currency == currency}
    length = max(14, facts.days)
    days = [(facts.last - timedelta(days=back)).isoformat() for back in reversed(range(length))]
    items = []
    for day in days:
        amount = known[day].amount if day in known else 0
        inside = (facts.last - date.fromisoformat(day)).days < facts.days
        items.append(Bar(day[8:].lstrip("0"), amount, f"{words.day(day)}: {words.money(amount, currency)}", inside))
    rows = [(words.day(day), words.money(item.value, currency)) for day, item in zip(days, items, strict=True)]
    chart = bars(items, words["per_day"], words.money(max(item.value for item in items), currency, whole=True))
    table = _folded(words, words["per_day"], _table((words["day"], words["amount"]), rows))
    return _card(words["per_day"], chart + table, "day", words, facts.query)


def _per_hour(words: Words, facts: Sheet, found: Sequence[Row], currency: str) -> str:
    known = {int(row.key): row.amount for row in found}
    if not known:
        return ""
    hours = range(min([8, *known]), max([18, *known]) + 1)
    items = [
        Bar(f"{hour:02}", known.get(hour, 0), f"{hour:02}: {words.money(known.get(hour, 0), currency)}", now=True)
        for hour in hours
    ]
    rows = [(f"{item.name}.00", words.money(item.value, currency)) for item in items]
    chart = bars(items, words["per_hour"], words.money(max(item.value for item in items), currency, whole=True))
    table = _folded(words, words["per_hour"], _table((words["hour"], words["amount"]), rows))
    return _card(words["per_hour"], chart + table, "hour", words, facts.query)


def _best(words: Words, facts: Sheet, found: Sequence[Row], currency: str) -> str:
    most = max([1, *(row.amount for row in found)])
    rows = []
    for row in found[:_BEST]:
        wide = max(0, 100 * row.amount // most)
        bar = f'<rect width="{wide}" height="4"/>'
        share = f'<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">{bar}</svg>'
        rows.append(
            f"<tr><td>{escape(row.label or row.key)}{share}</td><td>{escape(words.number(row.quantity))}</td>"
            f"<td>{escape(words.money(row.amount, currency))}</td></tr>"
        )
    names = (words["product"], words["quantity"], words["amount"])
    return _card(words["best"], _table_of(names, "".join(rows)), "product", words, facts.query)


def _devices(words: Words, facts: Sheet) -> str:
    parts = ""
    if facts.devices:
        rows = [
            (
                f"{_place(facts, one)}, {one['terminal']}",
                str(one["seen_at"])[:16].replace("T", " "),
                "-" if one["pending"] is None else str(one["pending"]),
            )
            for one in facts.devices
        ]
        parts += _card(words["devices"], _table((words["register"], words["seen"], words["waiting"]), rows))
    if facts.below:
        low = [
            (
                f"{one['name']}, {_place(facts, one)}",
                words.number(float(str(one["quantity"]))),
            )
            for one in facts.below
        ]
        parts += _card(words["below"], _table((words["product"], words["quantity"]), low))
    return parts


def _place(facts: Sheet, row: Mapping[str, object]) -> str:
    store = str(row["store"])
    return facts.stores.get(store, store)


def _card(title: str, inner: str, report: str = "", words: Words | None = None, query: str = "") -> str:
    link = ""
    if report and words is not None:
        label = f"{words['download']}: {title}"
        link = f'<a class="csv" href="/v1/reports/{report}/csv?{query}" aria-label="{escape(label)}">CSV</a>'
    return f'<section class="card"><h2>{escape(title)}</h2>{link}{inner}</section>'


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return _table_of(names, body)


def _table_of(names: Sequence[str], body: str) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _folded(words: Words, title: str, table: str) -> str:
    hidden = f'<span class="hidden">: {escape(title)}</span>'
    return f"<details><summary>{escape(words['as_table'])}{hidden}</summary>{table}</details>"
