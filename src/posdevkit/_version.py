"""The one place that holds the version; both distributions read it when they are built."""

__version__ = "0.1.0"
