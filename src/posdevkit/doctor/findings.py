"""What is wrong, and the one command that mends it. The words stand in `texts.toml`, or in the errors' own."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from posdevkit.errors.texts import message, remedy

__all__ = ["Finding", "Severity", "finding"]


class Severity(Enum):
    """What a finding asks for."""

    MEND = "mend"
    """Something does not work before it is mended."""
    ADVICE = "advice"
    """It works, and will give trouble."""
    NOTE = "note"
    """Good to know; nothing is to be done."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed."""

    slug: str
    severity: Severity
    subject: str
    """The device, port or file that is meant."""
    facts: Mapping[str, str]
    """What fills the texts and the command."""

    def message(self, language: str = "en") -> str:
        """What is the matter, without a closing stop, in `language` ("en" or "da"; another falls back to English)."""
        return self._words("message", language) or message(self.slug, language)

    def remedy(self, language: str = "en") -> str:
        """What to do, in one or two sentences."""
        return self._words("remedy", language) or remedy(self.slug, language)

    @property
    def command(self) -> str | None:
        """What to paste into a terminal, None where no command can mend it. Whatever a device says in it is quoted."""
        template = _texts()[self.slug].get("command")
        quoted = {key: shlex.quote(value) for key, value in self.facts.items()}
        return None if template is None else template.format_map(quoted)

    def _words(self, kind: str, language: str) -> str:
        entry = _texts()[self.slug]
        words = entry.get(language, entry.get("en", {})).get(kind, "")
        return str(words).format_map({"subject": self.subject, **self.facts})


def finding(slug: str, severity: Severity, subject: str, **facts: str) -> Finding:
    """A finding whose facts cannot be changed."""
    return Finding(slug, severity, subject, MappingProxyType(facts))


@cache
def _texts() -> dict[str, dict[str, Any]]:  # TOML: a slug holds a command and a table for each language
    return tomllib.loads(files(__package__).joinpath("texts.toml").read_text(encoding="utf-8"))
