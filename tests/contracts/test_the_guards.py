"""The guards of the root conftest catch what they are there for, and let honest tests pass."""

from __future__ import annotations

import asyncio
import ctypes
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.prompt import promptly

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).parents[1] / "conftest.py"

CASES = {
    "thread": """
        import threading
        def test_it():
            threading.Thread(target=threading.Event().wait, daemon=True).start()
    """,
    "descriptor": """
        import os
        def test_it():
            os.open(os.devnull, os.O_RDONLY)
    """,
    "task": """
        import asyncio
        async def forgetful():
            globals()["kept"] = asyncio.create_task(asyncio.sleep(60))
            await asyncio.sleep(0)
        def test_it():
            asyncio.run(forgetful())
    """,
    "swallowed connect": """
        import socket
        def test_it():
            with socket.socket() as caller:
                try:
                    caller.connect(("192.0.2.1", 9100))
                except Exception:
                    pass
    """,
    "swallowed lookup": """
        import socket
        def test_it():
            try:
                socket.getaddrinfo("printer.example", 9100)
            except Exception:
                pass
    """,
}


HONEST = """
import asyncio, socket, threading
async def echo():
    async def serve(reader, writer):
        writer.write(await reader.read(10))
        writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writer.write(b"x")
        await writer.drain()
        assert await reader.read(1) == b"x"
        writer.close()
        await writer.wait_closed()
def test_it():
    worker = threading.Thread(target=lambda: None)
    worker.start()
    worker.join()
    asyncio.run(echo())
"""


def test_each_leak_or_stray_fails_its_own_test(pytester: pytest.Pytester) -> None:
    patient = CONFTEST.read_text("utf-8")
    hasty = patient.replace("SETTLE_SECONDS = 10.0", "SETTLE_SECONDS = 0.3")
    assert hasty != patient
    pytester.makeconftest(hasty)
    files = {f"test_{name.replace(' ', '_')}": textwrap.dedent(body) for name, body in CASES.items()}
    pytester.makepyfile(test_honest=HONEST, **files)
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider", "-rE")
    result.assert_outcomes(passed=len(CASES) + 1, errors=len(CASES))
    assert "ERROR test_honest" not in result.stdout.str()


@pytest.mark.asyncio
async def test_what_waits_or_holds_up_its_loop_is_not_prompt() -> None:
    with pytest.raises(AssertionError, match="it took 1"), promptly(0.1):
        await asyncio.sleep(1.0)
    with pytest.raises(AssertionError, match="it took 1"), promptly(0.1):
        time.sleep(1.0)


@pytest.mark.skipif(sys.platform == "win32", reason="its C library has no usleep")
@pytest.mark.parametrize("after", [0.0, 0.02], ids=["at the end", "in between"])
def test_what_a_stalled_machine_withholds_is_not_held_against_the_code(after: float) -> None:
    with promptly(0.5):
        time.sleep(0.01)
        ctypes.PyDLL(None).usleep(700_000)  # keeps Python's lock: no thread of this process runs
        time.sleep(after)
