"""Every snippet that a reader is shown runs, against an emulated printer on a free port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.cloud.facts import sold
from tests.unit.cloud.played import TOKEN, PlayedCloud

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("posdevkit")
SHOWN = "tcp://127.0.0.1:9100"
SHOWN_CLOUD = "http://127.0.0.1:8080"
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("tutorials/*.md")),
    *sorted((ROOT / "docs").glob("how-to/*.md")),
]


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def kind_of(code: str) -> str:
    """What a snippet needs: a cloud that it speaks to, nothing since it is the server itself, or a printer."""
    return "cloud" if SHOWN_CLOUD in code else "server" if "posdevkit.server" in code else "printer"


def snippets(kind: str = "printer") -> Iterator[object]:
    """Each Python block of a kind with its page and number."""
    for page in PAGES:
        for number, code in enumerate(blocks(page, "python"), 1):
            if kind_of(code) == kind:
                yield pytest.param(code, id=f"{page.stem}-{number}")


@contextmanager
def printer(folder: Path, *options: str) -> Iterator[str]:
    """An emulated receipt printer that saves into `folder`; gives its URL."""
    command = [
        str(PROGRAM),
        "emulate",
        "receipt-printer",
        "--listen",
        "tcp://127.0.0.1:0",
        "--save",
        str(folder),
        *options,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGTERM)
            process.stdout.read()
            process.wait(20)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run to the end, in `folder`."""
    env = {**os.environ, "PYTHONUTF8": "1", "POSDEVKIT_CLOUD_TOKEN": TOKEN}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=50)


@pytest.mark.parametrize("code", list(snippets()))
def test_each_snippet_runs_and_prints(code: str, tmp_path: Path) -> None:
    assert SHOWN in code
    with printer(tmp_path / "tickets") as url:
        done = run([sys.executable, "-W", "error", "-c", code.replace(SHOWN, url)], tmp_path)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    assert (tmp_path / "tickets" / "0001.png").stat().st_size > 0
    assert "Flat white" in (tmp_path / "tickets" / "0001.txt").read_text("utf-8")


@pytest.mark.parametrize("code", list(snippets("cloud")))
def test_each_snippet_for_the_cloud_runs(code: str, tmp_path: Path) -> None:
    identifiers = sold(tmp_path / "till.db", 3)
    with PlayedCloud() as cloud:
        done = run([sys.executable, "-W", "error", "-c", code.replace(SHOWN_CLOUD, cloud.url)], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" 0 pending 0 refused\n")
    assert cloud.stored == identifiers


@pytest.mark.parametrize("code", list(snippets("server")))
def test_each_snippet_of_the_server_runs(code: str, tmp_path: Path) -> None:
    done = run([sys.executable, "-W", "error", "-c", code], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ \*+\n", done.stdout), "a token is not shown by itself"


def test_the_tutorials_short_roll_waits_for_its_remedy(tmp_path: Path) -> None:
    page = ROOT / "docs" / "tutorials" / "first-receipt.md"
    (faults,) = re.findall(r"--fault (\S+)", page.read_text("utf-8"))
    code = blocks(page, "python")[-1]
    with printer(tmp_path / "tickets", "--fault", faults) as url:
        done = run([sys.executable, "-c", code.replace(SHOWN, url)], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "roll" in done.stdout.lower()


def test_a_strangers_own_first_receipt(tmp_path: Path) -> None:
    (document,) = blocks(ROOT / "README.md", "json")
    (line,) = [
        line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines() if "print receipt" in line
    ]
    (tmp_path / "receipt.json").write_text(document, "utf-8")
    with printer(tmp_path / "tickets") as url:
        words = line.replace(SHOWN, url).split()
        done = run([str(PROGRAM), *words[1:]], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Coffee" in (tmp_path / "tickets" / "0001.txt").read_text("utf-8")
