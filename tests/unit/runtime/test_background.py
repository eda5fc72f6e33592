"""The background loop: from threads, under Ctrl-C, across a fork, and at the end."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType

import pytest

from posdevkit.errors import WrongThread
from posdevkit.runtime import background
from posdevkit.runtime.deadline import Deadline, within

TIMEOUT = 20.0
PATIENCE = (0.01, 0.1, 1.0, 10.0)
"""Seconds of a call that is made again, and longer, where on a busy machine it was over before the loop began it."""
LOOP_THREAD = "posdevkit-loop"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and fork are POSIX here")


@pytest.fixture(autouse=True)
def stopped() -> object:
    yield
    background.stop()


def loop_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == LOOP_THREAD]


async def where() -> str:
    return threading.current_thread().name


def test_it_starts_at_first_use_runs_in_its_own_thread_and_stops() -> None:
    background.stop()
    assert not background.is_running()
    assert background.run(where) == LOOP_THREAD
    assert background.is_running()
    assert background.run(where) == LOOP_THREAD
    (thread,) = loop_threads()
    assert thread.daemon
    background.stop()
    assert not background.is_running()
    assert not thread.is_alive()
    assert background.run(where) == LOOP_THREAD


def test_results_and_errors_come_back() -> None:
    async def fail() -> None:
        raise KeyError("x")

    def refuse() -> Coroutine[object, object, None]:
        raise KeyError("y")

    assert background.run(lambda: asyncio.sleep(0, 7)) == 7
    with pytest.raises(KeyError, match="y"):
        background.run(refuse)
    with pytest.raises(KeyError, match="x"):
        background.run(fail)


def test_many_threads_share_one_loop() -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: background.run(lambda: asyncio.sleep(0.001, number)), range(200)))
    assert answers == list(range(200))
    assert len(loop_threads()) == 1


def test_context_variables_are_seen() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="none")

    async def read() -> str:
        return variable.get()

    variable.set("mine")
    assert background.run(read) == "mine"


def test_it_refuses_to_wait_for_itself() -> None:
    async def nested() -> None:
        background.run(where)

    async def ending() -> None:
        background.stop()

    with pytest.raises(WrongThread):
        background.run(nested)
    with pytest.raises(WrongThread):
        background.run(ending)
    assert background.run(where) == LOOP_THREAD


def test_a_timeout_cancels_and_waits_for_the_cleaning_up() -> None:
    trail: list[str] = []

    async def work() -> None:
        trail.append("begun")
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            trail.append("cleaned up")

    for seconds in PATIENCE:
        with pytest.raises(TimeoutError):
            background.run(work, timeout=seconds)
        if trail:
            break
    assert trail == ["begun", "cleaned up"]


def test_a_result_that_comes_with_the_cancellation_is_kept() -> None:
    begun: list[bool] = []
    results: list[str] = []

    async def work() -> str:
        begun.append(True)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "printed after all"
        return "never"

    for seconds in PATIENCE:
        with suppress(TimeoutError):
            results.append(background.run(work, timeout=seconds))
        if begun:
            break
    assert results == ["printed after all"]


def test_stopping_cancels_what_is_under_way_and_its_caller_hears_of_it() -> None:
    started, trail = threading.Event(), []

    async def work() -> None:
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            trail.append("cleaned up")

    def caller() -> None:
        try:
            background.run(work)
        except asyncio.CancelledError:
            trail.append("told")

    thread = threading.Thread(target=caller)
    thread.start()
    assert started.wait(TIMEOUT)
    background.stop()
    thread.join(TIMEOUT)
    assert trail == ["cleaned up", "told"]


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="counts context switches in Linux's /proc")
def test_the_thread_sleeps_while_nothing_happens() -> None:
    background.run(where)
    (thread,) = loop_threads()

    def switches() -> int:
        with open(f"/proc/self/task/{thread.native_id}/status") as status:
            return sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)

    woken = []
    for _ in range(5):  # on a busy machine it may still be on its way to sleep; one that wakes by itself always does
        before = switches()
        time.sleep(1.0)
        woken.append(switches() - before)
        if woken[-1] <= 1:
            return
    raise AssertionError(f"it was woken, in a second each: {woken}")


async def ends_too_late() -> None:
    await within(Deadline.after(0.001), asyncio.Event().wait())


@pytest.mark.parametrize("work", [where, ends_too_late])
def test_ctrl_c_meets_no_weak_reference_where_it_would_be_thrown_away(work: Callable[[], Awaitable[object]]) -> None:
    """Python throws away what a signal raises inside the callback of a weak reference, as the set of all tasks has one
    for each: none may run on the thread that waits, and lets go of the call's task at the end."""
    background.run(where)
    called: list[str] = []

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            called.append(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}")

    gc.collect()  # what earlier tests left
    sys.setprofile(note)
    try:
        with suppress(TimeoutError):
            background.run(work)
        gc.collect()  # the error of a call holds frames, and in them the task
    finally:
        sys.setprofile(None)
    assert "background.run" in called
    assert "_weakrefset._remove" not in called


