"""What displays and scales have in common: a small device at the end of a cable."""

from .bench import Gadget, GadgetBench

__all__ = ["Gadget", "GadgetBench"]
