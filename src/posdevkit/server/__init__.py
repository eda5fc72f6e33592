"""The reference cloud server: facts in, changes and reports out, on SQLite or PostgreSQL.

Needs the extra `server` (and `postgresql` for that database). Names are looked up when they are first used, so that
importing this costs nothing and a missing library is one clear error.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from posdevkit.errors import MissingExtra

if TYPE_CHECKING:
    from .app import create_app as create_app
    from .database import Database as Database
    from .demo import create_shop as create_shop
    from .demo import sell as sell
    from .running import serve as serve
    from .running import serving as serving
    from .tenants import create_tenant as create_tenant
    from .tokens import create_token as create_token
    from .tokens import list_tokens as list_tokens
    from .tokens import revoke_token as revoke_token

_WHERE = {
    "Database": "database",
    "create_app": "app",
    "create_shop": "demo",
    "create_tenant": "tenants",
    "create_token": "tokens",
    "list_tokens": "tokens",
    "revoke_token": "tokens",
    "sell": "demo",
    "serve": "running",
    "serving": "running",
}

__all__ = [
    "Database",
    "create_app",
    "create_shop",
    "create_tenant",
    "create_token",
    "list_tokens",
    "revoke_token",
    "sell",
    "serve",
    "serving",
]


def __getattr__(name: str) -> object:
    """Raises MissingExtra where FastAPI, SQLAlchemy or uvicorn is not installed."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f".{_WHERE[name]}", __name__), name)
    except ModuleNotFoundError as problem:
        if problem.name is not None and problem.name.startswith("posdevkit"):
            raise
        raise MissingExtra(
            f"the cloud server needs {problem.name}", remedy="Install it with: pip install 'posdevkit[server]'"
        ) from None
