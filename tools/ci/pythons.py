"""Where another version of Python is: for peers that ours is too old for."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["candidates", "found"]

# Where version managers keep what they install: pyenv, uv, mise and asdf; `{0}` is the version, as 3.13.
_KEPT = (
    ("PYENV_ROOT", ".pyenv", "versions/{0}*/bin/python{0}"),
    ("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python", "cpython-{0}*/bin/python{0}"),
    ("MISE_DATA_DIR", ".local/share/mise", "installs/python/{0}*/bin/python{0}"),
    ("ASDF_DATA_DIR", ".asdf", "installs/python/{0}*/bin/python{0}"),
)
_SECONDS = 60


def candidates(version: str, named: str, environment: Mapping[str, str]) -> Iterator[Path]:
    """What may be a Python of that version, best first: the one that the variable `named` tells, and then no other."""
    if told := environment.get(named):
        yield Path(told)
        return
    if on_path := shutil.which(f"python{version}", path=environment.get("PATH")):
        yield Path(on_path)
    home = Path(environment.get("HOME", "/nonexistent"))
    for variable, folder, pattern in _KEPT:
        root = Path(environment[variable]) if environment.get(variable) else home / folder
        yield from sorted(root.glob(pattern.format(version)), reverse=True)


def found(version: str, named: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """The first that runs, is of that version (as "3.13") and can make virtual environments; None where there is none.

    It is run, since a version manager's stand-in on the path may have nothing behind it.
    """
    check = f"import sys, venv, ensurepip; raise SystemExit('%d.%d' % sys.version_info[:2] != {version!r})"
    for python in candidates(version, named, environment):
        try:
            done = subprocess.run([python, "-c", check], capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return python
    return None
