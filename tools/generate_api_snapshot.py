"""Write tests/contracts/api.txt: every public name with its signature, so that no change of the API goes unseen.

python tools/generate_api_snapshot.py [--check]
"""

from __future__ import annotations

import enum
import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "tests" / "contracts" / "api.txt"
DOORS = ("posdevkit", "posdevkit.aio", "posdevkit.blocking")

# Special methods that are part of how a thing is used.
SPOKEN = ("__enter__", "__aenter__", "__iter__", "__aiter__")


def signature(thing: object) -> str:
    """Names, kinds, annotations and defaults, on one line."""
    if not callable(thing):
        return ""
    try:
        shown = inspect.signature(thing)
    except (TypeError, ValueError):
        return "(...)"
    parts = []
    for parameter in shown.parameters.values():
        # A default that is an object shows its address otherwise.
        default = parameter.default
        vague = default is not parameter.empty and " at 0x" in repr(default)
        parts.append(parameter.replace(default=type(default).__name__) if vague else parameter)
    return str(shown.replace(parameters=parts)).replace("'", "").replace("typing.", "")


def members(owner: type, listed: set[type]) -> Iterator[str]:
    """The public members that the class itself, or a base of it that is not listed by itself, defines."""
    if issubclass(owner, enum.Enum):
        yield from (f"    {member.name} = {member.value!r}" for member in owner)
        return
    seen: set[str] = set()
    for base in owner.__mro__:
        if not base.__module__.startswith("posdevkit") or (base is not owner and base in listed):
            continue
        seen |= {name for name in vars(base) if not name.startswith("_") or name in SPOKEN}
    for name in sorted(seen):
        value = inspect.getattr_static(owner, name)
        if isinstance(value, property):
            returns = inspect.get_annotations(value.fget).get("return", "?") if value.fget else "?"
            yield f"    {name}: {str(returns).strip(chr(39))} (property)"
        elif isinstance(value, staticmethod | classmethod):
            yield f"    {type(value).__name__} {name}{signature(getattr(owner, name))}"
        elif inspect.isfunction(value):
            kind = "async " if inspect.iscoroutinefunction(value) else ""
            yield f"    {kind}{name}{signature(value)}"
        elif inspect.ismemberdescriptor(value):
            yield f"    {name}"
        else:
            shown = repr(value)
            yield f"    {name} = {shown if len(shown) < 80 and ' at 0x' not in shown else type(value).__name__}"


def describe(door: str) -> Iterator[str]:
    """Every public name of one module."""
    module = importlib.import_module(door)
    listed = {thing for name in module.__all__ if inspect.isclass(thing := getattr(module, name))}
    for name in sorted(module.__all__):
        thing = getattr(module, name)
        if inspect.isclass(thing):
            bases = ", ".join(base.__name__ for base in thing.__bases__ if base is not object)
            yield f"class {door}.{name}{f'({bases})' if bases else ''}"
            if not issubclass(thing, enum.Enum | BaseException):
                yield f"    {signature(thing)}"
            yield from members(thing, listed)
        elif inspect.isfunction(thing):
            kind = "async def" if inspect.iscoroutinefunction(thing) else "def"
            yield f"{kind} {door}.{name}{signature(thing)}"
        elif inspect.ismodule(thing):
            yield f"module {door}.{name}"
        else:
            shown = type(thing).__name__ if name != "__version__" else "str"
            yield f"{door}.{name}: {shown}"


def snapshot() -> str:
    """The whole file."""
    head = "# Written by tools/generate_api_snapshot.py; read the difference as a reviewer, then write it anew.\n"
    return head + "".join(f"{line}\n" for door in DOORS for line in describe(door))


def main() -> int:
    """Write, or compare with `--check`."""
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(snapshot(), "utf-8")
        return 0
    if not TARGET.exists() or TARGET.read_text("utf-8") != snapshot():
        print(f"{TARGET.name} is not current: the public API changed; run tools/generate_api_snapshot.py")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
