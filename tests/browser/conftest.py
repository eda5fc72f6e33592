"""A headless Chromium, and axe-core to judge what stands in it.

Not collected unless POSDEVKIT_BROWSER is set, as the CI step `browser` does, which installs what is needed: Debian's
`chromium` and `chromium-driver`, selenium, and axe-core by `npm ci` in `tests/peers/npm`. What is missing then is an
error, not a skip.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from selenium import webdriver

AXE = Path(__file__).parents[1] / "peers" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
WANTED = "POSDEVKIT_BROWSER"
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)

collect_ignore_glob = [] if os.environ.get(WANTED) else ["test_*.py"]


@dataclass
class Browser:
    """One window."""

    driver: webdriver.Chrome

    def open(self, url: str) -> None:
        self.driver.get(url)

    def run(self, script: str, *arguments: object) -> Any:
        """The result of a script's `return`."""
        return self.driver.execute_script(script, *arguments)

    def click(self, selector: str, number: int = 0) -> None:
        """What a finger does, which needs the element to be seen and not covered."""
        self.driver.find_elements("css selector", selector)[number].click()

    def type(self, selector: str, text: str) -> None:
        element = self.driver.find_element("css selector", selector)
        element.clear()
        element.send_keys(text)

    def text(self, selector: str) -> str:
        """What is to be read there, empty while it is hidden."""
        found = self.driver.find_elements("css selector", selector)
        return "\n".join(element.text for element in found)

    def until(self, ready: Callable[[], object], what: str, seconds: float = 15.0) -> None:
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, f"{what}; the page says:\n{self.text('body')}\n{self.complaints()}"
            time.sleep(0.05)

    def screen(self, width: int, height: int, *, dark: bool = False, language: str = "en-GB") -> None:
        """A screen of that size with touch."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        agent = {"userAgent": self.run("return navigator.userAgent"), "acceptLanguage": language}
        self.driver.execute_cdp_cmd("Emulation.setUserAgentOverride", agent)

    def picture(self, path: Path) -> None:
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        path.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self) -> list[str]:
        """What the console was told since the last look: broken policies, errors, refused requests."""
        log: list[dict[str, str]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]  # selenium's own
        return [entry["message"] for entry in log if entry["level"] in ("SEVERE", "WARNING")]

    def violations(self) -> list[str]:
        """What axe-core finds wrong in the page as it stands, by WCAG 2.2 AA and its best practices."""
        # Through the debugger's door: a page's own policy lets no script of ours in, which is as it should be.
        self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
        expression = "axe.run({resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations))"
        told = self.driver.execute_cdp_cmd(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        found = json.loads(told["result"]["value"])
        return [f"{one['id']}: {one['help']}: {json.dumps([n['target'] for n in one['nodes']])}" for one in found]

    def overflow(self) -> int:
        """How many pixels the page is wider than its screen."""
        return cast(int, self.run("return document.documentElement.scrollWidth - innerWidth"))

    def small_targets(self) -> list[str]:
        """What can be touched and is smaller than 44 by 44 pixels."""
        return cast(
            "list[str]",
            self.run(
                "return [...document.querySelectorAll('button, input, select, summary, a')]"
                ".filter((e) => e.checkVisibility())"
                ".map((e) => [e, e.getBoundingClientRect()]).filter(([, r]) => r.width < 44 || r.height < 44)"
                ".map(([e, r]) => `${e.outerHTML.slice(0, 60)} ${r.width}x${r.height}`)"
            ),
        )


@pytest.fixture(scope="session")
def chromium() -> Iterator[webdriver.Chrome]:
    """One browser for the whole run."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert binary, "no chromium: apt-get install chromium"
    assert driver, "no chromedriver: apt-get install chromium-driver"
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with tempfile.TemporaryDirectory(prefix="posdevkit-chromium-", ignore_cleanup_errors=True) as profile:
        for option in (*OPTIONS, f"--user-data-dir={profile}"):
            options.add_argument(option)
        window = webdriver.Chrome(options=options, service=Service(driver))
        window.set_script_timeout(30)
        try:
            yield window
        finally:
            window.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome) -> Iterator[Browser]:
    """A window without a past."""
    browser = Browser(chromium)
    browser.complaints()
    yield browser
    chromium.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    browser.open("about:blank")
