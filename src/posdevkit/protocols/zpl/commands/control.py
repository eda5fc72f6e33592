"""What is carried out at once: questions, pause, cancelling; and the characters that commands begin with."""

from __future__ import annotations

from posdevkit.protocols.vocabulary import Command, Effect, rest

REPORTED, RENDERED = Effect.REPORTED, Effect.RENDERED


class HostStatus(Command, name="~HS", prefix="7E 48 53", effect=REPORTED, source="~HS"):
    """Tell the status in three strings."""


class HostIdentification(Command, name="~HI", prefix="7E 48 49", effect=REPORTED, source="~HI"):
    """Tell model, firmware, dots per millimetre and memory."""


class CancelAll(Command, name="~JA", prefix="7E 4A 41", effect=RENDERED, source="~JA"):
    """Forget all formats in the buffer."""


class Pause(Command, name="~PP", prefix="7E 50 50", effect=RENDERED, source="~PP"):
    """Stop after the present label."""


class Resume(Command, name="~PS", prefix="7E 50 53", effect=RENDERED, source="~PS"):
    """Go on after a pause."""


class ChangeCaret(Command, name="^CC", prefix="5E 43 43 / 7E 43 43", delimiter=",", effect=RENDERED, source="^CC"):
    """Another character instead of the caret."""

    char: bytes = rest("the character")


class ChangeTilde(Command, name="^CT", prefix="5E 43 54 / 7E 43 54", delimiter=",", effect=RENDERED, source="^CT"):
    """Another character instead of the tilde."""

    char: bytes = rest("the character")


class ChangeDelimiter(Command, name="^CD", prefix="5E 43 44 / 7E 43 44", delimiter=",", effect=RENDERED, source="^CD"):
    """Another character between arguments."""

    char: bytes = rest("the character")
