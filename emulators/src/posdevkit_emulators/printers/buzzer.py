"""How often a printer's buzzer sounds: by `ESC B`, or by Epson's `ESC ( A` 97."""

from __future__ import annotations

from posdevkit.profiles import Profile
from posdevkit.protocols.escpos.commands.clones import SoundBuzzer
from posdevkit.protocols.escpos.commands.mechanism import Buzzer
from posdevkit.protocols.vocabulary import Command

__all__ = ["times_heard"]

_SOUND = b"\x61"  # function 97: pattern, times


def times_heard(command: Command, profile: Profile) -> int:
    """0 for a command that sounds nothing on this model."""
    if isinstance(command, SoundBuzzer) and profile.buzzer == "esc_b":
        return command.times
    if not isinstance(command, Buzzer) or profile.buzzer != "esc_paren_a" or command.data[:1] != _SOUND:
        return 0
    return command.data[2] if len(command.data) > 2 else 0
