"""The owner's page in a real browser, judged by axe-core: `python tests/server/browser.py [FOLDER FOR PICTURES]`.

Needs Chromium with its driver, selenium, and axe-core in tests/peers/npm. Looks at the log-in and at the page, light
and dark, 360 and 1280 pixels wide. Ends with 0 where axe finds nothing and nothing is wider than the screen.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

AXE = Path(__file__).parents[1] / "peers" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"phone": (360, 800), "desk": (1280, 900)}


def main() -> int:
    """0 where all is well, 2 where a part is missing."""
    programs = [shutil.which("chromium"), shutil.which("chromedriver")]
    if None in programs or not AXE.exists():
        print("needs chromium, chromedriver and `npm ci` in tests/peers/npm")
        return 2
    pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "posdevkit", "cloud", "serve", "--port", "0", "--demo-sales", "40"]
        words += ["--database", f"sqlite:///{folder}/cloud.db"]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            assert server.stdout is not None
            port = next(found[1] for line in server.stderr if (found := re.search(r":(\d+) \(", line)))
            token = server.stdout.readline().strip().partition(": ")[2]
            return look(f"http://127.0.0.1:{port}", token, [str(one) for one in programs], folder, pictures)
        finally:
            server.kill()
            server.communicate()


def look(base: str, token: str, programs: list[str], folder: str, pictures: Path | None) -> int:
    """Open every view, and count what is wrong."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By

    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    for word in ("--headless=new", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={folder}/browser"):
        options.add_argument(word)
    options.add_experimental_option("prefs", {"intl.accept_languages": "da"})
    driver = webdriver.Chrome(options=options, service=Service(programs[1]))
    driver.implicitly_wait(10)
    wrong = 0
    try:
        wrong += views(driver, base, "login", "/", pictures)
        driver.get(base)
        driver.find_element(By.ID, "token").send_keys(token)
        driver.find_element(By.TAG_NAME, "button").click()
        if not driver.find_elements(By.CLASS_NAME, "chart") or token in driver.current_url:
            print("the log-in does not lead to the page")
            wrong += 1
        for days in (1, 7, 30):
            wrong += views(driver, base, f"days{days}", f"/?days={days}", pictures)
        wrong += views(driver, base, "store", "/?days=7&store=havn", pictures)
    finally:
        driver.quit()
    print(f"{wrong} findings")
    return 1 if wrong else 0


def views(driver: Any, base: str, name: str, path: str, pictures: Path | None) -> int:
    """One address in both schemes and sizes."""
    wrong = 0
    for scheme in ("light", "dark"):
        driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        for size, (width, height) in SIZES.items():
            metrics = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": size == "phone"}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            driver.get(base + path)
            if name != "login":
                for fold in driver.find_elements("css selector", "summary"):
                    fold.click()
            found = audit(driver)
            wide = driver.execute_script("return document.documentElement.scrollWidth")
            for one in found:
                print(f"{name} {scheme} {size}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}")
            if wide > width:
                print(f"{name} {scheme} {size}: {wide} pixels wide")
            wrong += len(found) + (wide > width)
            if pictures is not None:
                driver.get(base + path)
                tall = driver.execute_script("return document.documentElement.scrollHeight")
                clip = {"x": 0, "y": 0, "width": width, "height": tall, "scale": 1}
                shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
                (pictures / f"{name}-{scheme}-{size}.png").write_bytes(base64.b64decode(shot["data"]))
    return wrong


def audit(driver: Any) -> list[dict[str, Any]]:
    """What axe-core calls a violation."""
    # Through the debugger's door: the page's own policy lets no script in, which is as it should be.
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
    expression = "axe.run(document).then(found => JSON.stringify(found.violations))"
    told = driver.execute_cdp_cmd(
        "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
    )
    found: list[dict[str, Any]] = json.loads(told["result"]["value"])
    return found


if __name__ == "__main__":
    raise SystemExit(main())
