"""The play: one shop with its emulated devices, registers and office, every scene, and the account at the end."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import posdevkit as pos
from posdevkit.config import load_config
from posdevkit.devices.receipt_printer_keys import profile_of
from posdevkit.errors import OutputFailed
from posdevkit_emulators.tickets import prepared_directory

from .audit import audit
from .devices import emulated_devices
from .morning import Morning, data, morning
from .narrator import Narrator
from .network import Network
from .office import office
from .page import write_page
from .scenes import SCENES
from .stage import Stage, Till
from .wallet import WalletService

__all__ = ["play"]

_MARK: Final = ".posdevkit-demo"
_FOLDERS: Final = ("books", "counter", "bar", "terrace", "labels", "display", "report")
_FILES: Final = ("shop.toml", "index.html")


def play(out: str | Path, narrator: Narrator) -> int:
    """Play the morning; everything goes into `out`. Gives the exit code: 1 if a figure does not add up.

    Raises OutputFailed for a folder that cannot be written or that holds other things, before anything else happens.
    """
    began = time.monotonic()
    folder = _cleared(Path(out))
    page = morning()
    try:
        narrator.frames("opens", f"{page.shop.name}: a morning on emulated devices alone", shop=page.shop.name)
        with _staged(folder, page, narrator) as stage:
            for title, scene in SCENES:
                narrator.begins(title)
                scene(stage)
        # Only now can nothing be printed, charged or sent any more: everybody has hung up.
        narrator.begins("The account: what the shop came to, against an independent sum")
        audit(stage)
        index = write_page(stage)
    finally:
        narrator.done()
    seconds = time.monotonic() - began
    well = not narrator.failures
    narrator.frames("pages", f"\nThe morning as a page: {index}", index=str(index))
    told = "Everything adds up" if well else "Not everything adds up"
    failed = "".join(f"\n  {one}" for one in narrator.failures)
    narrator.frames(
        "end",
        f"{told}: {narrator.checked} figures, in {seconds:.1f} s.{failed}",
        ok=well,
        figures=narrator.checked,
        failures=len(narrator.failures),
        seconds=round(seconds, 2),
    )
    return 0 if well else 1


@contextmanager
def _staged(folder: Path, page: Morning, narrator: Narrator) -> Iterator[Stage]:
    """Everything switched on, and off again in the other order."""
    with ExitStack() as stack:
        devices = stack.enter_context(emulated_devices(folder))
        books = stack.enter_context(office(folder / "books", page))
        network = Network(books.port)
        devices.do(network.mend)
        stack.callback(lambda: devices.do(network.cut))
        toml, logo = folder / "shop.toml", folder / "books" / "logo.png"
        toml.write_text(devices.shop_toml(), "utf-8")
        logo.write_bytes(data("logo.png"))
        shop = stack.enter_context(pos.Shop.load(toml))
        wallet = WalletService(pos.Secret(page.wallet.code))
        stage = Stage(page, folder, narrator, devices, shop, books, network, wallet)
        seller = pos.Seller(page.shop.name, page.shop.address, page.shop.cvr, logo=logo)
        for plan in page.registers:
            stage.tills[plan.name] = _till(stage, plan.name, seller, stack)
        yield stage


def _till(stage: Stage, name: str, seller: pos.Seller, stack: ExitStack) -> Till:
    plan = stage.page.register(name)
    path = stage.out / "books" / f"{plan.number}.db"
    printer = load_config(stage.out / "shop.toml").devices[name]
    register = stack.enter_context(
        pos.Register.open(
            path, register=plan.number, seller=seller, printer=str(printer.url), profile=profile_of(printer.settings)
        )
    )
    cloud = stack.enter_context(
        pos.CloudClient.open(path, f"http://127.0.0.1:{stage.network.port}", stage.office.tills[name])
    )
    scanner = stage.shop.scanner(f"{name}-scanner")
    scanner.connect()
    return Till(plan, register, cloud, scanner, stack.enter_context(scanner.scans()))


def _cleared(folder: Path) -> Path:
    """A folder without what an earlier demo left in it; nothing else is ever removed."""
    try:
        mine = (folder / _MARK).exists()
        if not mine and any((folder / name).exists() for name in (*_FOLDERS, *_FILES)):
            raise OutputFailed(f"{folder} holds other things", remedy="Name another folder with --out.")
        prepared_directory(folder)
        for name in _FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir()
        for name in _FILES:
            (folder / name).unlink(missing_ok=True)
        (folder / _MARK).write_text("The demo wrote this folder, and clears it when it runs again.\n", "utf-8")
    except OSError as problem:
        raise OutputFailed(f"{problem.filename}: {problem.strerror or problem}") from problem
    return folder
