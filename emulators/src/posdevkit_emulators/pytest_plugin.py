"""Fixtures that hand emulated devices to a test suite (pytest loads this by its entry point)."""
