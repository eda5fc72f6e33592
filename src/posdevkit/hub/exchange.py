"""A request and its answer as values, and an operation as a row of a table: no web framework is known here."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from posdevkit.codes.telling import Json
from posdevkit.documents.reading import Fields, Node
from posdevkit.errors import NotAuthorized, UsageError
from posdevkit.runtime.subscription import Reader

from .telling import Told
from .tokens import Token

if TYPE_CHECKING:
    from .desk import Desk

__all__ = ["Answer", "Operation", "Request", "Stream", "key_of"]

_KEY = re.compile(r"[A-Za-z0-9._~:@+-]{1,100}")


@dataclass(frozen=True, slots=True)
class Request:
    """What an operation needs of a request."""

    path: Mapping[str, str]
    """What stands in the places of the operation's path."""
    query: Mapping[str, str]
    body: object
    """Parsed JSON, None without a body."""
    bearer: Token | None
    language: str

    @property
    def token(self) -> Token:
        """Whose request it is. Raises NotAuthorized."""
        if self.bearer is None:
            raise NotAuthorized
        return self.bearer

    def fields(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Fields:
        """The members of the body. Raises BadDocument for one that is missing or unknown."""
        return Node({} if self.body is None and not required else self.body).fields(required, optional)

    def seconds(self, name: str, most: float) -> float:
        """A number of seconds in the query, 0 where it is not given. Raises UsageError."""
        text = self.query.get(name, "0")
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text) or float(text) > most:
            raise UsageError(f"{name} is {text[:20]!r}", remedy=f"Give seconds from 0 to {most:g}.")
        return float(text)

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number in the query, `least` where it is not given. Raises UsageError."""
        text = self.query.get(name, str(least))
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise UsageError(f"{name} is {text[:20]!r}", remedy=f"Give a number from {least} to {most}.")
        return int(text)


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back."""

    body: Json | bytes = None
    status: int = 200
    media: str = "application/json"


@dataclass(frozen=True, slots=True)
class Stream:
    """Events that come back as they happen, for as long as the reader stays."""

    events: Reader[Told]
    first: tuple[Told, ...] = ()
    """How things stand at the beginning."""
    wanted: frozenset[str] = frozenset()
    """Names of events; empty for all."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of a hub: the row from which routing, OpenAPI and the reference page are made."""

    method: str
    path: str
    """With `{name}` where a name stands."""
    run: Callable[[Desk, Request], Awaitable[Answer | Stream]]
    summary: str
    public: bool = False
    """Whether it needs no token."""
    body: Mapping[str, object] | None = None
    """JSON Schema of what is sent."""
    example: Json = None
    """A body that is right."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the query, with what they mean."""
    answers: Mapping[int, str] = field(default_factory=dict)
    """Status to what it tells, besides problems."""
    media: str = "application/json"
    """Of the answer."""
    problems: tuple[str, ...] = ()
    """Slugs of errors that belong to it, besides those that any operation can have."""

    @property
    def id(self) -> str:
        """Its name in OpenAPI: that of the function."""
        return self.run.__name__


def key_of(node: Node) -> str:
    """A job's key: letters, digits and . _ ~ : @ + -, a hundred at most, so that it can stand in an address."""
    key = node.text()
    if not _KEY.fullmatch(key):
        node.fail(f"{node.shown()} is no key: 1 to 100 letters, digits and . _ ~ : @ + -")
    return key
