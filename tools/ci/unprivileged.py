"""Run a command as `nobody` in a network namespace that holds the loopback alone (Linux, started as root)."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from plan import Context, PartsMissing, root_on_linux

NOBODY = 65534


def check() -> None:
    """Say what is missing.

    Raises:
        PartsMissing: not root, or the kernel grants no namespace.
    """
    if not root_on_linux():
        raise PartsMissing("only root on Linux can become another user")
    for program in ("unshare", "setpriv", "ip"):
        if shutil.which(program) is None:
            raise PartsMissing(f"no {program}")
    if subprocess.run(["unshare", "-n", "-m", "true"], check=False, capture_output=True).returncode != 0:
        raise PartsMissing("no right to make a network namespace")


def run(context: Context, home: Path, python: Path, words: list[str]) -> str:
    """Run `python words` in `home/checkout`, with `home` owned by nobody; return the output."""
    context.run("chown", "-hR", f"{NOBODY}:{NOBODY}", home)
    lines = ["set -eu", "ip link set lo up", *_open_the_way(Path(sys.base_prefix), context.root)]
    command = shlex.join([str(python), *words])
    lines.append(f"cd {shlex.quote(str(home / 'checkout'))}")
    lines.append(f"exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups --no-new-privs {command}")
    env = {"HOME": str(home / "home"), "TMPDIR": str(home / "tmp"), "USER": "nobody", "LOGNAME": "nobody"}
    return context.run("unshare", "-n", "-m", "bash", "-c", "\n".join(lines), env=env)


def _open_the_way(prefix: Path, root: Path) -> list[str]:
    """Where Python lives below a folder that is closed to others, show it alone there, in this namespace only."""
    for folder in reversed(prefix.parents):
        if not folder.stat().st_mode & 0o001:
            aside = root / "python"
            aside.mkdir(exist_ok=True)
            quoted = [shlex.quote(str(path)) for path in (prefix, aside, folder)]
            return [
                f"mount --bind {quoted[0]} {quoted[1]}",
                f"mount -t tmpfs -o mode=755 tmpfs {quoted[2]}",
                f"mkdir -p {quoted[0]}",
                f"mount --bind {quoted[1]} {quoted[0]}",
            ]
    return []
