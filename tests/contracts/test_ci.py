"""The run that judges: what is missing is never called passed, and what is required has to run."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from plan import Context, Result, Step

ROOT = Path(__file__).parents[2]


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The scheduler, imported from where the run has it."""
    monkeypatch.syspath_prepend(ROOT / "tools" / "ci")
    import plan

    return plan


@pytest.fixture
def judge(plan: ModuleType) -> ModuleType:
    """The run's entry."""
    import judge

    return judge


def carry_out(plan: ModuleType, folder: Path, steps: Sequence[Step]) -> dict[str, Result]:
    def context(step: Step) -> Context:
        log = folder / f"{step.name}.log"
        log.touch()
        made: Context = plan.Context(folder, folder, log, plan.plain_environment())
        return made

    results: list[Result] = plan.carry_out(steps, context, lambda result: None)
    return {result.step.name: result for result in results}


def test_states_and_reasons(plan: ModuleType, tmp_path: Path) -> None:
    def fails(context: Context) -> None:
        context.run(sys.executable, "-c", "raise SystemExit(1)")

    def lacks(context: Context) -> None:
        raise plan.PartsMissing("no such program")

    def breaks(context: Context) -> None:
        raise KeyError("a bug of the step")

    def works(context: Context) -> None:
        assert context.run(sys.executable, "-c", "print('hello')").split() == ["hello"]

    step = plan.Step
    results = carry_out(
        plan,
        tmp_path,
        [
            step("fails", "", fails),
            step("lacks", "", lacks),
            step("breaks", "", breaks),
            step("works", "", works),
            step("needs it", "", works, needs=("works",)),
            step("needs more", "", works, needs=("works", "lacks")),
            step("comes later", "", works, after=("fails", "lacks", "never asked for")),
        ],
    )
    assert {name: result.state for name, result in results.items()} == {
        "fails": "failed",
        "lacks": "not run",
        "breaks": "failed",
        "works": "passed",
        "needs it": "passed",
        "needs more": "not run",
        "comes later": "passed",
    }
    assert results["lacks"].note == "no such program"
    assert results["needs more"].note == "needs lacks"
    assert "KeyError" in results["breaks"].note


@pytest.mark.parametrize(
    "case",
    [("passed", True, 0), ("not run", False, 0), ("not run", True, 1), ("failed", False, 1), ("failed", True, 1)],
)
def test_the_exit_status(
    plan: ModuleType, judge: ModuleType, case: tuple[str, bool, int], capsys: pytest.CaptureFixture[str]
) -> None:
    state, required, status = case
    step = plan.Step("one", "", lambda context: None)
    results = [plan.Result(step, state)]
    assert judge._sum_up(results, {"one"} if required else set(), 1.0) == status
    shown = capsys.readouterr().out
    assert state in shown
    assert shown.splitlines()[-1] == "0 passed, 0 failed, 0 skipped"


