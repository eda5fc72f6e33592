"""Judge a commit: `.ci/run [--list] [--only=NAME] [--require=NAME] [--worktree] [--keep]`.

Starts from a clean clone of HEAD in a temporary folder, so nothing that lies about in the working tree can help
a step. A step whose parts are missing is listed as `not run` and fails the run when it is required; where
`CI=true` every step is required.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from plan import Context, Result, Step, carry_out, plain_environment, with_needs
from steps import STEPS

REPOSITORY = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when every step that ran passed and every required one ran."""
    names = [step.name for step in STEPS]
    parser = argparse.ArgumentParser(prog=".ci/run", description="Judge a commit in a clean clone.")
    parser.add_argument("--list", action="store_true", help="name the steps and stop")
    parser.add_argument("--only", metavar="NAME", action="append", choices=names, help="this step and what it needs")
    parser.add_argument("--require", metavar="NAME", action="append", default=[], choices=names, help="fail if not run")
    parser.add_argument("--worktree", action="store_true", help="judge the working tree as it lies, not HEAD")
    parser.add_argument("--keep", action="store_true", help="leave the temporary folder")
    options = parser.parse_args(arguments)
    if options.list:
        for step in STEPS:
            print(f"{step.name:<12} {step.about}")
        return 0

    chosen = with_needs(STEPS, options.only or names)
    required = set(options.require)
    if os.environ.get("CI") == "true":
        required |= {step.name for step in chosen}
    root = Path(tempfile.mkdtemp(prefix="posdevkit-ci-"))
    try:
        return _judge(root, chosen, required, options.worktree)
    finally:
        if options.keep:
            print(f"kept: {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)


def _judge(root: Path, chosen: Sequence[Step], required: set[str], worktree: bool) -> int:
    start = time.monotonic()
    root.chmod(0o755)
    for folder in ("home", "logs"):
        (root / folder).mkdir()
    checkout = root / "checkout"
    _check_out(checkout, worktree)
    environment = plain_environment()
    printing = threading.Lock()

    def make_context(step: Step) -> Context:
        log = root / "logs" / f"{step.name}.log"
        log.touch()
        return Context(root, checkout, log, environment)

    def report(result: Result) -> None:
        with printing:
            print(f"-- {result.step.name}: {result.state} in {result.seconds:.1f} s {result.note}".rstrip(), flush=True)
            if result.log is not None and (result.state == "failed" or result.step.loud):
                print(_tail(result.log, 400 if result.state == "failed" else 25), flush=True)

    results = carry_out(chosen, make_context, report)
    return _sum_up(results, required, time.monotonic() - start)


def _check_out(target: Path, worktree: bool) -> None:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout

    if worktree:
        listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
        for name in filter(None, listed):
            source = REPOSITORY / name
            if source.is_file():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target / name)
        subprocess.run(["git", "init", "-q"], cwd=target, check=True)
        subprocess.run(["git", "add", "-A"], cwd=target, check=True)
        print("judging the working tree as it lies")
        return
    git("clone", "-q", "--no-hardlinks", "--depth=1", REPOSITORY.as_uri(), str(target))
    changed = git("status", "--porcelain").splitlines()
    if changed:
        print(f"judging HEAD; {len(changed)} changed files of the working tree are left out")


def _tail(log: Path, lines: int) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])


def _counts(results: Sequence[Result]) -> dict[str, int]:
    """What pytest counted: each test once, and as its second run ended where it had one."""
    found = {"passed": 0, "failed": 0, "skipped": 0}
    for result in results:
        if result.step.name != "tests" or result.log is None:
            continue
        closing = [
            line for line in result.log.read_text("utf-8", "replace").splitlines() if re.search(r" in [\d.]+s", line)
        ]
        for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", closing[0] if closing else ""):
            found["failed" if word == "error" else word] += int(number)
        if result.state == "passed":
            found["passed"], found["failed"] = found["passed"] + found["failed"], 0
    return found


def _sum_up(results: Sequence[Result], required: set[str], seconds: float) -> int:
    print(f"\n{'step':<12} {'state':<8} {'seconds':>8}")
    for result in results:
        print(f"{result.step.name:<12} {result.state:<8} {result.seconds:>8.1f}  {result.note}".rstrip())
    print(f"{'all':<12} {'':<8} {seconds:>8.1f}")
    failed = [result.step.name for result in results if result.state == "failed"]
    absent = [result.step.name for result in results if result.state == "not run" and result.step.name in required]
    if failed:
        print(f"failed: {', '.join(failed)}")
    if absent:
        print(f"required, but not run: {', '.join(absent)}")
    counts = _counts(results)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if failed or absent else 0


if __name__ == "__main__":
    raise SystemExit(main())
