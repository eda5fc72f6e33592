"""The steps on real operating-system stacks: what this machine has, and a Linux kernel of its own in a virtual machine.

Both run `tests/stacks`. Nothing listens outside a network that is the loopback alone; what is started is stopped.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import second
import services
from plan import Context, StepFailed, ended_within

# What a step needs -> the Debian package that brings it (bookworm, trixie).
BUILDS_PYSCARD = {"/usr/include/PCSC/winscard.h": "libpcsclite-dev", "gcc": "gcc", "swig": "swig"}
HOST = {
    "umockdev-wrapper": "umockdev",
    "/usr/lib/x86_64-linux-gnu/girepository-1.0/UMockdev-1.0.typelib": "gir1.2-umockdev-1.0",
    "/usr/lib/python3/dist-packages/gi/__init__.py": "python3-gi",
    "/usr/lib/python3/dist-packages/usb/__init__.py": "python3-usb",
    "/usr/lib/x86_64-linux-gnu/libusb-1.0.so.0": "libusb-1.0-0",
    "/usr/sbin/pcscd": "pcscd",
    "/usr/lib/pcsc/drivers/serial/libifdvpcd.so": "vsmartcard-vpcd",
    "/usr/sbin/cupsd": "cups-daemon",
    "/usr/lib/cups/backend/socket": "cups",
    "lpadmin": "cups-client",
    "ip": "iproute2",
    "unshare": "util-linux",
    **BUILDS_PYSCARD,
}
MACHINE = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "modprobe": "kmod",
    "cpio": "cpio",
    "/lib/systemd/systemd-udevd": "udev",
    "/usr/lib/x86_64-linux-gnu/libusb-1.0.so.0": "libusb-1.0-0",
    "setpriv": "util-linux",
    "dbus-daemon": "dbus-daemon",
    "/usr/libexec/bluetooth/bluetoothd": "bluez",
    "btvirt": "bluez-test-tools",
    "/usr/bin/python3": "python3",
    "busctl": "systemd",
    "/usr/lib/x86_64-linux-gnu/qemu/hw-usb-smartcard.so": "qemu-system-common",
    "/usr/sbin/pcscd": "pcscd",
    "/usr/lib/pcsc/drivers/ifd-ccid.bundle": "libccid",
    **BUILDS_PYSCARD,
}
FETCH_SECONDS = 300
"""For what comes over the network, and is else a matter of seconds."""
PROBE_SECONDS = 20
"""A hypervisor that has not run a command by then is taken for one that cannot run this kernel."""
MACHINE_SECONDS = 900
"""The machine is switched off then, whatever it does."""
LAST_WORDS_SECONDS = 40
"""So long before that, what runs in it is told to say where it stands, and is killed."""
_REASONS = 40
"""Lines of them at most."""
PLUGINS = ("-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "-p", "pytest_randomly")
"""Of pytest, in the virtual machine: no others."""
OPTIONS = ("--color=no", "--durations=8", "--tb=short", "-o", "timeout=300")
DEVICES = [
    *("-device", "qemu-xhci", "-device", "virtio-serial-pci", "-device", "usb-kbd"),
    # The far end of the serial adapter, and QEMU's own monitor, are ports of the machine itself, of those names.
    *("-chardev", "socket,path=far,id=far,server=on,wait=off", "-chardev", "socket,path=far,id=far-inside"),
    *("-device", "virtserialport,chardev=far-inside,name=far"),
    *("-device", "usb-serial,chardev=far,id=adapter,serial=FT123,always-plugged=on"),
    *("-chardev", "socket,path=monitor,id=monitor,server=on,wait=off", "-mon", "chardev=monitor,mode=control"),
    *("-chardev", "socket,path=monitor,id=monitor-inside"),
    *("-device", "virtserialport,chardev=monitor-inside,name=monitor"),
    # What is in the smart card reader is said over a third one.
    *("-chardev", "socket,path=card,id=card,server=on,wait=off", "-chardev", "socket,path=card,id=card-inside"),
    *("-device", "virtserialport,chardev=card-inside,name=card"),
    *("-device", "usb-ccid,id=reader", "-device", "ccid-card-passthru,chardev=card,id=slot,bus=reader.0"),
]
"""What QEMU itself plays: a keyboard, an FTDI adapter and a smart card reader on USB, which the tests use and pull
out."""
HERE = Path(__file__).parent / "vm"


def host(context: Context, python: Path) -> None:
    """libusb and libudev on a machine that umockdev plays; then pseudo terminals, the card service and CUPS."""
    services.have(context, HOST)
    _pyscard(context, python)
    _tests(context, lambda *names: _words("umockdev-wrapper", python, names=names), "usbfs")
    # The card service and its driver get a network and a /run/pcscd of their own.
    alone = "ip link set lo up && mkdir -p /run/pcscd && mount -t tmpfs tmpfs /run/pcscd && exec "
    apart = ("unshare", "-n", "-m", "bash", "-c")
    _tests(context, lambda *names: [*apart, alone + shlex.join(_words(python, names=names))], "host")


def _pyscard(context: Context, python: Path) -> None:
    """Not in the environment of the tools: it has no wheels, and needs headers that only these steps bring."""
    context.run(python, "-m", "pip", "install", "-q", "pyscard>=2.3", seconds=FETCH_SECONDS)


def _words(*start: str | Path, names: Sequence[str] = ()) -> list[str]:
    """pytest of some tests, or all; it names each before it begins, for the one that hangs until the run is ended."""
    return [*map(str, start), "-m", "pytest", "-v", "-p", "no:cacheprovider", *(names or ("tests/stacks",))]


def _tests(context: Context, words: Callable[..., list[str]], rung: str) -> None:
    def carried_out(*names: str) -> str:
        try:
            return context.run(*words(*names), env={"POSDEVKIT_STACKS": rung, "HOME": str(context.root / "home")})
        except StepFailed as failure:
            raise StepFailed(f"{rung}: {failure}{what_failed(failure.output)}", failure.output) from None

    if " passed" not in second.run(context, carried_out, lambda names: carried_out(*names)):
        raise StepFailed("no test ran")


def machine(context: Context, python: Path) -> None:
    """The same project under a stock Debian kernel, in a virtual machine whose root is this machine's own."""
    services.have(context, MACHINE)
    _pyscard(context, python)
    built = context.root / "vm"
    context.run("bash", HERE / "build.sh", built, seconds=FETCH_SECONDS)
    # Compiling, and rewriting of assertions, is what an emulated processor takes longest for: done here.
    context.run(python, "-m", "compileall", "-q", "src", "emulators/src", "tests/conftest.py", "tests/stacks")
    rung = {"POSDEVKIT_STACKS": "vm", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    home = {"HOME": str(context.root / "home")}
    context.run(*_words(python), *PLUGINS, "--collect-only", "-q", env={**rung, **home}, seconds=FETCH_SECONDS)
    accelerator = "kvm" if _boots(context, built, "kvm") else "tcg,thread=multi"

    def inside(*names: str) -> str:
        variables = (f"{name}={value}" for name, value in rung.items())
        command = shlex.join(["env", *variables, *_words(python, names=names), *PLUGINS, *OPTIONS])
        status, output = run(context, built, f"cd {context.checkout} && {command}", accelerator)
        context.say(output)
        if status != 0 or " passed" not in output:
            why = f"exit status {status} inside the virtual machine ({accelerator}){what_failed(output)}"
            raise StepFailed(why, output)
        return output

    second.run(context, inside, lambda names: inside(*names))


def what_failed(output: str) -> str:
    """Each failed test with the reasons that pytest gave, one line each, for the last lines of a run; and where pytest
    did not come to its end, the test that it was at."""
    marks = re.findall(r"^(?:_{4,} .+ _{4,}|E  .+|[\w/.]+\.py:\d+: .+|(?:FAILED|ERROR) .+)$", output, re.MULTILINE)
    begun = re.findall(r"^(\S+\.py::.+?)(?: [A-Z]+ +\[ *\d+%\])?(?: *Timeout \(.*)? *\r?$", output, re.MULTILINE)
    if begun and not re.search(r"^=.* in [\d.]+s\b.*=\r?$", output, re.MULTILINE):
        marks.append(f"it did not come to its end, and was at {begun[-1]}")
    return "".join(f"\n   {line}" for line in marks[-_REASONS:])


def _boots(context: Context, built: Path, accelerator: str) -> bool:
    if accelerator == "kvm" and not Path("/dev/kvm").exists():
        return False
    status, output = run(context, built, "echo it starts", accelerator, seconds=PROBE_SECONDS)
    context.say(f"{accelerator}: {'starts' if status == 0 else f'does not start ({status})'}")
    if status != 0:
        context.say(output)
    return status == 0


def run(
    context: Context, built: Path, command: str, accelerator: str, *, seconds: float = MACHINE_SECONDS
) -> tuple[int, str]:
    """Run a command in the virtual machine; its exit status (124: not in time, 125: it never got to it) and output."""
    shared = built / "shared"
    shared.mkdir(exist_ok=True)
    for name in ("status", "console"):
        (shared / name).unlink(missing_ok=True)
    (shared / "guest.sh").write_bytes((HERE / "guest.sh").read_bytes())
    (shared / "command").write_text(command + "\n")
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    patience = max(int(seconds - LAST_WORDS_SECONDS), 1)
    (shared / "environment").write_text(
        f"export PATH={path} MODULES={built}/root/lib/modules SECONDS_TO_LIVE={patience}\n"
    )
    words = ["qemu-system-x86_64", "-M", "q35", "-accel", accelerator, "-smp", "2", "-m", "1024"]
    words += ["-cpu", "host" if accelerator == "kvm" else "max"]
    words += ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-nic", "none"]
    words += ["-kernel", f"{built}/vmlinuz", "-initrd", f"{built}/initrd.gz", "-device", "virtio-rng-pci"]
    words += ["-append", "console=ttyS0 quiet loglevel=3 panic=-1 oops=panic mitigations=off random.trust_cpu=on"]
    words += ["-chardev", f"file,id=console,path={shared}/console", "-serial", "chardev:console"]
    words += DEVICES
    for name, place, more in (("root", "/", ",readonly=on,multidevs=remap"), ("vm", shared, "")):
        words += ["-fsdev", f"local,id={name},path={place},security_model=none{more}"]
        words += ["-device", f"virtio-9p-pci,fsdev={name},mount_tag={name}"]
    status = 125
    with context.log.open("ab") as log:
        machine = subprocess.Popen(
            words, cwd=shared, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        if not ended_within(machine, seconds):
            status = 124
    if (shared / "status").exists():
        status = int((shared / "status").read_text() or status)
    console = shared / "console"
    return status, console.read_text("utf-8", "replace").replace("\r", "") if console.exists() else ""
