"""Cuts a stream of bytes into a display's commands: total and incremental, any bytes, cut anywhere."""

from __future__ import annotations

import re

from posdevkit.protocols.vocabulary import Command, Language, Text, Unknown
from posdevkit.protocols.vocabulary.fields import NEED_MORE

__all__ = ["DisplayDecoder"]

_TEXT = re.compile(rb"[\x20-\x7e\x80-\xff]+")


class DisplayDecoder:
    """Feed it bytes as they come; it gives the commands that are complete. Keeps no more than one short command."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._buffer = b""

    def feed(self, data: bytes) -> list[Command]:
        """The commands that `data` completes, in order."""
        commands: list[Command] = []
        whole = self._buffer + data
        at = 0
        while at < len(whole) and (length := self._step(whole, at, commands)):
            at += length
        self._buffer = whole[at:]
        return commands

    def _step(self, data: bytes, at: int, commands: list[Command]) -> int:
        """Append the command at `at` and tell its length; 0 if it is not complete."""
        if text := _TEXT.match(data, at):
            commands.append(Text.from_values((text[0],)))
            return len(text[0])
        size = 1
        while (found := self._language.plain.get(key := data[at : at + size])) is None:
            if key not in self._language.starts:
                commands.append(Unknown.from_values((key,)))
                return len(key)
            size += 1
            if at + size > len(data):
                return 0
        command, prefix = found
        length = command.spec.measure(data, at + prefix)
        if length == NEED_MORE:
            return 0
        if length >= 0:
            if at + prefix + length > len(data):
                return 0
            if made := command.from_body(data[at + prefix : at + prefix + length]):
                commands.append(made)
                return prefix + length
        commands.append(Unknown.from_values((key,)))
        return len(key)
