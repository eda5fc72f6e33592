"""The steps of a run, as a table at the end; each function is one step."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import zipfile
from pathlib import Path

import pythons
import second
import services
import stacks
import unprivileged
from plan import Context, PartsMissing, Step, StepFailed, root_on_linux
from readme import command, shell_lines
from requirements import of_group

# Command -> the Debian package that brings it. Nothing else outside pip and npm is needed.
DEBIAN = {
    "objdump": "binutils",
    "zsh": "zsh",
    "fish": "fish",
    "ip": "iproute2",
    "unshare": "util-linux",
    "setpriv": "util-linux",
}
TEST_VENV = ".venv"
PURE = (
    "chaos",
    "contracts",
    "fuzz",
    "golden",
    "kill",
    "oracles",
    "properties",
    "server",
    "simulation",
    "soak",
    *(f"unit/{room}" for room in ("cards", "codes", "contract", "documents", "imaging")),
    "unit/cli/test_commands.py",
    *(f"unit/{room}" for room in ("layout", "money", "paper", "probing", "profiles", "protocols", "runtime", "scan")),
)
"""Tests that do not ask who runs them: run once, as whoever runs all. They compute, or kill and interrupt
processes that they started and cut cables that they made; that every cable, file, device and command works for a user
without rights is shown by the folders that stay (conformance, examples, the other rooms of unit). The server's have a
second run on PostgreSQL, and the examples start it as a user without rights."""
EMUPOS = "emupos==0.4.0"
"""Apache-2.0; never a dependency: it is installed beside, on a Python that it can run on."""
EMUPOS_NEEDS = "3.13"
EMUPOS_PYTHON = "EMUPOS_PYTHON"
"""The variable that names such a Python, where none is found."""
UNCOMPILED = "--no-compile"
"""To pip, for what is installed and used once: most of it is never imported."""
EXECUTABLES = "Scripts" if os.name == "nt" else "bin"


def debian(context: Context) -> None:
    """Install the Debian packages whose commands are missing."""
    wanted = sorted({package for name, package in DEBIAN.items() if shutil.which(name) is None})
    if not wanted:
        context.say("nothing to install")
        return
    if shutil.which("apt-get") is None or not root_on_linux():
        raise PartsMissing(f"{', '.join(wanted)}: no apt-get, or not root")
    context.run("apt-get", "update", "-q")
    context.run("apt-get", "install", "-q", "-y", "--no-install-recommends", *wanted)


def setup(context: Context) -> None:
    """The README's set-up of its test command, word by word (all parts but the last), and all tests compiled."""
    *parts, tests = command(context.checkout / "README.md", "tests")
    for part in parts:
        context.run("bash", "-c", part)
    # Once, so that not each of eight workers rewrites and compiles all tests: that takes longer than many of them.
    python = context.checkout / tests.split()[0]
    words = ("-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider")
    context.run(python, *words, env={"HOME": str(context.root / "home")})


def tests(context: Context) -> None:
    """The last part of the README's test command."""
    words = command(context.checkout / "README.md", "tests")[-1]
    home = {"HOME": str(context.root / "home")}
    python = context.checkout / words.split()[0]
    second.run(
        context,
        lambda: context.run("bash", "-c", words, env=home),
        lambda names: context.run(python, "-m", "pytest", "-q", *names, env=home),
    )


def tests_nobody(context: Context) -> None:
    """What is not pure, in another random order, as a user without rights, in a network that is the loopback alone."""
    unprivileged.check()
    copy = context.root / "nobody"
    shutil.copytree(context.checkout, copy / "checkout", ignore=shutil.ignore_patterns(".venv", ".git"))
    for folder in ("home", "tmp"):
        (copy / folder).mkdir()
    words = command(context.checkout / "README.md", "tests")[-1].split()
    python = context.checkout / words[0]
    left_out = [f"--ignore=tests/{folder}" for folder in PURE]
    no_cache = ("-p", "no:cacheprovider")
    output = second.run(
        context,
        lambda: unprivileged.run(context, copy, python, [*words[1:], *no_cache, *left_out]),
        lambda names: unprivileged.run(context, copy, python, ["-m", "pytest", "-q", *no_cache, *names]),
    )
    if " passed" not in output:
        raise StepFailed("no test ran")