def run_script(script: str, *, interrupt_after: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program; with `interrupt_after`, press Ctrl-C once it has printed that line."""
    with subprocess.Popen(
        [sys.executable, "-X", "dev", "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = ""
        if interrupt_after is not None:
            first = process.stdout.readline()
            assert first.strip() == interrupt_after
            process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=TIMEOUT)
        finally:
            process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, first + out, err)


@posix_only
def test_ctrl_c_cancels_waits_for_the_cleaning_up_and_is_raised() -> None:
    done = run_script(
        """
        import asyncio, threading
        from posdevkit.runtime import background

        async def work():
            print("waiting", flush=True)
            try:
                await asyncio.sleep(60)
            finally:
                await asyncio.sleep(0.05)
                print("cleaned up", flush=True)

        try:
            background.run(work)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        print("still usable", background.run(lambda: asyncio.sleep(0, 42)), flush=True)
        """,
        interrupt_after="waiting",
    )
    assert done.stdout.split("\n")[1:] == ["cleaned up", "interrupted", "still usable 42", ""], done.stderr
    assert done.returncode == 0
    assert done.stderr == ""


@posix_only
def test_ctrl_c_does_not_wait_for_work_that_will_not_end() -> None:
    begin = time.monotonic()
    done = run_script(
        """
        import asyncio
        from posdevkit.runtime import background

        async def work():
            print("waiting", flush=True)
            while True:
                try:
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    pass

        try:
            background.run(work)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        import os
        os._exit(0)
        """,
        interrupt_after="waiting",
    )
    assert "interrupted" in done.stdout
    assert time.monotonic() - begin < TIMEOUT


@posix_only
def test_ctrl_c_reaches_a_thread_that_waits_for_events() -> None:
    done = run_script(
        """
        from posdevkit.runtime import Broadcaster

        subscription = Broadcaster().subscribe()
        try:
            print("waiting", flush=True)
            for event in subscription:
                pass
        except KeyboardInterrupt:
            print("interrupted", flush=True)
        """,
        interrupt_after="waiting",
    )
    assert done.stdout == "waiting\ninterrupted\n", done.stderr


@posix_only
def test_ctrl_c_at_any_moment_of_a_call_leaves_no_lock_taken_and_no_loop_behind() -> None:
    done = run_script(
        """
        import asyncio, random, signal, threading
        from posdevkit.runtime.background import run

        def strike(number, frame):
            raise KeyboardInterrupt

        async def work():
            await asyncio.sleep(random.random() * 0.0004)

        random.seed(5)
        run(work)
        signal.signal(signal.SIGALRM, strike)
        struck = 0
        for _ in range(1000):
            try:
                signal.setitimer(signal.ITIMER_REAL, random.random() * 0.0006 + 1e-6)
                run(work)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                struck += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        run(work)
        print(struck > 100, [thread.name for thread in threading.enumerate()])
        """
    )
    assert (done.returncode, done.stdout) == (0, "True ['MainThread', 'posdevkit-loop']\n")


@posix_only
def test_a_forked_child_gets_a_loop_of_its_own_and_the_parent_keeps_its() -> None:
    done = run_script(
        """
        import asyncio, os, signal, sys, threading
        from posdevkit.runtime import background, Broadcaster

        async def who():
            return os.getpid(), threading.current_thread().name

        pending = []
        async def start_something():
            pending.append(asyncio.create_task(asyncio.sleep(60)))

        background.run(start_something)
        events = Broadcaster()
        end = events.subscribe().on(print)
        parent = background.run(who)
        # As if another thread were just starting a loop: nobody in the child would ever let go of its lock.
        background._lock.acquire()
        child = os.fork()
        if child == 0:
            signal.alarm(10)
            assert not background.is_running()
            pid, name = background.run(who, timeout=5)
            assert (pid, name) == (os.getpid(), "posdevkit-loop")
            heard = threading.Event()
            events.subscribe().on(lambda event: heard.set())
            events.publish("hello")
            assert heard.wait(5)
            end()
            background.stop()
            print("child", flush=True)
            sys.exit(0)
        background._lock.release()
        _, status = os.waitpid(child, 0)
        assert status == 0, status
        assert background.run(who, timeout=5) == parent
        end()
        print("parent", flush=True)
        """
    )
    assert done.stdout == "child\nparent\n", done.stderr
    assert done.returncode == 0
    assert done.stderr == ""


def test_the_end_of_the_program_stops_it_without_a_word() -> None:
    done = run_script(
        """
        import asyncio
        from posdevkit.runtime import background

        kept = []
        async def work():
            try:
                await asyncio.sleep(60)
            finally:
                print("cleaned up", flush=True)

        async def start():
            kept.append(asyncio.create_task(work()))
            await asyncio.sleep(0)

        background.run(start)
        print("end", flush=True)
        """
    )
    assert done.stdout == "end\ncleaned up\n"
    assert done.stderr == ""
    assert done.returncode == 0
