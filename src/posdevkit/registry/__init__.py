"""Which driver and which link a URL means, resolved at the moment it is asked."""

from .kinds import ALSO, KINDS, DeviceKind, Key, Place, device_kind
from .links import LinkFactory, carries_reports, check_url, open_exchange_link, open_link, open_report_link, schemes

__all__ = [
    "ALSO",
    "KINDS",
    "DeviceKind",
    "Key",
    "LinkFactory",
    "Place",
    "carries_reports",
    "check_url",
    "device_kind",
    "open_exchange_link",
    "open_link",
    "open_report_link",
    "schemes",
]
