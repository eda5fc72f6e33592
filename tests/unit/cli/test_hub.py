"""`posdevkit hub`: codes, tokens, and a hub that is served until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import zxingcpp
from PIL import Image

from posdevkit.cli.hub import _qr
from posdevkit.cli.main import main
from tests.careful import CAREFUL


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.toml"
    path.write_text('[printer.counter]\nurl = "tcp://127.0.0.1:9"\n', "utf-8")
    return str(path)


def test_codes_and_tokens_without_a_running_hub(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hub", "tokens", shop]) == 0
    assert capsys.readouterr().out == ""
    assert main(["hub", "pair", shop]) == 0
    assert capsys.readouterr().out.startswith("pairing code ")
    assert main(["hub", "revoke", "none", shop]) == 2
    assert "posdevkit hub tokens" in capsys.readouterr().err
    assert main(["hub", "pair", f"{shop}.other"]) == 2
    assert main(["hub", "serve", shop, "--port", "65536"]) == 2
    assert main(["hub", "serve", shop, "--port", "0", "--origin", "*"]) == 2
    assert "is no origin" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_served_paired_revoked_and_stopped(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-W", "error", "-m", "posdevkit", "hub", "serve", shop, "--port", "0", "--json"]
    environment = {**os.environ, **CAREFUL}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        port = told["url"].rpartition(":")[2]
        assert main(["hub", "serve", shop, "--port", port]) == 2
        assert "in use" in capsys.readouterr().err
        assert main(["hub", "serve", shop, "--port", "0"]) != 0, "one process lends a device"
        capsys.readouterr()
        assert main(["hub", "pair", shop, "--json"]) == 0
        code = json.loads(capsys.readouterr().out)["pairing_code"]
        old = httpx.post(f"{told['url']}/v1/pair", json={"code": told["pairing_code"], "name": "x"})
        assert old.status_code == 401, "the code before is void"
        paired = httpx.post(f"{told['url']}/v1/pair", json={"code": code, "name": "bar"})
        headers = {"authorization": f"Bearer {paired.json()['token']}"}
        assert httpx.get(f"{told['url']}/v1/devices", headers=headers).status_code == 200
        assert main(["hub", "tokens", shop]) == 0
        assert "bar, since" in capsys.readouterr().out
        assert main(["hub", "revoke", paired.json()["id"], shop]) == 0
        assert httpx.get(f"{told['url']}/v1/devices", headers=headers).status_code == 401
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
        assert process.stderr is not None
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_the_qr_code_is_read_back() -> None:
    lines = [
        line.removeprefix("\x1b[30;107m").removesuffix("\x1b[0m") for line in _qr("http://x/#pair=K7QM").splitlines()
    ]
    width = len(lines[0])
    dots = bytearray()
    for line in lines:
        for upper in (True, False):
            dots += bytes(0 if char in ("█", "▀" if upper else "▄") else 255 for char in line)
    picture = Image.frombytes("L", (width, len(lines) * 2), bytes(dots)).resize((width * 4, len(lines) * 8))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == ["http://x/#pair=K7QM"]
