"""Steps as values, and the scheduler that runs them: at most two at a time, each after what it needs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

WORKERS = 2
COMMAND_SECONDS = 1800
"""No command takes longer than that, on a machine three times slower than ours: it hangs."""
_LAST_WORDS_SECONDS = 5


class StepFailed(Exception):
    """A step's own word that it failed."""

    def __init__(self, why: str, output: str = "") -> None:
        super().__init__(why)
        self.output = output
        """What the command printed that failed, if it was one."""


class PartsMissing(Exception):
    """The machine or the tree lacks what the step needs; its text says what."""


def root_on_linux() -> bool:
    """Whether this process may install packages and become another user."""
    return sys.platform == "linux" and os.geteuid() == 0


@dataclass
class Context:
    """Where one run happens, and what a step uses to run commands and to write its log."""

    root: Path
    """Folder of this run, readable by everybody."""
    checkout: Path
    """The clean checkout under test."""
    log: Path
    """What the step's commands print goes here."""
    environment: dict[str, str] = field(default_factory=dict)
    note: str = ""
    """What the summary says of the step although it passed."""

    def run(
        self,
        *command: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        status: int = 0,
        seconds: float = COMMAND_SECONDS,
    ) -> str:
        """Run a command with its output in the log; return the output.

        Raises:
            StepFailed: it ended with another exit status than `status`, or did not end within `seconds`; then it and
                all that it started are killed, after it could say where it stands (Python's fault handler does).
        """
        words = [str(word) for word in command]
        with self.log.open("ab") as log:
            log.write(f"$ {' '.join(words)}\n".encode())
        start = self.log.stat().st_size
        with self.log.open("ab") as log:
            running = subprocess.Popen(
                words,
                cwd=cwd or self.checkout,
                env={**self.environment, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=os.name == "posix",
            )
            ended = ended_within(running, seconds)
        with self.log.open("rb") as log:
            log.seek(start)
            output = log.read().decode("utf-8", "replace")
        if not ended:
            raise StepFailed(f"not done within {seconds:g} s: {' '.join(words).splitlines()[0]}")
        if running.returncode != status:
            raise StepFailed(f"exit status {running.returncode} from: {' '.join(words).splitlines()[0]}", output)
        return output

    def say(self, text: str) -> None:
        """Write one line into the log."""
        with self.log.open("a", encoding="utf-8") as log:
            log.write(text + "\n")


def ended_within(running: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for a command that leads a session of its own; False if it, with all that it started, had to be killed."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.wait(seconds)
        return True
    if sys.platform != "win32":
        for number, patience in ((signal.SIGABRT, _LAST_WORDS_SECONDS), (signal.SIGKILL, None)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(patience)
    running.kill()
    running.wait()
    return False


@dataclass(frozen=True)
class Step:
    """One named step."""

    name: str
    about: str
    act: Callable[[Context], None]
    needs: tuple[str, ...] = ()
    """Steps that must have passed."""
    after: tuple[str, ...] = ()
    """Steps that must have ended, where they are part of the run, however they ended."""
    loud: bool = False
    """Its log is shown also when it passes."""
    alone: bool = False
    """Nothing else runs beside it: it takes the whole machine, or is judged by its speed."""


@dataclass
class Result:
    """How one step ended."""

    step: Step
    state: str
    """passed, failed, `not run`."""
    seconds: float = 0.0
    note: str = ""
    log: Path | None = None


def with_needs(steps: Sequence[Step], names: Sequence[str]) -> list[Step]:
    """The named steps and all that they need, in the order of `steps`."""
    by_name = {step.name: step for step in steps}
    wanted: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in wanted:
            wanted.add(name)
            queue += by_name[name].needs
    return [step for step in steps if step.name in wanted]


def carry_out(
    steps: Sequence[Step], make_context: Callable[[Step], Context], report: Callable[[Result], None]
) -> list[Result]:
    """Run all steps; a step whose need did not pass is `not run`, with the reason."""
    results: dict[str, Result] = {}
    waiting = list(steps)
    running: list[Step] = []
    changed = threading.Condition()

    def settle(result: Result) -> None:
        results[result.step.name] = result
        report(result)
        changed.notify_all()

    def next_step() -> Step | None:
        if any(step.alone for step in running):
            return None
        for step in list(waiting):
            if step.alone and running:
                continue
            if any(other.name in step.after for other in steps if other.name not in results):
                continue
            ended = [results[need] for need in step.needs if need in results]
            lost = [result.step.name for result in ended if result.state != "passed"]
            if lost:
                waiting.remove(step)
                settle(Result(step, "not run", note=f"needs {', '.join(lost)}"))
            elif len(ended) == len(step.needs):
                waiting.remove(step)
                return step
        return None

    def work() -> None:
        while True:
            with changed:
                while (step := next_step()) is None:
                    if not waiting:
                        return
                    changed.wait()
                running.append(step)
            result = _one(step, make_context(step))
            with changed:
                running.remove(step)
                settle(result)

    workers = [threading.Thread(target=work, name=f"worker-{n}") for n in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [results[step.name] for step in steps]


def _one(step: Step, context: Context) -> Result:
    start = time.monotonic()
    state, note = "passed", ""
    try:
        step.act(context)
        note = context.note
    except PartsMissing as missing:
        state, note = "not run", str(missing)
    except (StepFailed, OSError, ValueError) as failed:
        state, note = "failed", str(failed)
    except Exception as bug:  # noqa: BLE001 - a broken step must not stop the others
        state, note = "failed", f"{type(bug).__name__}: {bug}"
    return Result(step, state, time.monotonic() - start, note, context.log)


def plain_environment() -> dict[str, str]:
    """The caller's environment without what would point into the caller's own Python.

    HOME stays, since pip and npm may be set up there; steps that run our own code get a fresh one. Where the caller's
    Python keeps no bytecode, ours does all the same: hundreds of processes would each compile the same sources.
    """
    dropped = (
        "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTEST_ADDOPTS", "POSDEVKIT_TRACE", "MYPYPATH",
        "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX",
    )  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
