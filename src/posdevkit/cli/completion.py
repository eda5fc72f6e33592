"""`posdevkit completion`: a script that completes commands, options and their choices in a shell."""

from __future__ import annotations

import argparse
from typing import Final

from . import exits
from .console import say
from .parsing import Commands, Parser

__all__ = ["register"]

SHELLS: Final = ("bash", "zsh", "fish", "powershell")

_ABOUT = """\
Print a script that completes posdevkit's commands and options. To have it in every shell:

  bash        posdevkit completion bash > ~/.local/share/bash-completion/completions/posdevkit
  zsh         posdevkit completion zsh > "${fpath[1]}/_posdevkit"
  fish        posdevkit completion fish > ~/.config/fish/completions/posdevkit.fish
  powershell  posdevkit completion powershell >> $PROFILE
"""


def register(commands: Commands[Parser]) -> None:
    """Add the parser."""
    parser = commands.add_parser("completion", help="print a completion script for a shell", description=_ABOUT)
    parser.add_argument("shell", choices=SHELLS, help="the shell")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from .main import build_parser
    from .shells import script
    from .words import words_of

    say(script(args.shell, words_of(build_parser(others=True))).rstrip("\n"))
    return exits.OK
