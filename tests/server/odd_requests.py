"""Schemathesis against a running server, as owner, till and app: `python tests/server/odd_requests.py [EXAMPLES]`.

Its own program and not a test, since it takes minutes: the run that judges calls it. The seed is fixed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SEED = "20260314"


def main() -> int:
    """0 where no role found anything."""
    examples = sys.argv[1] if len(sys.argv) > 1 else "25"
    schemathesis = Path(sys.executable).with_name("schemathesis")
    program = str(schemathesis) if schemathesis.exists() else shutil.which("schemathesis")
    if program is None:
        print("schemathesis is not installed")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "posdevkit", "cloud", "serve", "--port", "0", "--demo-sales", "2"]
        words += ["--database", f"sqlite:///{folder}/cloud.db"]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            assert server.stdout is not None
            port = next(found[1] for line in server.stderr if (found := re.search(r":(\d+) \(", line)))
            tokens = dict(line.strip().split(": ") for line in (server.stdout.readline() for _ in range(4)))
            status = 0
            for role in ("owner", "till nord 1", "app"):
                print(f"--- {role}", flush=True)
                status |= ask(program, port, tokens[role], examples, folder)
            return status
        finally:
            server.kill()
            server.communicate()


def ask(program: str, port: str, token: str, examples: str, folder: str) -> int:
    """One role's turn."""
    words = [program, "run", f"http://127.0.0.1:{port}/openapi.json", "--seed", SEED, "-n", examples]
    words += ["-H", f"Authorization: Bearer {token}", "--phases", "examples,coverage,fuzzing", "--no-color"]
    # A stream of events has no end: what it says is in tests/server/test_events.py.
    words += ["--exclude-path", "/v1/events"]
    return subprocess.run(words, check=False, cwd=folder).returncode


if __name__ == "__main__":
    raise SystemExit(main())
