"""TLS to other people's servers: Python's own and OpenSSL's, with certificates that are right, wrong and nobody's."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import ssl
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from posdevkit.errors import BadUrl, Disconnected
from posdevkit.links.tls import TlsLink
from posdevkit.links.tls_failures import refused
from posdevkit.links.url import DeviceUrl, parse_url
from posdevkit.registry.links import open_link
from posdevkit.runtime import Deadline, within
from posdevkit_emulators.wires.certificate import Certificate, make_certificate

pytestmark = pytest.mark.asyncio

JOB = bytes(range(256)) * 700


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


class Server:
    def __init__(self) -> None:
        self.port = 0
        self.got = b""
        self.ended = asyncio.Event()


@contextlib.asynccontextmanager
async def printer(context: ssl.SSLContext | None) -> AsyncIterator[Server]:
    """asyncio's own server: says its status, then reads to the end."""
    served = Server()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            writer.write(b"status")
            await writer.drain()
            served.got = await reader.read(-1)
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()
        served.ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        served.port = server.sockets[0].getsockname()[1]
        yield served


def url_of(port: int, **options: str) -> DeviceUrl:
    return DeviceUrl("tls", "127.0.0.1", port, tuple(options.items()))


@pytest.mark.parametrize("how", ["fingerprint", "colons", "ca", "name"])
async def test_the_right_certificate(certificate: Certificate, how: str) -> None:
    pairs = zip(certificate.fingerprint[::2], certificate.fingerprint[1::2], strict=True)
    options = {
        "fingerprint": {"fingerprint": certificate.fingerprint},
        "colons": {"fingerprint": ":".join(a + b for a, b in pairs).upper()},
        "ca": {"ca": str(certificate.path)},
        "name": {"ca": str(certificate.path), "name": "printer.example"},
    }[how]
    async with printer(certificate.context()) as server:
        link = open_link(url_of(server.port, **options))
        await link.open(Deadline.after(10))
        assert await within(Deadline.after(10), link.receive()) == b"status"
        await link.send(JOB)
        await within(Deadline.after(10), link.close())
        await within(Deadline.after(10), server.ended.wait())
        assert server.got == JOB
        assert link.taken == len(JOB)


@pytest.mark.parametrize(
    ("options", "said", "remedy"),
    [
        ({}, "not accepted: self-signed certificate", "openssl s_client -connect 127.0.0.1:PORT "),
        ({"ca": "CA", "name": "till.example"}, "not accepted: Hostname mismatch", "name=NAME"),
        ({"fingerprint": "00" * 32}, "another certificate, with the fingerprint FINGERPRINT", "the new fingerprint"),
    ],
    ids=["unknown-authority", "wrong-name", "wrong-fingerprint"],
)
async def test_a_wrong_certificate_is_one_clear_error(
    certificate: Certificate, options: dict[str, str], said: str, remedy: str
) -> None:
    given = {key: str(certificate.path) if value == "CA" else value for key, value in options.items()}
    async with printer(certificate.context()) as server:
        link = TlsLink(url_of(server.port, **given))
        with pytest.raises(Disconnected, match=said.replace("FINGERPRINT", certificate.fingerprint)) as caught:
            await link.open(Deadline.after(10))
        assert remedy.replace("PORT", str(server.port)) in caught.value.remedy()
        await asyncio.sleep(0.1)
        assert server.got == b""


async def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    expired = make_certificate(tmp_path, days=-1)
    async with printer(expired.context()) as server:
        link = TlsLink(url_of(server.port, ca=str(expired.path)))
        with pytest.raises(Disconnected, match="certificate has expired") as caught:
            await link.open(Deadline.after(10))
        assert "this machine's date" in caught.value.remedy()
        await asyncio.sleep(0.1)


async def test_a_device_that_only_speaks_what_is_broken_by_now(certificate: Certificate) -> None:
    old = certificate.context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = ssl.create_default_context()
    ours.check_hostname = False
    client, server = ours.wrap_bio(back, there), old.wrap_bio(there, back, server_side=True)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    with pytest.raises(ssl.SSLError):
        server.do_handshake()
    with pytest.raises(ssl.SSLError) as caught:
        client.do_handshake()
    problem = refused(url_of(9443), caught.value)
    assert "too old to be safe" in str(problem)
    assert "TLS 1.2" in problem.remedy()


async def test_a_port_without_tls(certificate: Certificate) -> None:
    async with printer(None) as server:
        link = TlsLink(url_of(server.port, fingerprint=certificate.fingerprint))
        with pytest.raises(Disconnected, match="does not speak TLS") as caught:
            await link.open(Deadline.after(10))
        assert f"tcp://127.0.0.1:{server.port}" in caught.value.remedy()
        await within(Deadline.after(10), server.ended.wait())
        assert server.got == b""


async def test_a_port_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        link = TlsLink(url_of(listener.getsockname()[1], fingerprint="00" * 32))
        with pytest.raises(Disconnected, match="no answer in time to the TLS greeting"):
            await link.open(Deadline.after(1.0))


async def test_a_port_that_hangs_up() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _reader.read(1)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        link = TlsLink(url_of(server.sockets[0].getsockname()[1], fingerprint="00" * 32))
        with pytest.raises(Disconnected):
            await link.open(Deadline.after(10))


async def test_openssl_s_server(certificate: Certificate) -> None:
    """Another implementation's idea of the end: what s_server prints is what it was sent."""
    if (openssl := shutil.which("openssl")) is None:
        pytest.skip("no openssl program")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("s_server", "-quiet", "-naccept", "1", "-accept", f"127.0.0.1:{port}")
    files = ("-cert", str(certificate.path), "-key", str(certificate.key))
    process = await asyncio.create_subprocess_exec(
        openssl, *words, *files, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        link = TlsLink(url_of(port, ca=str(certificate.path)))
        for _ in range(400):
            try:
                await link.open(Deadline.after(10))
                break
            except Disconnected:
                await asyncio.sleep(0.05)
        assert process.stdin is not None
        process.stdin.write(b"printed\n")
        assert await within(Deadline.after(10), link.receive()) == b"printed\n"
        await link.send(b"a line\n" * 1000)
        await within(Deadline.after(10), link.close())
        output, _ = await within(Deadline.after(10), process.communicate())
        assert output == b"a line\n" * 1000
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tls://printer", "has no port"),
        ("tls://printer:9443?fingerprint=abc", "no SHA-256"),
        (f"tls://printer:9443?fingerprint={'0' * 64}&ca=x.pem", "ca or name beside it"),
        ("tls://printer:9443?fingerprnt=00", "did you mean 'fingerprint'"),
    ],
)
async def test_a_url_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(BadUrl, match=said):
        open_link(text)


async def test_a_file_that_holds_no_authorities(tmp_path: Path) -> None:
    for content in (None, "no certificate"):
        path = tmp_path / "ca.pem"
        if content:
            path.write_text(content)
        with pytest.raises(BadUrl, match=r"ca\.pem"):
            await TlsLink(parse_url(f"tls://127.0.0.1:9443?ca={path}")).open(Deadline.after(5))
