"""The files that describe a shop, read strictly: whatever is not understood is an error with its line."""

from .shop import DeviceConfig, Problem, ShopConfig, check, load_config

__all__ = ["DeviceConfig", "Problem", "ShopConfig", "check", "load_config"]
