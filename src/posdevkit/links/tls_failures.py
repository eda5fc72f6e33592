"""What went wrong with a TLS connection, in words that name the device, the cause and the one setting that mends it."""

from __future__ import annotations

import ssl
from typing import Final

from posdevkit.errors import Disconnected

from .url import DeviceUrl

__all__ = ["broken", "no_answer", "other_certificate", "refused"]

_NO_TLS: Final = (
    "WRONG_VERSION_NUMBER",
    "RECORD_LAYER_FAILURE",
    "UNKNOWN_PROTOCOL",
    "HTTP_REQUEST",
    "PACKET_LENGTH_TOO_LONG",
)
_CHECK_PORT: Final = "Check the port, and that TLS is switched on in the device."
_DATE: Final = "Check this machine's date; if it is right, have the device issue a new certificate."
_NAME: Final = "Write name=NAME in the URL, with a name that the certificate is for."
_UNKNOWN: Final = (
    "Write fingerprint=SHA256 in the URL for this very certificate, as the device's own pages show it or 'openssl "
    "s_client -connect {at} </dev/null | openssl x509 -noout -fingerprint -sha256'; or ca=FILE for who issued it."
)
_CERTIFICATE: Final = {9: _DATE, 10: _DATE, 62: _NAME, 64: _NAME}
"""By OpenSSL's number of the reason (x509_vfy.h): not yet valid, expired, another name, another address."""


def refused(url: DeviceUrl, problem: ssl.SSLError) -> Disconnected:
    """The error for a greeting that came to nothing."""
    at = f"[{url.address}]:{url.port}" if ":" in url.address else f"{url.address}:{url.port}"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return Disconnected(
            f"{url}: the device's certificate is not accepted: {problem.verify_message}",
            remedy=_CERTIFICATE.get(problem.verify_code, _UNKNOWN).format(at=at),
        )
    if problem.reason in _NO_TLS:
        return Disconnected(
            f"{url}: what answers there does not speak TLS",
            remedy=f"Check the port; for a port without TLS write tcp://{at}.",
        )
    if isinstance(problem, ssl.SSLEOFError):
        return Disconnected(f"{url}: the device ended the connection during the TLS greeting", remedy=_CHECK_PORT)
    if problem.reason in ("TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL"):
        return Disconnected(
            f"{url}: the device speaks only TLS that is too old to be safe",
            remedy="Switch TLS 1.2 on in the device, or update its firmware.",
        )
    return Disconnected(f"{url}: no TLS connection came about ({problem.reason or problem})", remedy=_CHECK_PORT)


def other_certificate(url: DeviceUrl, shown: str) -> Disconnected:
    """The error for a certificate that is not the one of the URL; `shown` is its fingerprint."""
    return Disconnected(
        f"{url}: the device shows another certificate, with the fingerprint {shown}",
        remedy="If the certificate was replaced, write the new fingerprint; if not, do not print here.",
    )


def no_answer(url: DeviceUrl) -> Disconnected:
    """The error for a greeting that nobody answered in time."""
    return Disconnected(
        f"{url}: no answer in time to the TLS greeting",
        remedy="Check that this port is the device's TLS port, and that no other computer holds it.",
    )


def broken(url: DeviceUrl, taken: int, problem: ssl.SSLError) -> Disconnected:
    """The error for a connection that broke; `taken` bytes had been taken."""
    return Disconnected(f"{url}: TLS broke after {taken} bytes ({problem.reason or problem})")
