"""What every generated blocking class is made of: a handle on its async twin, and a call that waits."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import ClassVar, Final, Generic, ParamSpec, Self, TypeVar, cast

from posdevkit.errors import JobLike, PosError
from posdevkit.runtime.background import run
from posdevkit.runtime.callbacks import EVENT_THREAD
from posdevkit.runtime.subscription import Broadcaster
from posdevkit.runtime.threads import Done

__all__ = ["Blocking", "Closing", "call", "handed_over", "twin"]

A = TypeVar("A")
P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E")

HEARING_SECONDS: Final = 1.0
"""How long a call that is over waits for its callback to hear the rest."""

_TWINS: dict[type, type[Blocking[object]]] = {}


class Blocking(JobLike, Generic[A]):
    """The blocking twin of an async object. Two twins of the same object are equal."""

    __slots__ = ("_async",)

    _async: A
    _of: ClassVar[type]

    def __init_subclass__(cls, *, of: type | None = None) -> None:
        if of is not None:
            cls._of = of
            _TWINS[of] = cast(type[Blocking[object]], cls)

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} is made by its class methods")

    @classmethod
    def wrap(cls, twin: A) -> Self:
        """The blocking face of an async object that lives on the library's own loop."""
        made = cls.__new__(cls)
        made._async = twin
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Blocking) and other._async is self._async

    def __hash__(self) -> int:
        return hash(id(self._async))

    def __repr__(self) -> str:
        return repr(self._async)


class Closing:
    """Leaving the `with` block closes."""

    __slots__ = ()

    def close(self) -> object:
        """Overridden by every class that has this."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def twin(thing: object) -> Blocking[object]:
    """The blocking face of an async object. Raises KeyError for a class that has none."""
    for kind in type(thing).__mro__:
        if kind in _TWINS:
            return _TWINS[kind].wrap(thing)
    raise KeyError(type(thing).__name__)


def call(function: Callable[P, Awaitable[T]], /, *args: P.args, **named: P.kwargs) -> T:
    """Wait on the background loop for what `function` gives. A job that an error carries becomes its blocking twin."""
    try:
        return run(partial(function, *args, **named))
    except PosError as problem:
        if problem.job is not None and not isinstance(problem.job, Blocking):
            problem.job = twin(problem.job)
        raise


@contextmanager
def handed_over(callback: Callable[[E], object] | None) -> Iterator[Callable[[E], None] | None]:
    """A stand-in that may be called on the event loop: `callback` itself runs on the thread "posdevkit-events".

    It has heard everything when the block ends, unless it takes longer than `HEARING_SECONDS` for that; Ctrl-C, and a
    callback that makes a call itself, wait for nothing.
    """
    if callback is None:
        yield None
        return
    broadcaster: Broadcaster[E] = Broadcaster()
    heard = Done()
    patience = 0.0 if threading.current_thread().name == EVENT_THREAD else HEARING_SECONDS
    try:
        broadcaster.subscribe().on(callback, on_end=heard.set)
        yield broadcaster.publish
    except BaseException as problem:
        if not isinstance(problem, Exception):
            patience = 0.0
        raise
    finally:
        broadcaster.close()  # what was published is still delivered; then the thread ends
        if patience:
            heard.wait(patience)
