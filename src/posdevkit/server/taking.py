"""Taking facts in: a verdict on each, and one transaction for a whole push with all that its facts move.

The tenant's turn (`changes.lock`) makes pushes of one tenant follow each other, so a fact that two connections push at
once is new to exactly one of them; the primary key stands guard behind that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, bindparam, func, select, update

from posdevkit.contract import (
    BadMessage,
    CustomerEdited,
    Fact,
    Hlc,
    HlcClock,
    OrderMessage,
    Points,
    PushResult,
    Sale,
    ShiftClosed,
    StockMoved,
    fact_from_json,
)
from posdevkit.contract.facts import canonical, fingerprint_of
from posdevkit.money import rounded

from . import tables
from .changes import Entry, append, lock
from .customers import edit, told
from .database import Row, add_all, upsert
from .effects import Effects, too_large
from .tokens import Access, now_text

__all__ = ["MOST_FACTS", "Device", "Reading", "read", "seen", "take"]

MOST_FACTS: Final = 100
_LONGEST_DETAIL: Final = 500
# What every push asks is built once: building costs SQLAlchemy more than asking costs the database.
_KNOWN: Final = select(tables.fact.c.id, tables.fact.c.fingerprint).where(
    tables.fact.c.tenant == bindparam("tenant"), tables.fact.c.id.in_(bindparam("ids", expanding=True))
)
_REFUNDS: Final = (
    select(tables.order.c.id, tables.order.c.refund_of, tables.order.c.total, tables.order.c.at)
    .where(
        tables.order.c.tenant == bindparam("tenant"),
        tables.order.c.refund_of.in_(bindparam("originals", expanding=True)),
    )
    .order_by(tables.order.c.at, tables.order.c.id)
)
_DAY_MILLISECONDS: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Device:
    """What a till says of itself with each push."""

    version: str = ""
    pending: int | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """A refund of a sale."""

    id: str
    total: int
    at: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A fact as it came: readable and allowed, or refused."""

    result: PushResult | None
    fact: Fact | None = None
    text: str = ""
    print: str = ""


def read(access: Access, values: Sequence[object]) -> list[Reading]:
    """Each fact read strictly, and held against what the token may push. Needs no database."""
    return [_read_one(access, value) for value in values]


def _read_one(access: Access, value: object) -> Reading:
    named = value.get("id") if isinstance(value, Mapping) else None
    name = named if isinstance(named, str) and len(named) <= 64 and named.isprintable() and named.isascii() else ""
    try:
        fact = fact_from_json(value)
        text = canonical(fact)
    except BadMessage as problem:
        return _refused(name, "bad-fact", str(problem))
    except (ValueError, RecursionError) as problem:
        return _refused(name, "bad-fact", f"expected {problem}")
    if large := too_large(fact):
        return _refused(name, "bad-fact", f"expected {large}")
    if strange := _not_yours(access, fact):
        return _refused(name, "not-yours", strange)
    return Reading(None, fact, text, fingerprint_of(text))


def _refused(name: str, code: str, detail: str) -> Reading:
    clean = "".join(one if one.isprintable() else "?" for one in detail)
    return Reading(PushResult(name, "rejected", code, clean[:_LONGEST_DETAIL]))


def _not_yours(access: Access, fact: Fact) -> str:
    body = fact.body
    if isinstance(body, Sale | ShiftClosed):
        if access.role != "terminal":
            return "expected the token of a terminal"
        if body.register != access.terminal:
            return f"expected a fact of register {access.terminal}, not of {body.register}"
    elif isinstance(body, StockMoved) and access.store is None:
        return "expected a token of one store"
    return ""


def take(
    connection: Connection, access: Access, reads: Sequence[Reading], device: Device, clock: HlcClock
) -> list[PushResult]:
    """Store what is new, with its effects, in the caller's transaction. One verdict a fact, in their order."""
    seq = lock(connection, access.tenant)
    facts = [one for one in reads if one.fact is not None]
    known = _known(connection, access.tenant, [str(one.fact.id) for one in facts if one.fact])
    results: list[PushResult] = []
    new: list[Reading] = []
    for one in reads:
        if one.fact is None:
            results.append(one.result or PushResult("", "rejected", "bad-fact"))
            continue
        name = str(one.fact.id)
        if name not in known:
            known[name] = one.print
            new.append(one)
            results.append(PushResult(name, "created"))
        elif known[name] == one.print:
            results.append(PushResult(name, "duplicate"))
        else:
            detail = "this identifier is known with another content"
            results.append(PushResult(name, "rejected", "conflict", detail))
    if new:
        append(connection, access.tenant, seq, _store(connection, access, new, clock))
    if access.role == "terminal":
        seen(connection, access, device)
    return results


def _known(connection: Connection, tenant_id: str, identifiers: Sequence[str]) -> dict[str, str]:
    if not identifiers:
        return {}
    rows = connection.execute(_KNOWN, {"tenant": tenant_id, "ids": identifiers})
    return {row.id: row.fingerprint for row in rows}


