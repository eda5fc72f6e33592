"""The journal: every change is found and named; signatures by a key pair where the library is there."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from posdevkit.errors import BadDocument, MissingExtra
from posdevkit.till.journal import Broken, Entry, Signer, appended, canonical, verify
from posdevkit.till.signing import Ed25519Signer, Ed25519Verifier

AT = datetime.fromisoformat("2026-03-14T10:32:05+01:00")


def journal(count: int = 4, signer: Signer | None = None) -> list[Entry]:
    rows: list[Entry] = []
    for number in range(count):
        at = AT + timedelta(minutes=number)
        payload = {"total": 100 * number, "æ": ["ø"]}
        rows.append(
            appended(rows[-1] if rows else None, at=at, actor="Åse", kind="sale", payload=payload, signer=signer)
        )
    return rows


def test_a_whole_journal() -> None:
    rows = journal()
    assert verify(rows, head=rows[-1]) is None
    assert verify([]) is None
    assert [row.seq for row in rows] == [1, 2, 3, 4]
    assert rows[0].payload == '{"total":0,"æ":["ø"]}'
    assert verify(rows[2:], after=rows[1], head=rows[3]) is None
    assert verify([], after=rows[3], head=rows[3]) is None


def test_the_hash_is_the_documented_one() -> None:
    import hashlib

    text = '[1,"2026-03-14T10:32:05+01:00","Åse","sale","{\\"total\\":0,\\"æ\\":[\\"ø\\"]}",""]'
    assert journal(1)[0].hash == hashlib.sha256(text.encode()).hexdigest()


def test_each_kind_of_damage_is_named() -> None:
    rows = journal()
    other = journal(4)
    other[1] = appended(other[0], at=AT, actor="x", kind="sale", payload=1)
    assert verify(rows[1:]) == Broken(1, "gap")
    assert verify([rows[0], *rows[2:]]) == Broken(2, "gap")
    assert verify([rows[0], rows[2], rows[1], rows[3]]) == Broken(2, "gap")
    assert verify([*rows[:2], rows[1], *rows[2:]]) == Broken(3, "gap")
    assert verify([rows[0], replace(rows[1], actor="Bo"), *rows[2:]]) == Broken(2, "content")
    assert verify([rows[0], other[1], *rows[2:]]) == Broken(3, "previous")
    assert verify([replace(rows[0], signature="00"), *rows[1:]]) == Broken(1, "signature")
    assert verify(rows[:3], head=rows[3]) == Broken(4, "truncated")
    assert verify([], head=rows[3]) == Broken(1, "truncated")
    assert verify([*rows[:3], appended(rows[2], at=AT, actor="x", kind="y", payload=None)], head=rows[3]) == Broken(
        4, "content"
    )


def test_payloads_are_json_without_floats() -> None:
    assert canonical({"b": 1, "a": [None, True, "\n"]}) == '{"a":[null,true,"\\n"],"b":1}'
    for wrong in (1.5, {"a": [float("nan")]}, {1: 2}, {"a": object()}, b"x", "\ud800"):
        with pytest.raises(BadDocument):
            canonical(wrong)
    with pytest.raises(BadDocument, match="distance from UTC"):
        appended(None, at=AT.replace(tzinfo=None), actor="", kind="x", payload=None)


def test_signed() -> None:
    signer = Ed25519Signer.generate()
    rows = journal(signer=signer)
    verifier = Ed25519Verifier.from_pem(signer.verifier.to_pem())
    assert verify(rows, verifier=verifier, head=rows[-1]) is None
    assert verify(rows) == Broken(1, "signature")
    assert verify(journal(), verifier=verifier) == Broken(1, "signature")
    assert verify(journal(signer=Ed25519Signer.generate()), verifier=verifier) == Broken(1, "signature")
    for signature in (rows[1].signature, rows[0].signature.upper(), rows[0].signature[:-2], "x" * 128, ""):
        assert verify([replace(rows[0], signature=signature), *rows[1:]], verifier=verifier) == Broken(1, "signature")
    again = Ed25519Signer.from_pem(signer.to_pem(b"word"), b"word")
    assert again.sign(b"x") == signer.sign(b"x")
    for pem, password in ((b"x", None), (signer.to_pem(b"word"), None), (signer.to_pem(b"word"), b"other")):
        with pytest.raises(BadDocument):
            Ed25519Signer.from_pem(pem, password)
    with pytest.raises(BadDocument):
        Ed25519Verifier.from_pem(b"x")


def test_rfc_8032_vector() -> None:
    """Section 7.1, test 2: secret key, and the signature of the one byte 0x72."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    signer = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)))
    assert signer.sign(b"\x72") == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_another_kind_of_key_is_refused() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = X25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(BadDocument, match="no Ed25519 key"):
        Ed25519Signer.from_pem(private)
    with pytest.raises(BadDocument, match="no Ed25519 key"):
        Ed25519Verifier.from_pem(public)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    for make in (Ed25519Signer.generate, lambda: Ed25519Signer.from_pem(b""), lambda: Ed25519Verifier.from_pem(b"")):
        with pytest.raises(MissingExtra) as caught:
            make()
        assert "posdevkit[sign]" in caught.value.remedy()