def tests_postgresql(context: Context) -> None:
    """The server's tests in the environment of the README, on a PostgreSQL that is started for them."""
    services.tests_postgresql(context, context.checkout / TEST_VENV / EXECUTABLES / "python")


def schemathesis(context: Context) -> None:
    """Odd requests to the server, in the environment of the tools."""
    services.odd_requests(context, tool(context, "python"))


def tools(context: Context) -> None:
    """A virtual environment with everything that judges: both distributions, tests' needs, lint, types, docs."""
    needs = of_group(context.checkout, "test", "lint", "docs", "judges")
    venv(
        context, "tools", "-e", f"{context.checkout}[usb,hid,serial,ble]", "-e", context.checkout / "emulators", *needs
    )


def lint(context: Context) -> None:
    context.run(tool(context, "ruff"), "check", "--no-cache", ".")
    context.run(tool(context, "ruff"), "format", "--no-cache", "--check", ".")


def types(context: Context) -> None:
    """As each of the three systems would read it; what it would keep for another run nobody reads."""
    for system in ("linux", "win32", "darwin"):
        context.run(tool(context, "mypy"), "--platform", system, "--cache-dir", os.devnull)


def layers(context: Context) -> None:
    context.run(tool(context, "lint-imports"), "--no-cache")


def generated(context: Context) -> None:
    """Every generator, told to compare instead of write."""
    generators = [
        *sorted(context.checkout.glob("tools/generate_*.py")),
        context.checkout / "tools" / "licence_report.py",
    ]
    stale = []
    for generator in generators:
        try:
            context.run(tool(context, "python"), generator, "--check")
        except StepFailed:
            stale.append(generator.name)
    if stale:
        raise StepFailed(f"stale, or broken: {', '.join(stale)}")


def docs(context: Context) -> None:
    context.run(tool(context, "sphinx-build"), "-W", "--keep-going", "-q", "-b", "html", "docs", context.root / "html")


def wheels(context: Context) -> None:
    """Build both wheels; install the bare one; then both, outside the checkout."""
    wheel_folder = context.root / "wheels"
    python = venv(context, "wheel")
    context.run(python, "-m", "pip", "wheel", "-q", "--no-deps", "-w", wheel_folder, context.checkout, "./emulators")
    bare, emulators = (_one_wheel(wheel_folder, name) for name in ("posdevkit", "posdevkit_emulators"))
    for wheel in (bare, emulators):
        names = zipfile.ZipFile(wheel).namelist()
        for part in ("py.typed", "licenses/LICENSE", "licenses/NOTICE"):
            if not any(name.endswith(part) for name in names):
                raise StepFailed(f"{wheel.name} has no {part}")
    outside = context.root / "outside"
    outside.mkdir()
    context.run(python, "-m", "pip", "install", "-q", UNCOMPILED, bare)
    listed = json.loads(context.run(python, "-m", "pip", "list", "--format=json"))
    if extra := {entry["name"] for entry in listed} - {"pip", "setuptools", "posdevkit"}:
        raise StepFailed(f"the bare wheel brought {sorted(extra)}")
    context.run(python, context.checkout / "tools" / "ci" / "smoke.py", cwd=outside)
    context.run(python, "-m", "pip", "install", "-q", UNCOMPILED, f"{bare}[all]", f"{emulators}[all]")
    context.run(python.with_name("posdevkit"), "demo", "--out", outside / "demo", cwd=outside)
    _look_at_demo(outside / "demo")


def extras(context: Context) -> None:
    """`.[all]` on a path that holds Python and nothing else: no compiler, no headers' tools."""
    python = venv(context, "extras")
    poor = {"PATH": str(python.parent), "CC": "/bin/false", "CXX": "/bin/false"}
    context.run(
        python, "-m", "pip", "install", "-q", UNCOMPILED, "--only-binary=:all:", f"{context.checkout}[all]", env=poor
    )
    context.run(
        python,
        "-c",
        "import usb, hid, serial, bleak, PIL, qrcode, pypdfium2, zxingcpp, starlette, uvicorn, posdevkit",
        cwd=context.root,
        env=poor,
    )


