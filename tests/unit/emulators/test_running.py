"""`discover` finds what `emulate` runs, of every kind, and nothing that ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from posdevkit.discovery import Found
from posdevkit.errors import OutputFailed
from posdevkit_emulators.commands import DEVICES
from posdevkit_emulators.running import DIRECTORY, announced, running, runtime_directory

PROGRAM = str(Path(sys.executable).with_name("posdevkit"))
LISTEN = {"payment-terminal": "zvt://127.0.0.1:0", "scanner": "pty"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Announcements of this test alone."""
    path = tmp_path / "running"
    monkeypatch.setenv(DIRECTORY, str(path))
    return path


@contextmanager
def emulated(device: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [PROGRAM, "emulate", device, "--listen", LISTEN.get(device, "tcp://127.0.0.1:0")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def discovered() -> list[dict[str, str | None]]:
    done = subprocess.run(
        [PROGRAM, "discover", "--only", "emulators", "--json"], capture_output=True, text=True, check=False, timeout=50
    )
    told = json.loads(done.stdout)
    assert told["skipped"] == []
    assert done.returncode == (0 if told["found"] else 1)
    found: list[dict[str, str | None]] = told["found"]
    return found


@pytest.mark.timeout(150)  # ten processes
def test_every_kind_that_runs_is_found_and_none_that_ended(folder: Path) -> None:
    with ExitStack() as stack:
        started = {device: stack.enter_context(emulated(device)) for device in DEVICES}
        found = discovered()
        assert {(one["kind"], one["url"]) for one in found} == {(name, url) for name, (url, _) in started.items()}
        profiles = {one["kind"]: one["profile"] for one in found if one["profile"]}
        assert profiles == {"receipt-printer": "epson-tm-t88v", "label-printer": "generic-zpl-203"}
        for name, (_, process) in started.items():
            assert f"{process.pid}" in next(str(one) for one in found if one["kind"] == name)
        killed = started["scale"][1]
        killed.kill()
        killed.wait(20)
        assert "scale" not in {one["kind"] for one in discovered()}
        assert not list(folder.glob("*scale*"))
    assert not list(folder.iterdir())
    assert discovered() == []


def test_what_another_process_has_the_number_of_is_gone(folder: Path) -> None:
    with announced("tcp://127.0.0.1:9", kind="scale", what="a scale", profile=None) as trouble:
        assert trouble == ""
        why = f"announced by the running process {os.getpid()}"
        assert running() == [Found("tcp://127.0.0.1:9", "scale", "a scale", None, why)]
        (path,) = folder.iterdir()
        path.write_text(path.read_text("utf-8").replace('"started": "', '"started": "1'), "utf-8")
        assert running() == []
        assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="ps is POSIX")
def test_a_system_without_proc_is_asked_by_a_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit_emulators.running._PROCESSES", folder / "none")
    with announced("tcp://127.0.0.1:9", kind="scale", what="a scale", profile=None) as trouble:
        assert trouble == ""
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        assert [one.url for one in running()] == ["tcp://127.0.0.1:9"]
        (path,) = folder.iterdir()
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait(20)
        path.write_text(path.read_text("utf-8").replace(f'"pid": {os.getpid()}', f'"pid": {ended.pid}'), "utf-8")
        assert running() == []
    monkeypatch.setenv("PATH", str(folder))
    with announced("tcp://127.0.0.1:9", kind="scale", what="a scale", profile=None) as trouble:
        assert "does not tell" in trouble


@pytest.mark.parametrize("text", ["", "[]", '{"url": 3}', '{"url": "x", "kind": "boat", "what": "", "profile": null}'])
def test_what_is_no_announcement_is_ignored(folder: Path, text: str) -> None:
    folder.mkdir(mode=0o700)
    (folder / "1-scale.json").write_text(text, "utf-8")
    assert running() == []


@pytest.mark.skipif(sys.platform == "win32", reason="owners and modes are POSIX")
def test_a_directory_that_others_can_read_is_not_trusted(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(OutputFailed, match="not this user's alone") as caught:
        running()
    assert DIRECTORY in caught.value.remedy()
    with announced("tcp://127.0.0.1:9", kind="scale", what="a scale", profile=None) as trouble:
        assert "not this user's alone" in trouble
    target = folder.with_name("elsewhere")
    target.mkdir(mode=0o700)
    folder.rmdir()
    folder.symlink_to(target)
    with pytest.raises(OutputFailed):
        running()


def test_where_announcements_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(DIRECTORY)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime_directory() == tmp_path / "posdevkit-emulators"
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    found = runtime_directory()
    assert found.parent == tmp_path / "temp"
    if sys.platform != "win32":
        assert found.stat().st_mode & 0o777 == 0o700
