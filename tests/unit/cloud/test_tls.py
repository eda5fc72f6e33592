"""Over TLS: a server that proves who it is gets the token, another one does not get a byte of it."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from posdevkit.aio import CloudClient
from posdevkit.cloud import CloudState
from posdevkit.errors import CloudMisdirected
from posdevkit.secret import Secret

from .facts import sold
from .played import TOKEN, PlayedCloud


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "shop.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


def test_a_stranger_is_not_given_the_token(tmp_path: Path, certificate: Path) -> None:
    sold(tmp_path / "s.db", 1)

    async def scene(url: str) -> None:
        async with CloudClient.open(tmp_path / "s.db", url, Secret(TOKEN), background=False) as client:
            with pytest.raises(CloudMisdirected, match="certificate verify failed"):
                await client.push()
            assert (client.status().state, client.status().pending) == (CloudState.MISDIRECTED, 1)

    with PlayedCloud(context(certificate)) as cloud:
        asyncio.run(scene(cloud.url))
        assert cloud.requests == []


def test_one_that_the_system_trusts_is(tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    identifiers = sold(tmp_path / "s.db", 1)

    async def scene(url: str) -> None:
        async with CloudClient.open(tmp_path / "s.db", url, Secret(TOKEN), background=False) as client:
            assert (await client.push()).pending == 0

    with PlayedCloud(context(certificate)) as cloud:
        asyncio.run(scene(cloud.url))
        assert cloud.stored == identifiers