def frozen(context: Context) -> None:
    """The command line as one folder that needs no Python, run from outside."""
    needs = of_group(context.checkout, "freeze")
    python = venv(
        context, "frozen", UNCOMPILED, f"{context.checkout}[all]", f"{context.checkout / 'emulators'}[all]", *needs
    )
    work = context.root / "freezing"
    (shown,) = (
        line for line in shell_lines(context.checkout / "docs/how-to/freeze.md") if line.startswith("pyinstaller")
    )
    options = shlex.split(shown)[1:-1]
    places = ("--distpath", work / "dist", "--workpath", work / "build", "--specpath", work, "--log-level=WARN")
    entry = context.checkout / "tools" / "ci" / "frozen_entry.py"
    context.run(python, "-m", "PyInstaller", *options, *places, entry, cwd=context.root)
    program = work / "dist" / "posdevkit" / "posdevkit"
    nowhere = {"PATH": "/nonexistent", "HOME": str(context.root / "home")}
    if "0." not in context.run(program, "--version", cwd=work, env=nowhere):
        raise StepFailed("the frozen program does not say its version")
    context.run(program, "demo", "--out", work / "demo", cwd=work, env=nowhere)
    _look_at_demo(work / "demo")


def demo(context: Context) -> None:
    """The README's other command, in a checkout of its own, word by word."""
    copy = context.root / "demo-checkout"
    shutil.copytree(context.checkout, copy, ignore=shutil.ignore_patterns(".venv"))
    for part in command(copy / "README.md", "demo"):
        context.run("bash", "-c", part, cwd=copy)
    _look_at_demo(copy / "demo-out")


def benchmarks(context: Context) -> None:
    """Each benchmark once, so that none rots; nothing is judged on a shared machine."""
    emulator = context.root / "venv-emupos" / EXECUTABLES / "emupos"
    beside = {"POSDEVKIT_EMUPOS": str(emulator)} if emulator.exists() else {}
    context.run(tool(context, "python"), "tests/benchmarks/run.py", "--once", env=beside)


def peers(context: Context) -> None:
    """Other people's encoders from the npm registry, for benchmarks and peer tests."""
    folder = context.checkout / "tests" / "peers" / "npm"
    if shutil.which("npm") is None:
        raise PartsMissing("no npm")
    if not (folder / "package-lock.json").exists():
        raise PartsMissing("no tests/peers/npm/package-lock.json")
    context.run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)


def escpos_examples(context: Context) -> None:
    """python-escpos's own examples, from its source distribution, on our printers."""
    python, folder = tool(context, "python"), context.root / "escpos"
    words = ("-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", folder, "python-escpos==3.1")
    context.run(python, *words)
    (archive,) = folder.glob("python*escpos-3.1.tar.gz")
    shutil.unpack_archive(archive, folder, filter="data")
    (examples,) = folder.glob("*/examples")
    output = context.run(
        python, "-m", "pytest", "-q", "tests/peers/test_escpos_examples.py",
        env={"POSDEVKIT_ESCPOS_EXAMPLES": str(examples), "HOME": str(context.root / "home")},
    )  # fmt: skip
    if "4 passed" not in output:
        raise StepFailed("not every example was run")


def npm_prints(context: Context) -> None:
    """What the encoders from npm print into the emulated printer."""
    modules = context.checkout / "tests" / "peers" / "npm" / "node_modules"
    output = context.run(
        tool(context, "python"), "-m", "pytest", "-q", "tests/peers/test_npm_encoders.py",
        env={"POSDEVKIT_NPM": str(modules), "HOME": str(context.root / "home")},
    )  # fmt: skip
    if "8 passed" not in output:
        raise StepFailed("not every encoder printed")


def emupos(context: Context) -> None:
    """What our driver prints into another project's emulator, which runs on a Python of its own."""
    found = pythons.found(EMUPOS_NEEDS, EMUPOS_PYTHON)
    if found is None:
        raise PartsMissing(f"no Python {EMUPOS_NEEDS}: neither on the path, nor of a version manager; {EMUPOS_PYTHON}=")
    python = venv(context, "emupos", EMUPOS, python=found)
    output = context.run(
        tool(context, "python"), "-m", "pytest", "-q", "tests/peers/test_emupos.py",
        env={"POSDEVKIT_EMUPOS": str(python.with_name("emupos")), "HOME": str(context.root / "home")},
    )  # fmt: skip
    if "7 passed" not in output:
        raise StepFailed("not every job was printed")


