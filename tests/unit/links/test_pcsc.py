"""Where no card service runs: pyscard tells it by two families of errors, of which only one is its own."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from posdevkit.discovery.pcsc import PcscSource
from posdevkit.errors import Disconnected
from posdevkit.links.pcsc import PcscLink, card_readers
from posdevkit.links.url import parse_url
from posdevkit.runtime.deadline import Deadline


class SmartcardException(Exception):
    """The library's own."""


class BaseSCardException(Exception):
    """What the service's client library says; no kin of the other."""


class EstablishContextException(BaseSCardException):
    """Seen with pyscard 2.3 where pcscd does not run."""


@pytest.fixture(params=[EstablishContextException, SmartcardException], ids=["client", "library"])
def no_service(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def readers() -> list[str]:
        raise request.param("Failed to establish context: Service not available. (0x8010001D)")

    modules: dict[str, dict[str, object]] = {
        "smartcard": {}, "smartcard.System": {"readers": readers},
        "smartcard.Exceptions": {"SmartcardException": SmartcardException},
        "smartcard.pcsc": {}, "smartcard.pcsc.PCSCExceptions": {"BaseSCardException": BaseSCardException},
    }  # fmt: skip
    for name, content in modules.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.usefixtures("no_service")
@pytest.mark.asyncio
async def test_without_a_card_service_there_are_no_readers_and_opening_one_says_what_to_start() -> None:
    assert card_readers() == []
    assert await PcscSource().find(Deadline.after(5)) == []
    with pytest.raises(Disconnected, match="the card service does not answer") as caught:
        await PcscLink(parse_url("pcsc://ACS")).open(Deadline.after(5))
    assert "pcscd" in caught.value.remedy()
