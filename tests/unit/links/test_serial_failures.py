"""A serial port that cannot be used: one error that names the cause and the one thing that mends it."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest

from posdevkit.errors import Claimed, Disconnected, PosError
from posdevkit.links.serial import SerialLink
from posdevkit.links.serial_failures import open_failure
from posdevkit.links.serial_settings import read_settings
from posdevkit.links.url import parse_url
from posdevkit.runtime import Deadline
from posdevkit_emulators.wires.pseudo_terminal import PseudoTerminal

URL = parse_url("serial:///dev/ttyUSB7?baud=14400&parity=even")


REFUSALS: list[Exception] = [ValueError("Invalid baud rate: 14400")]
"""pyserial's word, and the kernel's."""
if sys.platform != "win32":
    import termios

    REFUSALS.append(termios.error(errno.EINVAL, "Invalid argument"))


def failure(problem: Exception) -> PosError:
    return open_failure(URL, read_settings(URL), problem, group="uucp")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_no_permission_names_the_group_of_that_very_port(number: int) -> None:
    problem = failure(PermissionError(number, "Permission denied"))
    assert isinstance(problem, Disconnected)
    assert "not permitted" in str(problem)
    assert "usermod -aG uucp" in problem.remedy()


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EBUSY])
def test_a_busy_port_names_the_command_that_tells_who_holds_it(number: int) -> None:
    problem = failure(BlockingIOError(number, "Resource busy"))
    assert isinstance(problem, Claimed)
    assert "fuser -v /dev/ttyUSB7" in problem.remedy()


@pytest.mark.parametrize(
    "refusal",
    REFUSALS,
    ids=[type(one).__module__ for one in REFUSALS],
)
def test_settings_that_the_port_cannot_do_are_named(refusal: Exception) -> None:
    problem = failure(refusal)
    assert "the port refuses 14400 8E1" in str(problem)
    assert "baud=" in problem.remedy()


async def opened(path: Path | str) -> PosError:
    link = SerialLink(parse_url(f"serial://{path}"))
    with pytest.raises(PosError) as caught:
        await link.open(Deadline.after(20))
    return caught.value


@pytest.mark.asyncio
async def test_no_such_port(tmp_path: Path) -> None:
    problem = await opened(tmp_path / "ttyUSB0")
    assert "there is no such port" in str(problem)
    assert "posdevkit discover" in problem.remedy()
    assert "driver" in problem.remedy()


@pytest.mark.asyncio
async def test_what_is_no_serial_port(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dialout")
    for path in (tmp_path / "notes.txt", tmp_path):
        problem = await opened(path)
        assert "this is no serial port" in str(problem)
        assert "posdevkit discover" in problem.remedy()


@pytest.mark.asyncio
async def test_a_port_that_another_handle_holds(tmp_path: Path) -> None:
    terminal, port = PseudoTerminal(), tmp_path / "ttyUSB0"
    terminal.call(port)
    holder = SerialLink(parse_url(f"serial://{port}"))
    try:
        await holder.open(Deadline.after(20))
        problem = await opened(port)
        assert isinstance(problem, Claimed)
        assert f"fuser -v {port}" in problem.remedy()
    finally:
        holder.abort()
        terminal.close()
