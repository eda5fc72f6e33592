"""Who may do what: tokens with a scope, shown once and kept as a hash; and browsers that logged in with one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, cast

from sqlalchemy import Connection, bindparam, delete, select, update

from posdevkit.errors import UsageError
from posdevkit.secret import Secret

from .tables import session, store, tenant, token

__all__ = [
    "ROLES",
    "SESSION_SECONDS",
    "Access",
    "Role",
    "access_of",
    "create_token",
    "list_tokens",
    "log_in",
    "log_out",
    "logged_in",
    "now_text",
    "revoke_token",
]

Role = Literal["owner", "terminal", "app"]
ROLES: Final = ("owner", "terminal", "app")
SESSION_SECONDS: Final = 30 * 24 * 3600
_TOKEN: Final = select(token).where(token.c.id == bindparam("name"))
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"
_PREFIX: Final = "pdk"


@dataclass(frozen=True, slots=True)
class Access:
    """What a token opens."""

    token: str
    """Its public identifier, for lists and the audit."""
    tenant: str
    role: Role
    store: str | None
    terminal: str | None
    """The register whose facts it may push."""
    customer: str | None
    """The one customer that an app acts for."""


def now_text() -> str:
    """This moment in UTC, ISO 8601 to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def create_token(
    connection: Connection,
    tenant_id: str,
    role: Role,
    *,
    store_id: str | None = None,
    terminal: str | None = None,
    customer: str | None = None,
    label: str = "",
) -> Secret:
    """A new token: 256 random bits, shown this once. Raises UsageError for a scope that makes no sense."""
    needs = {"owner": (), "terminal": ("store", "terminal"), "app": ("customer",)}[role]
    given = {"store": store_id, "terminal": terminal, "customer": customer}
    for name in needs:
        if not given[name]:
            raise UsageError(f"a token for an {role} names its {name}", remedy=f"Give --{name}.")
    if connection.scalar(select(tenant.c.id).where(tenant.c.id == tenant_id)) is None:
        raise UsageError(f"no tenant {tenant_id!r}")
    if store_id is not None:
        found = select(store.c.id).where(store.c.tenant == tenant_id, store.c.id == store_id)
        if connection.scalar(found) is None:
            raise UsageError(f"no store {store_id!r}")
    # Letters alone: a name is read aloud, and beside a number in a file it never looks like part of one.
    name = "".join(secrets.choice(_LETTERS) for _ in range(10))
    secret = secrets.token_urlsafe(32)
    values = {"id": name, "tenant": tenant_id, "hash": _hash(secret), "role": role, "store": store_id, "label": label}
    more = {"terminal": terminal, "customer": customer, "created_at": now_text(), "revoked_at": None}
    connection.execute(token.insert().values(**values, **more))
    return Secret(f"{_PREFIX}_{name}_{secret}")


def access_of(connection: Connection, text: str) -> Access | None:
    """What a token opens; None for one that is unknown or revoked."""
    prefix, _, rest = text.partition("_")
    name, _, secret = rest.partition("_")
    if prefix != _PREFIX or not text.isascii() or "\0" in text:
        return None
    row = connection.execute(_TOKEN, {"name": name}).one_or_none()
    # The same work for an unknown identifier, so that time tells nothing.
    known = _hash("") if row is None else row.hash
    if not hmac.compare_digest(_hash(secret), known) or row is None or row.revoked_at is not None:
        return None
    return Access(row.id, row.tenant, cast(Role, row.role), row.store, row.terminal, row.customer)


def list_tokens(connection: Connection, tenant_id: str | None = None) -> list[dict[str, object]]:
    """All tokens, without what they are."""
    query = select(*(column for column in token.c if column.name != "hash")).order_by(token.c.created_at)
    if tenant_id is not None:
        query = query.where(token.c.tenant == tenant_id)
    return [dict(row._mapping) for row in connection.execute(query)]


def revoke_token(connection: Connection, name: str) -> bool:
    """Whether there was one to revoke. Browsers that logged in with it are out at once."""
    connection.execute(delete(session).where(session.c.token == name))
    query = update(token).where(token.c.id == name, token.c.revoked_at.is_(None)).values(revoked_at=now_text())
    return connection.execute(query).rowcount == 1


def log_in(connection: Connection, access: Access) -> Secret:
    """A session for a browser, so that no token lies in a cookie."""
    connection.execute(delete(session).where(session.c.ends < int(time.time())))
    secret = secrets.token_urlsafe(32)
    ends = int(time.time()) + SESSION_SECONDS
    connection.execute(session.insert().values(hash=_hash(secret), token=access.token, ends=ends))
    return Secret(secret)


def logged_in(connection: Connection, cookie: str) -> Access | None:
    """What a browser's session opens; None for none, an old one, or one whose token is revoked."""
    query = (
        select(token)
        .join(session, session.c.token == token.c.id)
        .where(session.c.hash == _hash(cookie), session.c.ends >= int(time.time()), token.c.revoked_at.is_(None))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Access(row.id, row.tenant, cast(Role, row.role), row.store, row.terminal, row.customer)


def log_out(connection: Connection, cookie: str) -> None:
    """Forget a session."""
    connection.execute(delete(session).where(session.c.hash == _hash(cookie)))


def _hash(secret: str) -> str:
    # The secret is random and long: a slow hash would protect nothing more.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
