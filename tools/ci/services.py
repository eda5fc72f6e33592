"""The steps that need more than pip: a PostgreSQL of their own, a browser, odd requests."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plan import Context, StepFailed, root_on_linux

# What a step needs -> the Debian package that brings it (bookworm, trixie).
POSTGRESQL = {"initdb": "postgresql", "pg_ctl": "postgresql"}
BROWSER = {"chromium": "chromium", "chromedriver": "chromium-driver"}
PACKAGES_SECONDS = 900
"""For apt, which may have to wait for another one."""
SERVER_USER = "postgres"
EXAMPLES = "12"
"""Of Schemathesis, per operation, phase and role."""


def have(context: Context, table: dict[str, str]) -> None:
    """Install the packages whose programs are missing. Raises StepFailed where they cannot be had."""
    wanted = sorted({package for program, package in table.items() if find(program) is None})
    if wanted:
        if shutil.which("apt-get") is None or not root_on_linux():
            raise StepFailed(f"{', '.join(wanted)}: no apt-get, or not root")
        # Two steps may want to install at once: the second waits for the first.
        patient = ("-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::http::Timeout=60", "-o", "Acquire::Retries=2")
        context.run("apt-get", *patient, "update", "-q", seconds=PACKAGES_SECONDS)
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        context.run(
            "apt-get",
            *patient,
            "install",
            "-q",
            "-y",
            "--no-install-recommends",
            *wanted,
            env=quiet,
            seconds=PACKAGES_SECONDS,
        )
    if lost := [program for program in table if find(program) is None]:
        raise StepFailed(f"no {', '.join(lost)}, though the packages are installed")


def find(program: str) -> str | None:
    """On the path, or where Debian keeps PostgreSQL's; the newest version wins. A file is found by its whole path."""
    if program.startswith("/"):
        return program if Path(program).exists() else None
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[4]))
    return str(kept[-1]) if kept else shutil.which(program)


@contextmanager
def postgresql(context: Context) -> Iterator[str]:
    """A PostgreSQL on a free port of the loopback with its own data, as its own user; gives its URL, and stops it."""
    have(context, POSTGRESQL)
    folder = context.root / "postgresql"
    folder.mkdir(mode=0o755)
    # PostgreSQL refuses to run as root.
    become: list[str] = []
    if root_on_linux():
        shutil.chown(folder, SERVER_USER)
        become = ["setpriv", f"--reuid={SERVER_USER}", f"--regid={SERVER_USER}", "--clear-groups"]
    initdb, control = find("initdb"), find("pg_ctl")
    assert initdb is not None
    assert control is not None
    data, port = folder / "data", _free_port()
    made = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    context.run(*become, initdb, "-D", data, "-U", SERVER_USER, *made, cwd=folder)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    context.run(*become, control, "-D", data, "-w", "-l", folder / "log", "-o", options, "start", cwd=folder)
    try:
        yield f"postgresql://{SERVER_USER}@127.0.0.1:{port}/postgres"
    finally:
        context.run(*become, control, "-D", data, "-w", "-m", "fast", "stop", cwd=folder)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def tests_postgresql(context: Context, python: Path) -> None:
    """The server's tests, on PostgreSQL."""
    with postgresql(context) as url:
        environment = {"POSDEVKIT_TEST_POSTGRESQL": url, "HOME": str(context.root / "home")}
        output = context.run(python, "-m", "pytest", "-q", "tests/server", env=environment)
    if " passed" not in output:
        raise StepFailed("no test ran")


def odd_requests(context: Context, python: Path) -> None:
    """Schemathesis, as owner, till and app; the seed is fixed."""
    context.run(python, "tests/server/odd_requests.py", EXAMPLES)


def browser(context: Context, python: Path) -> None:
    """Our pages in a headless Chromium, judged by axe-core from npm."""
    have(context, BROWSER)
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser")
    output = context.run(python, *words, env={"POSDEVKIT_BROWSER": "1"})
    if " passed" not in output:
        raise StepFailed("no test ran")
