"""Which link a URL means, and what is said about one that means none."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from posdevkit.errors import BadUrl, MissingExtra, PosError, Unsupported
from posdevkit.links.base import StreamLink
from posdevkit.links.memory import MemoryLink
from posdevkit.links.replay import ReplayLink
from posdevkit.links.tcp import TcpLink
from posdevkit.links.trace import TraceLink
from posdevkit.links.url import SCHEMES, DeviceUrl, parse_url
from posdevkit.registry import check_url, open_link, schemes
from posdevkit.registry import links as registry
from posdevkit.runtime import Deadline


@pytest.fixture(autouse=True)
def nothing_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSDEVKIT_TRACE", raising=False)


@pytest.fixture
def no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where nothing but the library itself is installed."""
    monkeypatch.setattr(registry, "entry_points", lambda group: ())


@pytest.mark.parametrize(
    ("text", "kind"),
    [("tcp://printer.example", TcpLink), ("memory://x", MemoryLink), ("replay:///nowhere.jsonl", ReplayLink)],
)
def test_a_scheme_leads_to_its_link_and_nothing_is_connected(text: str, kind: type[StreamLink]) -> None:
    for url in (text, parse_url(text)):
        link = open_link(url)
        assert isinstance(link, kind)
        assert str(link.url) == text
    assert check_url(text) == parse_url(text)


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("tpc://printer", BadUrl, "did you mean tcp://?"),
        ("ftp://printer", BadUrl, "unknown scheme 'ftp'"),
        ("qqq://printer", BadUrl, "Use one of tcp://"),
        ("printer", BadUrl, "tcp://printer"),
        ("tcp://printer?darin=3", BadUrl, "did you mean 'drain'"),
        ("serial://COM1?speed=9600", BadUrl, "unknown option 'speed'"),
        ("ble://AA:BB:CC", BadUrl, "no Bluetooth address"),
        ("spooler://Front Desk", Unsupported, "print queues"),
        ("pcsc://ACR122U", Unsupported, "in questions to a card Look which URL the device has: posdevkit discover"),
        ("hid://05e0:1300", Unsupported, "carries reports Look which URL the device has: posdevkit discover"),
        ("emu://receipt-printer", MissingExtra, "pip install posdevkit-emulators"),
    ],
)
@pytest.mark.usefixtures("no_others")
def test_what_cannot_be_opened_says_why_and_what_to_do(text: str, error: type[PosError], said: str) -> None:
    for ask in (open_link, check_url):
        if ask is check_url and text.partition(":")[0] in ("pcsc", "hid"):
            continue  # they are opened by functions of their own
        with pytest.raises(error) as caught:
            ask(text)
        assert said in f"{caught.value.detail} {caught.value.remedy()}"
        assert text in caught.value.detail


@pytest.mark.usefixtures("no_others")
def test_every_scheme_that_is_known_by_name_has_an_answer() -> None:
    for scheme in SCHEMES:
        try:
            check_url(DeviceUrl(scheme, "x"))
        except MissingExtra:
            assert scheme not in schemes()
        except Unsupported:  # the cable of another system
            assert scheme in schemes()
        except BadUrl:
            assert scheme in schemes(), "x is no address there"
        else:
            assert scheme in schemes()


class OtherLink(MemoryLink):
    """Another distribution's."""


def test_other_distributions_add_schemes(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("other", f"{__name__}:OtherLink", "posdevkit.links")
    asked: list[str] = []

    def entry_points(group: str) -> tuple[EntryPoint, ...]:
        asked.append(group)
        return (point,)

    monkeypatch.setattr(EntryPoint, "load", lambda self: OtherLink)
    monkeypatch.setattr(registry, "entry_points", entry_points)
    open_link("tcp://printer")
    assert asked == []  # what the library drives itself is not looked for
    assert type(open_link("other://x")) is OtherLink
    assert asked == ["posdevkit.links"]
    assert "other" in schemes()
    with pytest.raises(BadUrl, match="did you mean other"):
        open_link("othr://x")


@pytest.mark.asyncio
async def test_the_variable_has_every_link_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POSDEVKIT_TRACE", str(tmp_path / "traces"))
    link = open_link("memory://nobody")
    assert isinstance(link, TraceLink)
    with pytest.raises(PosError):
        await link.open(Deadline.NEVER)
    assert [path.name for path in (tmp_path / "traces").iterdir()] == ["memory-nobody-1.jsonl"]


def test_a_link_is_imported_when_a_url_asks_for_it() -> None:
    program = (
        "import sys; from posdevkit.registry import open_link, check_url\n"
        "assert 'posdevkit.links.tcp' not in sys.modules\n"
        "open_link('memory://x')\n"
        "assert 'posdevkit.links.memory' in sys.modules and 'posdevkit.links.tcp' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
