"""The command line of the server."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from posdevkit.errors import BadUrl, InputFailed, MissingExtra
from posdevkit.server import Database
from posdevkit.web.listening import listen

from .conftest import Process


def run(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "posdevkit", "cloud", *words, "--database", url]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)


def test_a_token_is_made_listed_and_revoked(url: str, served: Process) -> None:
    assert len(served.tokens()) == 4
    scope = ("--role", "terminal", "--store", "nord", "--terminal", "2")
    token = run(url, "token", "create", *scope, "--label", "Kasse 2").stdout.strip()
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx2.get(f"{served.base}/v1/products", headers=headers).status_code == 200
    listed = run(url, "token", "list").stdout
    assert "terminal of demo nord 2" in listed
    assert "Kasse 2" in listed
    assert token not in listed
    name = token.split("_")[1]
    assert run(url, "token", "revoke", name).returncode == 0
    assert httpx2.get(f"{served.base}/v1/products", headers=headers).status_code == 401
    again = run(url, "token", "revoke", name)
    assert again.returncode == 2
    assert "token list" in again.stderr


@pytest.mark.parametrize(
    "scope", [("terminal",), ("app",), ("terminal", "--store", "moon", "--terminal", "1"), ("owner", "--tenant", "x")]
)
def test_a_scope_that_makes_no_sense_is_refused(url: str, served: Process, scope: tuple[str, ...]) -> None:
    done = run(url, "token", "create", "--role", *scope)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_another_host_is_warned_about(url: str, start: list[Process]) -> None:
    words = [sys.executable, "-m", "posdevkit", "cloud", "serve", "--host", "192.0.2.1", "--port", "0"]
    done = subprocess.run([*words, "--database", url], capture_output=True, text=True, check=False, timeout=50)
    assert "in clear" in done.stderr
    assert done.returncode == 2  # nobody here has that address


def test_answers_are_not_held_back_by_nagle() -> None:
    # asyncio switches the delay off for sockets that are named as TCP alone; it was 40 ms an answer.
    with listen("127.0.0.1", 0, waiting=1) as listening:
        assert listening.proto == socket.IPPROTO_TCP


def test_a_taken_port_is_told(url: str, served: Process) -> None:
    done = run(url, "serve", "--port", str(served.port))
    assert done.returncode == 2
    assert str(served.port) in done.stderr


def test_tokens_that_are_shown_once_are_made_when_nobody_holds_the_port(tmp_path: Path) -> None:
    """Or they would stand above the error, and the next start would show none."""
    url = f"sqlite:///{tmp_path / 'cloud.db'}"
    with closing(listen("127.0.0.1", 0, waiting=1)) as taken:
        done = run(url, "serve", "--port", str(taken.getsockname()[1]))
    assert (done.returncode, done.stdout) == (2, "")
    assert run(url, "token", "list").stdout == ""


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://x/y",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://x/y?sslmode=odd",
        "postgresql:///y?passfile=x",
    ],
)
def test_what_is_no_database_url_is_refused(url: str) -> None:
    with pytest.raises((BadUrl, MissingExtra)):
        Database(url)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_text("this is no database, but it is long enough to be read as one" * 20)
    with pytest.raises(InputFailed, match="database"):
        Database(f"sqlite:///{path}")
    with pytest.raises(InputFailed):
        Database(f"sqlite:///{tmp_path / 'no' / 'folder.db'}")
