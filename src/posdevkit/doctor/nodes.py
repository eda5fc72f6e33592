"""Who may use a file below /dev, and whom this process runs as."""

from __future__ import annotations

import getpass
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from .machine import Account

__all__ = ["NodeRights", "account_of_process", "rights_of"]

NodeRights = Callable[[Path], tuple[str, bool, bool] | None]
"""The group of a node, whether that group may read and write it, whether this process may; None where there is none."""


def rights_of(node: Path) -> tuple[str, bool, bool] | None:
    """What the system says of a node, access control lists included: a NodeRights."""
    try:
        facts = node.stat()
    except OSError:
        return None
    both = stat.S_IRGRP | stat.S_IWGRP
    # Key events are only read; nobody has to be let in to write them.
    wanted = os.R_OK if "input" in node.parts else os.R_OK | os.W_OK
    return _group_name(facts.st_gid), facts.st_mode & both == both, os.access(node, wanted)


def account_of_process() -> Account:
    """The user of this process, with the groups it has and those it would have after signing in again."""
    user = _user()
    if sys.platform != "win32":
        import grp
        import pwd

        has = frozenset(_group_name(number) for number in {*os.getgroups(), os.getegid()})
        granted = {group.gr_name for group in grp.getgrall() if user in group.gr_mem}
        try:
            granted.add(_group_name(pwd.getpwnam(user).pw_gid))
        except KeyError:
            pass  # a number without a name, as containers have
        return Account(user, has, frozenset(granted), root=os.geteuid() == 0)
    else:
        return Account(user, frozenset())


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _group_name(number: int) -> str:
    if sys.platform != "win32":
        import grp

        try:
            return grp.getgrgid(number).gr_name
        except KeyError:
            pass
    return ""
