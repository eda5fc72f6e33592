"""Which driver and which link a URL means, resolved at the moment it is asked."""

from .links import LinkFactory, check_url, open_link, schemes

__all__ = ["LinkFactory", "check_url", "open_link", "schemes"]
