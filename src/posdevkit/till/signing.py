"""Ed25519 signatures for a journal (RFC 8032), by the `cryptography` library: the extra `sign`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posdevkit.errors import BadDocument, MissingExtra

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = ["Ed25519Signer", "Ed25519Verifier"]

_SIGNATURE_BYTES = 64
_REMEDY = "Give an Ed25519 key in PEM, and the password of a private one."


def _need() -> None:
    """Raises MissingExtra with the command where the library is not there."""
    try:
        import cryptography  # noqa: F401
    except ImportError as problem:
        raise MissingExtra(
            f"a signed journal needs cryptography ({problem})", remedy='Install it with: pip install "posdevkit[sign]"'
        ) from problem


class Ed25519Verifier:
    """Checks signatures with a public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @classmethod
    def from_pem(cls, pem: bytes) -> Ed25519Verifier:
        """From a public key in PEM. Raises BadDocument for anything else, and MissingExtra."""
        _need()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        try:
            key = load_pem_public_key(pem)
        except ValueError as problem:
            raise BadDocument(f"no public key: {problem}", remedy=_REMEDY) from problem
        if not isinstance(key, Ed25519PublicKey):
            raise BadDocument(f"{type(key).__name__} is no Ed25519 key", remedy=_REMEDY)
        return cls(key)

    def to_pem(self) -> bytes:
        """The public key, to be kept by whoever checks the journal."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def verify(self, data: bytes, signature: str) -> bool:
        """Whether `signature`, 128 small hexadecimal digits, is right."""
        from cryptography.exceptions import InvalidSignature

        try:
            raw = bytes.fromhex(signature)
            if len(raw) != _SIGNATURE_BYTES or raw.hex() != signature:
                return False
            self._key.verify(raw, data)
        except (ValueError, InvalidSignature):
            return False
        return True


class Ed25519Signer:
    """Signs with a private key, which no repr shows."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def generate(cls) -> Ed25519Signer:
        """With a new key. Raises MissingExtra."""
        _need()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes, password: bytes | None = None) -> Ed25519Signer:
        """From a private key in PEM (PKCS #8). Raises BadDocument for anything else, and MissingExtra."""
        _need()
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(pem, password)
        except (ValueError, TypeError):
            raise BadDocument("no private key", remedy=_REMEDY) from None
        if not isinstance(key, Ed25519PrivateKey):
            raise BadDocument(f"{type(key).__name__} is no Ed25519 key", remedy=_REMEDY)
        return cls(key)

    def to_pem(self, password: bytes) -> bytes:
        """The private key, encrypted with `password`."""
        from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))

    @property
    def verifier(self) -> Ed25519Verifier:
        """What checks these signatures."""
        return Ed25519Verifier(self._key.public_key())

    def sign(self, data: bytes) -> str:
        """128 hexadecimal digits."""
        return self._key.sign(data).hex()
