"""Which driver and which link a URL means, resolved at the moment it is asked."""

from .links import LinkFactory, carries_reports, check_url, open_link, open_report_link, schemes

__all__ = ["LinkFactory", "carries_reports", "check_url", "open_link", "open_report_link", "schemes"]
