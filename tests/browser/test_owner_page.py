"""The owner's page as a phone and a desk have it: log in, every view, light and dark; and axe-core finds nothing.

With POSDEVKIT_PICTURES=FOLDER every view is kept as a picture, for a person to look at.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Browser

SIZES = {"phone": (360, 800), "desk": (1280, 900)}
VIEWS = ("/?days=1", "/?days=7", "/?days=30", "/?days=7&store=havn")
PICTURES = os.environ.get("POSDEVKIT_PICTURES")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server with forty days of sales: its address, and the owner's token."""
    database = f"sqlite:///{tmp_path_factory.mktemp('cloud') / 'cloud.db'}"
    words = ["-m", "posdevkit", "cloud", "serve", "--port", "0", "--demo-sales", "40", "--database", database]
    with subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr is not None
            assert server.stdout is not None
            port = next(found[1] for line in server.stderr if (found := re.search(r":(\d+) \(", line)))
            yield f"http://127.0.0.1:{port}", server.stdout.readline().strip().partition(": ")[2]
        finally:
            server.kill()


def judge(browser: Browser, url: str, name: str) -> None:
    """One address in both schemes and sizes."""
    for dark in (False, True):
        for size, (width, height) in SIZES.items():
            where = f"{name} {'dark' if dark else 'light'} {size}"
            browser.screen(width, height, dark=dark, language="da")
            browser.open(url)
            if PICTURES:
                browser.picture(Path(PICTURES) / f"owner {where}.png")
            for fold in browser.driver.find_elements("css selector", "summary"):
                fold.click()
            assert browser.violations() == [], where
            assert browser.overflow() <= 0, where
            assert size == "desk" or browser.small_targets() == [], where
    assert browser.complaints() == [], name


def test_log_in_and_every_view(browser: Browser, served: tuple[str, str]) -> None:
    base, token = served
    judge(browser, base, "login")
    browser.screen(*SIZES["phone"], language="da")
    browser.open(base)
    browser.type("#token", token)
    browser.click("button")
    browser.until(lambda: browser.driver.find_elements("css selector", ".chart"), "the report")
    assert token not in browser.driver.current_url
    for number, view in enumerate(VIEWS):
        judge(browser, base + view, f"view {number}")