def browser(context: Context) -> None:
    """Our pages in a browser."""
    services.browser(context, tool(context, "python"))


def stacks_host(context: Context) -> None:
    """The links on libusb, the tty layer and the card service of this machine."""
    stacks.host(context, tool(context, "python"))


def stacks_vm(context: Context) -> None:
    """The links on a stock Linux kernel in a virtual machine."""
    stacks.machine(context, tool(context, "python"))


def venv(context: Context, name: str, *needs: str | Path, python: str | Path = sys.executable) -> Path:
    """A fresh virtual environment with `needs` in it, made by `python`; return its Python."""
    folder = context.root / f"venv-{name}"
    context.run(python, "-m", "venv", folder)
    python = folder / EXECUTABLES / "python"
    if needs:
        context.run(python, "-m", "pip", "install", "-q", *needs)
    return python


def tool(context: Context, name: str) -> Path:
    """A program of the environment that the step `tools` made."""
    return context.root / "venv-tools" / EXECUTABLES / name


def _one_wheel(folder: Path, name: str) -> Path:
    found = list(folder.glob(f"{name}-*.whl"))
    if len(found) != 1:
        raise StepFailed(f"{len(found)} wheels of {name}")
    return found[0]


def _look_at_demo(folder: Path) -> None:
    """The demo left pictures and text of every printer's tickets, and its pages."""
    for name in ("counter", "bar", "terrace"):
        for ending in ("png", "txt"):
            found = [path for path in (folder / name).glob(f"*.{ending}") if path.stat().st_size > 0]
            if len(found) < 4:
                raise StepFailed(f"the demo left {len(found)} files {name}/*.{ending}")
    for page in ("index.html", "report/index.html", "labels/0001.png"):
        if not (folder / page).is_file():
            raise StepFailed(f"the demo left no {page}")


STEPS = (
    Step("debian", "the few Debian packages that may be missing", debian),
    Step("setup", "the README's set-up, in the clean checkout", setup, needs=("debian",)),
    Step("tests", "the README's tests, random order, loopback only", tests, needs=("setup",), loud=True),
    Step("tools", "one environment for lint, types, docs", tools),
    Step(
        "tests-nobody",
        "the tests as a user who is not root, without a network",
        tests_nobody,
        needs=("setup",),
        loud=True,
    ),
    Step(
        "tests-postgresql",
        "the server's tests on a PostgreSQL of their own",
        tests_postgresql,
        needs=("setup",),
        loud=True,
    ),
    Step("types", "mypy, strict, for Linux, Windows and macOS", types, needs=("tools",)),
    Step("lint", "ruff: rules and format", lint, needs=("tools",)),
    Step("layers", "import-linter: the floors, exhaustive", layers, needs=("tools",)),
    Step("generated", "every generated file is current", generated, needs=("tools",)),
    Step("docs", "Sphinx, warnings are errors", docs, needs=("tools",)),
    Step("wheels", "both wheels, smoke-tested outside the checkout", wheels),
    Step("demo", "the README's demo command", demo),
    Step("extras", ".[all] with no compiler on the path", extras),
    Step("frozen", "the command line frozen with PyInstaller", frozen, needs=("debian",)),
    Step("peers", "other people's encoders, from npm", peers),
    Step("npm-prints", "what they print on our paper", npm_prints, needs=("tools", "peers")),
    Step("escpos-examples", "python-escpos's examples on our printers", escpos_examples, needs=("tools",)),
    Step("emupos", "our driver into emupos, through its faults", emupos, needs=("tools",)),
    Step("schemathesis", "odd requests to the server, a fixed seed", schemathesis, needs=("tools",)),
    Step("browser", "our pages in Chromium, judged by axe-core", browser, needs=("tools", "peers"), loud=True),
    Step("stacks-host", "real libusb, ttys, pcscd and CUPS", stacks_host, needs=("tools",), loud=True),
    Step(
        "stacks-vm",
        "a stock kernel in a virtual machine",
        stacks_vm,
        needs=("tools",),
        loud=True,
        alone=True,
    ),
    Step("benchmarks", "each benchmark once, unjudged", benchmarks, needs=("tools",), after=("peers", "emupos")),
)
