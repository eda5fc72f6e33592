"""A command language: a lazily loaded table from first bytes to command classes."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module

from .command import Command

__all__ = ["Language"]


class Language:
    """The commands of one language, loaded from `modules` when the table is first asked for."""

    def __init__(self, name: str, modules: tuple[str, ...]) -> None:
        self.name = name
        self._modules = modules

    @cached_property
    def commands(self) -> tuple[type[Command], ...]:
        """All command classes in the order in which the modules declare them."""
        return tuple(
            value
            for module in map(import_module, self._modules)
            for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Command) and value.__module__ == module.__name__
        )

    @cached_property
    def plain(self) -> dict[bytes, tuple[type[Command], int]]:
        """First bytes to class and length of its prefix, for commands without an envelope.

        A selecting first argument is part of the key, though not of the prefix.
        """
        table: dict[bytes, tuple[type[Command], int]] = {}
        for command in self.commands:
            spec = command.spec
            if spec.envelope:
                continue
            selecting = spec.fields[0] if spec.fields and spec.fields[0].selects else None
            for prefix in spec.prefixes:
                if selecting is None:
                    keys = [prefix]
                else:
                    keys = [prefix + bytes([n]) for n in range(256) if selecting.codec.check(n) is None]
                for key in keys:
                    if key in table:
                        raise ValueError(
                            f"{table[key][0].__name__} and {command.__name__} both begin with {key.hex(' ')}"
                        )
                    table[key] = (command, len(prefix))
        return table

    @cached_property
    def alone(self) -> dict[int, Command]:
        """Control byte to the command that it is, whole and by itself."""
        return {
            key[0]: command.from_values(())
            for key, (command, _) in self.plain.items()
            if len(key) == 1 and key < b" " and not command.spec.fields
        }

    @cached_property
    def starts(self) -> frozenset[bytes]:
        """Every proper beginning of a key in `plain`: bytes after which one must wait for more."""
        return frozenset(key[:n] for key in self.plain for n in range(1, len(key)))

    @cached_property
    def enveloped(self) -> dict[bytes, dict[bytes, type[Command]]]:
        """Prefix to function to class, for commands whose length is told behind the prefix."""
        table: dict[bytes, dict[bytes, type[Command]]] = {}
        for command in self.commands:
            spec = command.spec
            if not spec.envelope:
                continue
            for prefix in spec.prefixes:
                functions = table.setdefault(prefix, {})
                for function in spec.functions:
                    if function in functions:
                        raise ValueError(f"{functions[function].__name__} and {command.__name__} are the same function")
                    functions[function] = command
        return table

    def opened(self, prefix: bytes, payload: bytes) -> Command | None:
        """The command in an envelope: the longest function that `payload` begins with and whose arguments fit."""
        functions = self.enveloped.get(prefix)
        if functions is None:
            return None
        for size in (3, 2, 1, 0):
            command = functions.get(payload[:size])
            if command is not None and len(payload) >= size:
                made = command.from_body(payload[size:])
                if made is not None:
                    return made
        return None