def _store(connection: Connection, access: Access, new: Sequence[Reading], clock: HlcClock) -> list[Entry]:
    effects = Effects(access.tenant, access.store or "")
    received = now_text()
    rows: list[Row] = []
    sales: list[tuple[Fact, Sale]] = []
    edits: list[tuple[Fact, CustomerEdited]] = []
    for one in new:
        fact = one.fact
        assert fact is not None
        rows.append(
            {
                "tenant": access.tenant, "id": str(fact.id), "fingerprint": one.print, "kind": fact.kind,
                "token": access.token, "store": access.store, "at": fact.at.isoformat(), "hlc": str(fact.hlc),
                "received_at": received, "text": one.text,
            }
        )  # fmt: skip
        effects.add(fact)
        if isinstance(fact.body, Sale):
            sales.append((fact, fact.body))
        elif isinstance(fact.body, CustomerEdited):
            edits.append((fact, fact.body))
    _hear(clock, max(one.fact.hlc for one in new if one.fact))
    add_all(connection, tables.fact, rows)
    effects.write(connection)
    entries = [_message(fact, sale, access.store) for fact, sale in sales]
    touched = {key for (key,) in effects.earned}
    returned = Effects(access.tenant, access.store or "")
    if sales:
        about = {str(fact.id): sale.refund_of or str(fact.id) for fact, sale in sales}
        _settle_refunds(connection, access, about, returned)
        returned.write(connection)
    touched |= {key for (key,) in returned.earned}
    for fact, edited in edits:
        if edit(connection, access, edited, fact.hlc):
            touched.add(edited.customer)
    return [*entries, *told(connection, access.tenant, touched)]


def _message(fact: Fact, sale: Sale, store: str | None) -> Entry:
    """A refund is news of the sale that it gives back, with the amount that came back."""
    order = sale.refund_of or str(fact.id)
    state: Literal["refunded", "paid"] = "refunded" if sale.refund_of else "paid"
    return Entry.of(OrderMessage(order, sale.receipt, state, sale.total, sale.currency, sale.customer), store)


def _settle_refunds(connection: Connection, access: Access, fresh: Mapping[str, str], returned: Effects) -> None:
    """Mark sales as given back, and give back points that their refunds left untouched.

    A till that knew the sale writes the reversals itself. One that did not (another register's, another day's) leaves
    them to the cloud: in the share of the sale that came back. The two facts may arrive in either order.
    `fresh`: the sales and refunds of this push, each with the sale that it is about.
    """
    sale = tables.order.c
    refunds = connection.execute(_REFUNDS, {"tenant": access.tenant, "originals": list(set(fresh.values()))}).all()
    if not refunds:
        return
    returns: dict[str, list[Returned]] = {}
    for row in refunds:
        returns.setdefault(row.refund_of, []).append(Returned(row.id, row.total, row.at))
    known = select(sale.id, sale.total).where(sale.tenant == access.tenant, sale.id.in_(returns))
    for original in connection.execute(known).all():
        parts = returns[original.id]
        back, whole = abs(sum(part.total for part in parts)), abs(original.total)
        if back >= whole:
            done = update(tables.order).where(sale.tenant == access.tenant, sale.id == original.id)
            connection.execute(done.values(state="refunded"))
        moved = _points_of(connection, access.tenant, [original.id])
        own = [part for part in parts if part.id in fresh or original.id in fresh]
        silent = [part for part in own if not _points_of(connection, access.tenant, [part.id])]
        if not moved or not whole or not silent:
            continue
        reversed_so_far = _points_of(connection, access.tenant, [part.id for part in parts])
        for (rule, who), points in moved.items():
            owed = -rounded(points * min(back, whole), whole) - reversed_so_far.get((rule, who), 0)
            if owed:
                returned.points(silent[-1].id, silent[-1].at, Points(who, rule, "reverse", owed))


def _points_of(connection: Connection, tenant_id: str, sales: Sequence[str]) -> dict[tuple[str, str], int]:
    """(rule, customer) -> sum of points."""
    entry = tables.points.c
    query = select(entry.rule, entry.customer, func.sum(entry.points).label("points"))
    query = query.where(entry.tenant == tenant_id, entry.sale.in_(sales)).group_by(entry.rule, entry.customer)
    return {(row.rule, row.customer): int(row.points) for row in connection.execute(query)}


def _hear(clock: HlcClock, hlc: Hlc) -> None:
    # A till whose clock is wrong by more than a day does not move ours.
    if abs(hlc.milliseconds - clock.now().milliseconds) < _DAY_MILLISECONDS:
        clock.heard(hlc)


def seen(connection: Connection, access: Access, device: Device) -> None:
    """Write down that this terminal was heard of."""
    row: Row = {"tenant": access.tenant, "store": access.store or "", "terminal": access.terminal or ""}
    more: Row = {"token": access.token, "version": device.version, "pending": device.pending, "seen_at": now_text()}
    upsert(connection, tables.device, [{**row, **more}], replace=("token", "version", "pending", "seen_at"))