def test_the_closing_line_repeats_pytests_counts(plan: ModuleType, judge: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("2 failed in names only\n=== 1 failed, 7 passed, 2 skipped, 1 error in 3.21s ===\n", "utf-8")
    results = [plan.Result(plan.Step(name, "", lambda context: None), "failed", log=log) for name in ("tests", "other")]
    assert judge._counts(results) == {"passed": 7, "failed": 2, "skipped": 2}


def test_a_second_run_that_passed_is_counted_with_the_first(
    plan: ModuleType, judge: ModuleType, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.write_text("1 failed, 7 passed, 2 skipped in 3.21s\n1 passed in 0.90s\nunsteady, passed alone: a\n", "utf-8")
    results = [plan.Result(plan.Step("tests", "", lambda context: None), "passed", log=log)]
    assert judge._counts(results) == {"passed": 8, "failed": 0, "skipped": 2}


def test_every_need_is_a_step(judge: ModuleType) -> None:
    names = [step.name for step in judge.STEPS]
    assert len(set(names)) == len(names)
    for place, step in enumerate(judge.STEPS):
        assert set(step.needs) <= set(names[:place]), step.name
        assert set(step.after) <= set(names), step.name


def test_the_readmes_commands_are_found_and_only_they(plan: ModuleType, tmp_path: Path) -> None:
    import readme

    parts = readme.command(ROOT / "README.md", "tests")
    assert parts[0] == "python3 -m venv .venv"
    assert "pytest" in parts[-1]
    assert "demo" in readme.command(ROOT / "README.md", "demo")[-1]
    other = tmp_path / "README.md"
    other.write_text("```sh\nmake test\n```\n", "utf-8")
    with pytest.raises(ValueError, match="0 commands"):
        readme.command(other, "tests")


def test_a_step_that_runs_alone_has_nothing_beside_it(plan: ModuleType, tmp_path: Path) -> None:
    running: set[str] = set()
    beside: dict[str, set[str]] = {}

    def act(name: str) -> Callable[[Context], None]:
        def run(context: Context) -> None:
            running.add(name)
            for _ in range(10):
                beside.setdefault(name, set()).update(running - {name})
                time.sleep(0.005)
            running.discard(name)

        return run

    names = ("a", "b", "alone", "c", "d")
    steps = [plan.Step(name, "", act(name), alone=name == "alone") for name in names]
    assert {result.state for result in carry_out(plan, tmp_path, steps).values()} == {"passed"}
    assert not beside["alone"]
    assert all("alone" not in others for others in beside.values())
    assert any(beside.values()), "the others ran two at a time"


@pytest.fixture
def pythons(plan: ModuleType) -> ModuleType:
    """Where another version of Python is looked for."""
    import pythons

    return pythons


def test_a_python_is_the_one_that_is_named_or_found_on_the_path_or_with_a_version_manager(
    pythons: ModuleType, tmp_path: Path
) -> None:
    kept = [
        tmp_path / part / "bin" / "python3.99"
        for part in (
            ".pyenv/versions/3.99.1",
            ".local/share/uv/python/cpython-3.99.0-linux-x86_64-gnu",
            ".local/share/mise/installs/python/3.99.2",
            ".asdf/installs/python/3.99.3",
        )
    ]
    for file in kept:
        file.parent.mkdir(parents=True)
        file.touch(mode=0o755)
    environment = {"HOME": str(tmp_path), "PATH": str(kept[1].parent)}
    assert list(pythons.candidates("3.99", "THE_PYTHON", environment)) == [kept[1], *kept]
    named = {**environment, "THE_PYTHON": "/somewhere/python"}
    assert list(pythons.candidates("3.99", "THE_PYTHON", named)) == [Path("/somewhere/python")]
    moved = {"PATH": "", "HOME": "/nonexistent", "PYENV_ROOT": str(tmp_path / ".pyenv")}
    assert list(pythons.candidates("3.99", "THE_PYTHON", moved)) == [kept[0]]


@pytest.mark.skipif(sys.platform == "win32", reason="a program is made of a line of shell")
def test_a_python_that_does_not_run_or_is_of_another_version_is_none(pythons: ModuleType, tmp_path: Path) -> None:
    ours = f"{sys.version_info[0]}.{sys.version_info[1]}"
    nothing_behind = tmp_path / "python"
    nothing_behind.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    nothing_behind.chmod(0o755)
    for told, version in ((nothing_behind, ours), (tmp_path / "absent", ours), (Path(sys.executable), "3.99")):
        assert pythons.found(version, "THE_PYTHON", {"THE_PYTHON": str(told)}) is None
    assert pythons.found(ours, "THE_PYTHON", {"THE_PYTHON": sys.executable}) == Path(sys.executable)


@pytest.mark.usefixtures("plan")
def test_what_failed_in_the_virtual_machine_is_told_with_its_reason() -> None:
    import stacks

    said = """..F [100%]
=================================== FAILURES ===================================
_________________________________ test_a_port __________________________________
tests/stacks/vm/test_serial.py:64: in test_a_port
    assert await soon(path.exists)
E   AssertionError: assert False
----------------------------- Captured stdout call -----------------------------
what it was doing
=========================== short test summary info ============================
FAILED tests/stacks/vm/test_serial.py::test_a_port - AssertionError: assert F...
1 failed, 2 passed in 80.01s
"""
    told = stacks.what_failed(said)
    assert [line.strip(" _") for line in told.splitlines()] == [
        "",
        "test_a_port",
        "tests/stacks/vm/test_serial.py:64: in test_a_port",
        "E   AssertionError: assert False",
        "FAILED tests/stacks/vm/test_serial.py::test_a_port - AssertionError: assert F...",
    ]
    assert stacks.what_failed("3 passed in 2 s\n") == ""


HANGS = """
import threading

import pytest


@pytest.fixture
def far_side():
    yield
    threading.Event().wait({after})


def test_a_good_one():
    pass


@pytest.mark.parametrize("port", ["a wide one"])
def test_a_port(far_side, port):
    threading.Event().wait({within})
"""


@pytest.mark.parametrize("hangs", ["within", "after"])
def test_a_test_that_hangs_is_named(plan: ModuleType, tmp_path: Path, hangs: str) -> None:
    import stacks

    (tmp_path / "test_hang.py").write_text(HANGS.format(**{"within": 0, "after": 0, hangs: ""}))
    (tmp_path / "pytest.ini").write_text("[pytest]\nfaulthandler_timeout=1\nfaulthandler_exit_on_timeout=true\n")
    (tmp_path / "log").touch()
    context = plan.Context(tmp_path, tmp_path, tmp_path / "log", plan.plain_environment())
    with pytest.raises(plan.StepFailed) as failed:
        context.run(*stacks._words(sys.executable, names=("test_hang.py",)), "-p", "no:randomly")
    (line,) = stacks.what_failed(failed.value.output).splitlines()[1:]
    assert line == "   it did not come to its end, and was at test_hang.py::test_a_port[a wide one]"


def fake(folder: Path, name: str, does: str) -> None:
    """A program of that name, first on the path."""
    (folder / name).write_text(f"#!/bin/sh\n{does}\n")
    (folder / name).chmod(0o755)


FAILS_ONCE = """
case "$*" in
*tests/stacks/RUNG/test_plug.py::test_it*) echo "1 passed in 1.00s"; exit AGAIN ;;
esac
echo "FAILED tests/stacks/RUNG/test_plug.py::test_it - Disconnected"
echo "1 failed, 3 passed in 1.00s"
exit 1
"""


@pytest.mark.parametrize("steady", [True, False], ids=["passes alone", "fails again"])
def test_each_rung_of_this_machine_gets_a_second_run(
    plan: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steady: bool
) -> None:
    import stacks

    monkeypatch.setattr("services.have", lambda context, table: None)
    monkeypatch.setattr(stacks, "_pyscard", lambda context, python: None)
    programs = tmp_path / "bin"
    programs.mkdir()
    for program, rung, again in (("umockdev-wrapper", "usbfs", 0), ("unshare", "host", int(not steady))):
        fake(programs, program, FAILS_ONCE.replace("RUNG", rung).replace("AGAIN", str(again)))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")

    step = plan.Step("stacks-host", "", lambda context: stacks.host(context, Path(sys.executable)))
    result = carry_out(plan, tmp_path, [step])["stacks-host"]
    assert result.state == ("passed" if steady else "failed"), result.note
    if steady:
        told = [f"unsteady, passed alone: tests/stacks/{rung}/test_plug.py::test_it" for rung in ("usbfs", "host")]
        assert result.note == "; ".join(told)
    else:
        assert result.note.startswith("host: exit status 1 from: unshare")


@pytest.mark.parametrize(
    ("does", "expected"),
    [
        # As a guest, or a hypervisor, that hangs.
        ("(while :; do echo beats >> ../../beats; sleep 0.05; done) & wait", 124),
        ("exit 0", 125),  # it panicked before the command ran
        ("printf 3 > status", 3),
        (": > status", 125),  # switched off while it wrote
    ],
)
def test_the_virtual_machine_ends_whatever_it_does(
    plan: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, expected: int
) -> None:
    import stacks

    programs, beats = tmp_path / "bin", tmp_path / "beats"
    programs.mkdir()
    fake(programs, "qemu-system-x86_64", does)
    beats.touch()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    context = plan.Context(tmp_path, tmp_path, tmp_path / "log", plan.plain_environment())
    (tmp_path / "vm").mkdir()
    start = time.monotonic()
    status, _ = stacks.run(context, tmp_path / "vm", "true", "tcg", seconds=2)
    assert status == expected, context.log.read_text()
    assert time.monotonic() - start < 30
    assert bool(beats.read_text()) is (expected == 124)
    after = beats.read_text()
    time.sleep(0.5)
    assert beats.read_text() == after, "what it had started goes on"


def test_what_is_left_out_as_nobody_is_there_and_asks_for_no_rights(plan: ModuleType) -> None:
    import steps

    asks = re.compile(r"geteuid|getuid|chmod|S_I[RWX]|PermissionError|/dev/(?!null)")
    for name in steps.PURE:
        place = ROOT / "tests" / name
        files = sorted(place.rglob("*.py")) or [place]
        assert all(file.is_file() for file in files), name
        asking = [
            file.name for file in files if file.parent.name != "contracts" and asks.search(file.read_text("utf-8"))
        ]
        assert not asking, name


def test_a_caller_that_keeps_no_bytecode_slows_no_step_down(
    plan: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "told.py").write_text("")
    context = plan.Context(tmp_path, tmp_path, tmp_path / "log", plan.plain_environment())
    context.run(sys.executable, "-c", "import sys; sys.path.insert(0, '.'); import told")
    assert list((tmp_path / "__pycache__").glob("told.*.pyc"))


LINE = "FAILED tests/conformance/test_printers.py::test_receipt_printer[ble-once] - Disconnected: it took no data"


@pytest.mark.parametrize(
    ("printed", "again"),
    [
        (f"{LINE}\n1 failed, 4557 passed, 20 skipped in 645.03s (0:10:45)", True),
        (f"{LINE}\r\n======== 1 failed, 30 passed in 155.80s ========\r\n", True),
        (f"{LINE.replace('FAILED', 'ERROR')}\n{LINE}\n1 failed, 8 passed, 1 error in 6.03s", True),
        ("8270 passed in 739.1s", False),
        (f"{LINE}\n2 failed, 4556 passed in 645.03s", False),
        (f"{LINE}\nThe run was ended from outside", False),
        (LINE.replace("conformance", "kill") + "\n1 failed, 9 passed in 6.03s", False),
        (LINE.replace("conformance", "properties") + "\n1 failed, 9 passed in 6.03s", False),
        ("\n".join(LINE.replace("once", str(n)) for n in range(4)) + "\n4 failed in 6.03s", False),
    ],
    ids=[
        "one",
        "with returns",
        "with an error",
        "none",
        "one is not named",
        "no count",
        "exactly once",
        "computed",
        "too many",
    ],
)
def test_only_a_few_that_speak_in_real_time_get_a_second_run(plan: ModuleType, printed: str, again: bool) -> None:
    import second

    names = second.worth_it(f"....F...\n{printed}\n")
    assert names == (["tests/conformance/test_printers.py::test_receipt_printer[ble-once]"] if again else [])


@pytest.mark.parametrize("steady", [True, False], ids=["passes alone", "fails again"])
def test_a_second_run_decides_and_is_named(plan: ModuleType, tmp_path: Path, steady: bool) -> None:
    import second

    def act(context: Context) -> None:
        def first() -> str:
            why = "E   AssertionError: no ticket"
            say = f"print({why!r}); print({LINE!r}); print('1 failed, 3 passed in 1.00s'); raise SystemExit(1)"
            return context.run(sys.executable, "-c", say)

        second.run(context, first, lambda names: context.run(sys.executable, "-c", f"raise SystemExit({not steady:d})"))

    result = carry_out(plan, tmp_path, [plan.Step("tests", "", act)])["tests"]
    assert result.state == ("passed" if steady else "failed")
    assert ("unsteady, passed alone: tests/conformance/" in result.note) == steady
    assert (tmp_path / "tests.log").read_text("utf-8").count(
        "AssertionError: no ticket\n"
    ) == 1 + steady  # why, once more at the end
